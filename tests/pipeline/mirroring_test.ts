import assert from "node:assert/strict";
import { join } from "node:path";
import { type Config, loadConfig, type LoadOptions } from "../../lib/config/mod.ts";
import {
  bucketAccess,
  isRealBucket,
  mirrorLine,
  sendMirror,
  writeBucketOf,
} from "../../lib/pipeline/mirroring.ts";
import { runPaths, writeManifest } from "../../lib/run/mod.ts";
import { sampleManifest } from "../run/sample_manifest.ts";
import { inProject, tinyConfig } from "./made_up_project.ts";

/** What the write bucket of the small config is with this `aws` section. */
async function bucketWith(aws: string, load: LoadOptions = {}): Promise<string | null> {
  let bucket: string | null = null;
  await inProject(async (folder) => {
    const file = join(folder, "own.yml");
    await Deno.writeTextFile(file, `aws: ${aws}\n${tinyConfig}`);
    const { config }: { config: Config } = await loadConfig(file, load);
    bucket = writeBucketOf(config, load);
  });
  return bucket;
}

Deno.test("a run is mirrored to the flag's bucket, else to the config's", async () => {
  assert.equal(await bucketWith("{ bucket: from-config }"), "from-config");
  assert.equal(await bucketWith("{ bucket: from-config }", { writeBucket: "from-flag" }), "from-flag");
  assert.equal(await bucketWith('{ bucket: "{write_bucket}" }', { writeBucket: "from-flag" }), "from-flag");
  assert.equal(await bucketWith("{}", { writeBucket: "from-flag" }), "from-flag");
  for (const mode of ["s3", "both"]) {
    assert.equal(
      await bucketWith(`{ bucket: from-config, s3_and_or_local_file_system: ${mode} }`),
      "from-config",
    );
  }
});

Deno.test("no bucket: none is named, only the placeholder is, or the mode is local", async () => {
  assert.equal(await bucketWith("{}"), null);
  assert.equal(await bucketWith('{ bucket: "{write_bucket}" }'), null);
  assert.equal(await bucketWith("{ bucket: from-config, s3_and_or_local_file_system: local }"), null);
  assert.equal(
    await bucketWith("{ bucket: from-config }", { localMode: true, writeBucket: "from-flag" }),
    null,
  );
  assert.equal(isRealBucket(undefined), false);
});

Deno.test("what can't be a bucket is refused", async () => {
  await assert.rejects(
    bucketWith("{ bucket: My_Bucket }"),
    /Cannot mirror runs to "My_Bucket": it can't be the name/,
  );
});

Deno.test("the region of the environment is that of the buckets, then the config's", () => {
  const before = Deno.env.get("AWS_REGION");
  try {
    Deno.env.set("AWS_REGION", "eu-west-1");
    assert.deepEqual(bucketAccess("us-west-2"), { region: "eu-west-1" });
    Deno.env.delete("AWS_REGION");
    if (Deno.env.get("AWS_DEFAULT_REGION") === undefined) {
      assert.deepEqual(bucketAccess("us-west-2"), { region: "us-west-2" });
      assert.deepEqual(bucketAccess(null), {});
    }
  } finally {
    if (before !== undefined) Deno.env.set("AWS_REGION", before);
  }
});

Deno.test("a run without a mirror can't be sent unless a bucket is named", async () => {
  const root = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const run = { id: "r", paths: runPaths(root) };
    await writeManifest(run.paths.manifest, sampleManifest());
    await assert.rejects(
      sendMirror(run),
      /it was started without a write bucket\. Name one: --write-bucket B\./,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("the last line names the mirror", () => {
  assert.equal(mirrorLine({ address: "s3://b/n/r", failure: null }, "/r"), "Mirror: s3://b/n/r");
});
