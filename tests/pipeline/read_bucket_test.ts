import assert from "node:assert/strict";
import { join } from "node:path";
import { describeLookUp } from "../../lib/config/mod.ts";
import { loadConfigFrom } from "../../lib/pipeline/remote_config.ts";
import { inParallel } from "../../lib/storage/mod.ts";
import { onS3 } from "../aws/local_s3.ts";
import { inProject, tinyConfig } from "./made_up_project.ts";

onS3("data beside the config, in the read folder, in the read bucket: in this order", async (server) => {
  await server.createBucket("read-from");
  const bucket = await server.folder("s3://read-from");
  await inProject(async (folder) => {
    const surroundings = { ...server.env, XDG_CACHE_HOME: join(folder, "cache") };
    for (const [key, value] of Object.entries(surroundings)) Deno.env.set(key, value);
    const options = { tmpDir: join(folder, "tmp"), parameters: { read_bucket: "read-from" } };
    const file = join(folder, "c.yml");
    const cached = join(folder, "cache", "fmbench", "s3", "read-from", "source_data", "rows.jsonl");
    const used = async () => (await loadConfigFrom(file, options)).files.source_data[0];
    try {
      const source = tinyConfig.replace("s3_read_data:", 's3_read_data:\n  read_bucket: "{read_bucket}"');
      await Deno.writeTextFile(file, source);
      const row = await Deno.readTextFile(join(folder, "rows.jsonl"));
      // More than one page of a listing lies beside the file.
      const others = Array.from({ length: 1100 }, (_, i) => `source_data/other-${i}.jsonl`);
      await inParallel(others, 16, (name) => bucket.write(name, "{}"));
      await bucket.write("source_data/rows.jsonl", row);

      assert.equal(await used(), join(folder, "rows.jsonl"));
      await assert.rejects(Deno.stat(cached), Deno.errors.NotFound);

      await Deno.remove(join(folder, "rows.jsonl"));
      assert.equal(await used(), cached);
      assert.equal(await Deno.readTextFile(cached), row);
      await assert.rejects(Deno.stat(join(cached, "..", "other-0.jsonl")), Deno.errors.NotFound);

      const changed = row.replace("1 + 1", "7 + 7");
      await bucket.write("source_data/rows.jsonl", changed);
      await used();
      assert.equal(await Deno.readTextFile(cached), changed);

      await Deno.mkdir(join(folder, "tmp", "fmbench-read", "source_data"), { recursive: true });
      const read = join(folder, "tmp", "fmbench-read", "source_data", "rows.jsonl");
      await Deno.writeTextFile(read, row);
      assert.equal(await used(), read);
      await Deno.remove(read);

      await bucket.remove("source_data/rows.jsonl");
      await assert.rejects(used(), /there is no file "rows\.jsonl"/);
      await assert.rejects(Deno.stat(cached), Deno.errors.NotFound);

      const missing = { ...options, parameters: { read_bucket: "no-such-bucket" } };
      await assert.rejects(loadConfigFrom(file, missing), /there is no bucket "no-such-bucket"/);
      await assert.rejects(
        loadConfigFrom(file, { ...missing, localMode: true }),
        /there is no file "rows\.jsonl"/,
      );
    } finally {
      for (const key of Object.keys(surroundings)) Deno.env.delete(key);
      bucket.close();
    }
  });
});

onS3(
  "a module of the user's own comes from scripts/ of the read bucket, with what it imports, without secrets",
  async (server) => {
    await server.createBucket("read-from");
    const bucket = await server.folder("s3://read-from/scripts");
    await bucket.write("mine.ts", 'import "./parts/x.ts";\n');
    await bucket.write("parts/x.ts", "export const x = 1;\n");
    await bucket.write("hf_token.txt", "secret");
    await inProject(async (folder) => {
      const surroundings = { ...server.env, XDG_CACHE_HOME: join(folder, "cache") };
      for (const [key, value] of Object.entries(surroundings)) Deno.env.set(key, value);
      try {
        const own = "    model_id: m\n    instance_type: sim.small\n    ep_name: http://127.0.0.1:9\n" +
          "    inference_script: mine.ts\n";
        const file = join(folder, "c.yml");
        const text = tinyConfig.replace("s3_read_data:", "s3_read_data:\n  read_bucket: read-from")
          .replace(/experiments:[\s\S]*(?=report:)/, `experiments:\n  - name: one\n${own}`);
        await Deno.writeTextFile(file, text);
        const { config, lookUps } = await loadConfigFrom(file, { tmpDir: join(folder, "tmp") });
        const scripts = join(folder, "cache", "fmbench", "s3", "read-from", "scripts");
        assert.equal(config.experiments[0]!.inference_script, join(scripts, "mine.ts"));
        assert.equal(await Deno.readTextFile(join(scripts, "parts", "x.ts")), "export const x = 1;\n");
        await assert.rejects(Deno.stat(join(scripts, "hf_token.txt")), Deno.errors.NotFound);
        assert.equal(
          lookUps.map(describeLookUp).find((line) => line.includes("mine.ts")),
          "  script          mine.ts <- read bucket: s3://read-from/scripts/mine.ts",
        );
        await bucket.remove("mine.ts");
        await assert.rejects(
          loadConfigFrom(file, { tmpDir: join(folder, "tmp") }),
          /c\.yml:\d+:\d+: there is no file "mine\.ts"; expected it in the config's folder, \S+\/fmbench-read\/scripts or s3:\/\/read-from\/scripts\//,
        );
      } finally {
        for (const key of Object.keys(surroundings)) Deno.env.delete(key);
        bucket.close();
      }
    });
  },
);

onS3("a config may extend one in a bucket, and one in a bucket what lies beside it", async (server) => {
  await server.createBucket("shared-configs");
  const bucket = await server.folder("s3://shared-configs/a");
  await bucket.write("base.yml", tinyConfig);
  await bucket.write("c.yml", "extends: base.yml\ngeneral: { name: inner }\n");
  await inProject(async (folder) => {
    const surroundings = { ...server.env, XDG_CACHE_HOME: join(folder, "cache") };
    for (const [key, value] of Object.entries(surroundings)) Deno.env.set(key, value);
    try {
      const file = join(folder, "top.yml");
      await Deno.writeTextFile(file, "extends: s3://shared-configs/a/c.yml\nreport: { latency_budget: 9 }\n");
      const { config } = await loadConfigFrom(file, {});
      assert.deepEqual([config.general.name, config.report.latency_budget], ["inner", 9]);
      await bucket.remove("base.yml");
      await assert.rejects(
        loadConfigFrom(file, {}),
        /there is no file "base\.yml"; expected it beside this one/,
      );
    } finally {
      for (const key of Object.keys(surroundings)) Deno.env.delete(key);
      bucket.close();
    }
  });
});
