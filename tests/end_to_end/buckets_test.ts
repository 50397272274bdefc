/** Buckets from end to end: the command line as a user types it, against a real S3 server. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { keys, type LocalS3, onS3 } from "../aws/local_s3.ts";
import { rows, tinyConfig } from "../pipeline/made_up_project.ts";
import { type Ended, fmbench, onlyRun } from "./command.ts";

interface Scene {
  readonly folder: string;
  readonly results: string;
  readonly server: LocalS3;
  run(...args: string[]): Promise<Ended>;
}

function scene(name: string, body: (scene: Scene) => Promise<void>): void {
  onS3(name, async (server) => {
    await server.createBucket("read");
    await server.createBucket("write");
    const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
    const results = join(folder, "results");
    const env = { ...server.env, XDG_CACHE_HOME: join(folder, "cache") };
    const run = (...args: string[]) => fmbench(args, env);
    try {
      await body({ folder, results, server, run });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** The small config without certification, reading from the bucket `read`; its files go there. */
async function publish(server: LocalS3): Promise<void> {
  const bucket = await server.folder("s3://read");
  const config = tinyConfig.replace("s3_read_data:", "certify: no\ns3_read_data:\n  read_bucket: read");
  await bucket.write("configs/tiny.yml", config);
  await bucket.write("source_data/rows.jsonl", rows.map((row) => JSON.stringify(row) + "\n").join(""));
  await bucket.write("prompt_template/ask.txt", "Answer: {question}\n");
  bucket.close();
}

scene(
  "config and data from a read bucket, the run into a write bucket, its report from there",
  async (on) => {
    const { server, results, folder, run } = on;
    await publish(server);
    const address = "s3://read/configs/tiny.yml";

    const valid = await run("validate", "-v", address);
    assert.equal(valid.code, 0, valid.stdout + valid.stderr);
    assert.match(
      valid.stdout,
      /source_data +rows\.jsonl <- read bucket: s3:\/\/read\/source_data\/rows\.jsonl/,
    );
    assert.match(
      valid.stdout,
      /prompt_template +ask\.txt <- read bucket: s3:\/\/read\/prompt_template\/ask\.txt/,
    );
    assert.match(valid.stdout, /configs +pricing\.yml <- shipped: /);

    const flags = ["--results-dir", results];
    const whole = await run("run", "--config-file", address, "--write-bucket", "write", ...flags);
    assert.equal(whole.code, 0, whole.stderr);
    const { root, manifest } = await onlyRun(results, "tiny");
    const mirror = `s3://write/tiny/${manifest.run_id}`;
    assert.equal(whole.stderr.trim().split("\n").at(-1), `Mirror: ${mirror}`);
    const bucket = await server.folder(mirror);
    const there = await bucket.list();
    for (const path of ["manifest.json", "report.html", "requests.parquet", "run.log", "inputs/config.yml"]) {
      assert.ok(there.includes(path), path);
      assert.deepEqual(await bucket.read(path), await Deno.readFile(join(root, path)), path);
    }
    for (const path of there) assert.ok(!(await bucket.readText(path)).includes(keys.secretAccessKey), path);
    bucket.close();

    // As on another machine: neither the run nor its config and data are there.
    await Deno.rename(results, join(folder, "away"));
    await Deno.remove(join(folder, "cache"), { recursive: true });
    const report = await run("report", mirror, ...flags, "--set", "report.latency_budget=0.5");
    assert.equal(report.code, 0, report.stderr);
    assert.match(report.stderr, /files \([\d.]+ MB\) downloaded to /);
    const runs = [...Deno.readDirSync(join(results, "tiny"))].filter(({ isDirectory }) => isDirectory);
    assert.equal(runs.length, 2);

    const clean = await run("cleanup", join(results, "tiny", manifest.run_id));
    assert.equal(clean.code, 0, clean.stderr);
  },
);

scene("a failed step is mirrored, and the run is resumed from the bucket on another machine", async (on) => {
  const { server, results, folder, run } = on;
  await publish(server);
  const flags = ["--results-dir", results, "--write-bucket", "write"];
  const source = await server.folder("s3://read");
  const config = await source.readText("configs/tiny.yml");
  source.close();
  const own = join(folder, "c.yml");
  await Deno.writeTextFile(own, config);
  // Given up at once, in its first step: before an endpoint is made that nobody would remove.
  const failed = await run(
    "run",
    "--config-file",
    own,
    ...flags,
    "--steps",
    "0-1",
    "--give-up-after",
    "0.01",
  );
  assert.equal(failed.code, 2, failed.stderr);
  const { manifest } = await onlyRun(results, "tiny");
  const mirror = `s3://write/tiny/${manifest.run_id}`;
  assert.match(failed.stderr, new RegExp(`Mirror: ${mirror}\n`));

  await Deno.remove(results, { recursive: true });
  await Deno.remove(own);
  const resumed = await run("run", "--resume", mirror, "--results-dir", results);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal((await onlyRun(results, "tiny")).manifest.status, "finished");
  assert.equal(resumed.stderr.trim().split("\n").at(-1), `Mirror: ${mirror}`);
  const bucket = await server.folder(mirror);
  assert.equal(JSON.parse(await bucket.readText("manifest.json")).status, "finished");
  bucket.close();
});

scene(
  "a write bucket that is missing is told before anything is created",
  async ({ server, results, run }) => {
    await publish(server);
    const flags = ["--results-dir", results, "--write-bucket", "none-such"];
    const ended = await run("run", "--config-file", "s3://read/configs/tiny.yml", ...flags);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /there is no bucket "none-such"\. Create it/);
    await assert.rejects(Deno.stat(results), Deno.errors.NotFound);
  },
);

scene(
  "in local mode no bucket is asked, whatever the config says",
  async ({ server, folder, results, run }) => {
    await publish(server);
    await server.kill();
    await Deno.writeTextFile(
      join(folder, "c.yml"),
      tinyConfig.replace(
        "s3_read_data:",
        "aws: { bucket: write }\ncertify: no\ns3_read_data:\n  read_bucket: read",
      ),
    );
    await Deno.writeTextFile(
      join(folder, "rows.jsonl"),
      rows.map((row) => JSON.stringify(row) + "\n").join(""),
    );
    await Deno.writeTextFile(join(folder, "ask.txt"), "Answer: {question}\n");
    const flags = ["--results-dir", results, "--steps", "0-1", "--local-mode", "yes"];
    const ended = await run("run", "--config-file", join(folder, "c.yml"), ...flags);
    assert.equal(ended.code, 0, ended.stderr);
    assert.ok(!ended.stderr.includes("Mirror"));
  },
);

scene("a server killed in mid-run and back again: the run goes on and nothing is lost", async (on) => {
  const { server, results, run } = on;
  await publish(server);
  const flags = ["--results-dir", results, "--write-bucket", "write", "--verbose"];
  const ended = run("run", "--config-file", "s3://read/configs/tiny.yml", ...flags);
  const created = async () => {
    const names = await Array.fromAsync(Deno.readDir(join(results, "tiny"))).catch(() => []);
    const id = names[0]?.name;
    return id !== undefined &&
      await Deno.stat(join(results, "tiny", id, "plan.jsonl")).then(() => true, () => false);
  };
  for (let tries = 0; tries < 600 && !await created(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await server.kill();
  for (let tries = 0; tries < 600 && !await hasNotice(results); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await server.start();
  // moto has forgotten the bucket; a server that keeps it says so.
  await server.createBucket("write").catch(() => {});
  const { code, stderr } = await ended;
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /Notice: the mirror is behind after \w+, and is tried again: Cannot .* can't be reached/,
  );
  const { root, manifest } = await onlyRun(results, "tiny");
  const bucket = await server.folder(`s3://write/tiny/${manifest.run_id}`);
  for (const path of await bucket.list()) {
    assert.deepEqual(await bucket.read(path), await Deno.readFile(join(root, path)), path);
  }
  assert.ok((await bucket.list()).includes("report.html"));
  bucket.close();
});

async function hasNotice(results: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(join(results, "tiny"))) {
    const log = await Deno.readTextFile(join(results, "tiny", name, "run.log")).catch(() => "");
    if (log.includes("warning mirror")) return true;
  }
  return false;
}

scene("a bucket that stays away is told in the last line, and the rest can be sent later", async (on) => {
  const { server, results, run } = on;
  await publish(server);
  const flags = ["--results-dir", results, "--write-bucket", "write", "--steps", "0-1"];
  const ended = run("run", "--config-file", "s3://read/configs/tiny.yml", ...flags);
  const begun = async () => {
    const bucket = await server.folder("s3://write/tiny");
    return (await bucket.list().finally(() => bucket.close())).some((path) => path.endsWith("manifest.json"));
  };
  for (let tries = 0; tries < 300 && !await begun(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.kill();
  const { code, stderr } = await ended;
  assert.equal(code, 2, stderr);
  const { root, manifest } = await onlyRun(results, "tiny");
  assert.equal(manifest.status, "finished");
  assert.match(
    stderr.trim().split("\n").at(-1)!,
    /^Mirror: INCOMPLETE, .* To send the rest: fmbench mirror \//,
  );
  await server.start();
  await server.createBucket("write").catch(() => {});
  const sent = await run("mirror", root);
  assert.equal(sent.stdout.trim(), `s3://write/tiny/${manifest.run_id}`, sent.stderr);
});
