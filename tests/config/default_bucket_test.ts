import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { identityNeeded, loadConfig, type LoadOptions } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

const identity = { region: "eu-west-1", account: "123456789012" };

/** A config as FMBench's are: placeholders for buckets, and what is said about the mode. */
const fmbench = (write = "", read = "") => {
  const source = minimal.replace("s3_read_data:", `s3_read_data:\n  read_bucket: {read_bucket}${read}`);
  return `${source}aws:\n  region: {region}\n  bucket: {write_bucket}${write}\n`;
};
const s3 = fmbench("\n  s3_and_or_local_file_system: s3", "\n  s3_or_local_file_system: both");

async function need(text: string, options: LoadOptions = {}) {
  let found: ReturnType<typeof identityNeeded> = null;
  await inFolder({ "c.yml": text }, (folder) => {
    found = identityNeeded(join(folder, "c.yml"), { env: {}, tmpDir: folder, ...options });
  });
  return found;
}

async function buckets(text: string, options: LoadOptions = {}) {
  const { config } = await load(text, options);
  return [config.aws.bucket, config.s3_read_data.read_bucket];
}

Deno.test("where the config says S3 and nobody names a bucket, FMBench's default buckets are used", async () => {
  deepEqual(await need(s3), { key: "aws.bucket", region: null });
  deepEqual(await buckets(s3, { identity }), [
    "sagemaker-fmbench-write-eu-west-1-123456789012",
    "sagemaker-fmbench-read-eu-west-1-123456789012",
  ]);
});

Deno.test("each side is decided for itself", async () => {
  const readOnly = fmbench("", "\n  s3_or_local_file_system: s3");
  deepEqual(await need(readOnly), { key: "s3_read_data.read_bucket", region: null });
  deepEqual(await buckets(readOnly, { identity }), [
    "placeholder",
    "sagemaker-fmbench-read-eu-west-1-123456789012",
  ]);
});

Deno.test("AWS is not asked in local mode, without a word about S3, nor for buckets that have a name", async () => {
  equal(await need(fmbench()), null);
  equal(await need(fmbench("\n  s3_and_or_local_file_system: local")), null);
  equal(await need(s3, { localMode: true }), null);
  equal(await need(s3, { writeBucket: "mine", parameters: { read_bucket: "theirs" } }), null);
  deepEqual(await buckets(s3, { writeBucket: "mine", parameters: { read_bucket: "theirs" } }), [
    "mine",
    "theirs",
  ]);
  deepEqual(await buckets(fmbench(), { identity }), ["placeholder", "placeholder"]);
  deepEqual(await buckets(s3, { localMode: true }), ["placeholder", "placeholder"]);
  equal(
    await need(s3.replace("{write_bucket}", "placeholder").replace("{read_bucket}", "placeholder")),
    null,
  );
  equal(await need("general: [\n"), null);
});

Deno.test("a bucket with {account} in its name needs the account where it is used", async () => {
  const named = fmbench().replace("{write_bucket}", "'mine-{region}-{account}'");
  deepEqual(await need(named), { key: "aws.bucket", region: null });
  equal((await buckets(named, { identity }))[0], "mine-eu-west-1-123456789012");
  equal((await buckets(named, { parameters: { account: "1", region: "r" } }))[0], "mine-r-1");
  equal(await need(named, { localMode: true }), null);
  equal((await buckets(named, { localMode: true }))[0], "mine-us-east-1-unknown");
  equal(await need(named, { writeBucket: "other" }), null);
  deepEqual(await faultsOf(named), [
    'c.yml:13:26: {account} in "aws.bucket" has no value; expected -A account=value',
  ]);
});

Deno.test("the account is also needed for any other key that holds it", async () => {
  const text = `${minimal}    model_id: arn:aws:bedrock:x:{account}:y\n`;
  deepEqual(await need(text), { key: "{account}", region: null });
  equal((await load(text, { identity })).config.experiments[0]!.model_id, "arn:aws:bedrock:x:123456789012:y");
  equal(await need(text, { localMode: true }), null);
  deepEqual(await faultsOf(text, { localMode: true }), [
    'c.yml:10:33: {account} in "experiments[0].model_id" has no value; expected -A account=value',
  ]);
});

Deno.test("the region is the one of -A, of the environment, of the config: the first there is", async () => {
  const region = async (text: string, options: LoadOptions) =>
    (await need(text, options) as { region: string | null } | null)?.region;
  const env = { AWS_REGION: "ap-south-1" };
  equal(await region(s3, { env, parameters: { region: "us-west-2" } }), "us-west-2");
  equal(await region(s3, { env }), "ap-south-1");
  equal(await region(s3.replace("{region}", "eu-north-1"), {}), "eu-north-1");
  const { config, notices } = await load(s3, { identity });
  equal(config.aws.region, "eu-west-1");
  equal(notices.some(({ key }) => key === "aws.region"), false);
});

Deno.test("what --set says counts, and what an extended config says", async () => {
  const set = { sets: ["aws.s3_and_or_local_file_system=s3"] };
  deepEqual(await need(fmbench(), set), { key: "aws.bucket", region: null });
  await inFolder({
    "base.yml": s3,
    "c.yml": "extends: base.yml\ngeneral: { name: top }\n",
    "rows.jsonl": "{}\n",
    "ask.txt": "x",
  }, async (folder) => {
    const { config } = await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder, identity });
    equal(config.aws.bucket, "sagemaker-fmbench-write-eu-west-1-123456789012");
  });
});
