import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfigFrom } from "../../lib/pipeline/remote_config.ts";
import { carriedConfig, carryInputs } from "../../lib/pipeline/carried_inputs.ts";
import { writeBucketOf } from "../../lib/pipeline/mirroring.ts";
import { runPaths } from "../../lib/run/mod.ts";
import { resolvedYaml } from "../../lib/config/mod.ts";
import { type LocalS3, onS3 } from "../aws/local_s3.ts";
import { inProject, tinyConfig } from "./made_up_project.ts";

/** As FMBench's own configs say it, with S3 on both sides. */
const source = tinyConfig.replace(
  "s3_read_data:",
  "s3_read_data:\n  read_bucket: {read_bucket}\n  s3_or_local_file_system: s3",
) + "aws: { region: '{region}', bucket: '{write_bucket}', s3_and_or_local_file_system: both }\n";

/** Runs a test in a project, with the environment of someone who has credentials on the stand-in. */
async function withCredentials(server: LocalS3, body: (folder: string) => Promise<void>): Promise<void> {
  await inProject(async (folder) => {
    const env = {
      ...server.env,
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL_STS: server.url,
      XDG_CACHE_HOME: join(folder, "cache"),
    };
    for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
    try {
      await Deno.writeTextFile(join(folder, "c.yml"), source);
      await body(folder);
    } finally {
      for (const name of Object.keys(env)) Deno.env.delete(name);
    }
  });
}

onS3(
  "FMBench's default buckets are those of the account behind the credentials, of a stand-in for AWS",
  async (server) => {
    await server.createBucket("sagemaker-fmbench-read-eu-west-1-123456789012");
    const bucket = await server.folder("s3://sagemaker-fmbench-read-eu-west-1-123456789012/source_data");
    await withCredentials(server, async (folder) => {
      await bucket.write("rows.jsonl", await Deno.readTextFile(join(folder, "rows.jsonl")));
      await Deno.remove(join(folder, "rows.jsonl"));
      const options = { tmpDir: join(folder, "tmp") };
      const loaded = await loadConfigFrom(join(folder, "c.yml"), options);
      assert.deepEqual(loaded.identity, { region: "eu-west-1", account: "123456789012" });
      assert.equal(writeBucketOf(loaded.config, options), "sagemaker-fmbench-write-eu-west-1-123456789012");
      assert.match(
        loaded.files.source_data[0]!,
        /sagemaker-fmbench-read-eu-west-1-123456789012\/source_data\/rows\.jsonl$/,
      );

      // The account is in no file of the run, and asked for again where it goes on.
      assert.equal(resolvedYaml(loaded.config).includes("123456789012"), false);
      const root = join(folder, "run");
      await carryInputs({ id: "r", paths: runPaths(root) }, loaded);
      const carried = carriedConfig(root);
      assert.equal((await Deno.readTextFile(carried)).includes("123456789012"), false);
      const again = await loadConfigFrom(carried, options);
      assert.equal(again.config.aws.bucket, "sagemaker-fmbench-write-eu-west-1-123456789012");
    });
    bucket.close();
  },
  { iam: true },
);

onS3("in local mode AWS is not asked, of a stand-in for AWS", async (server) => {
  await withCredentials(server, async (folder) => {
    Deno.env.set("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");
    const { config, identity } = await loadConfigFrom(join(folder, "c.yml"), { localMode: true });
    assert.equal(identity, null);
    assert.equal(writeBucketOf(config, { localMode: true }), null);
    await assert.rejects(
      loadConfigFrom(join(folder, "c.yml"), {}),
      /account for "aws\.bucket": STS can't be reached/,
    );
  });
}, { iam: true });
