import assert from "node:assert/strict";
import { isBucketName, isS3Address, parseS3Address, showS3Address } from "../../lib/storage/mod.ts";

Deno.test("an address is a bucket and a key, with or without a slash at the end", () => {
  assert.deepEqual(parseS3Address("s3://my-bucket/a/b c.yml"), { bucket: "my-bucket", key: "a/b c.yml" });
  assert.deepEqual(parseS3Address("s3://my-bucket/run/"), { bucket: "my-bucket", key: "run" });
  assert.deepEqual(parseS3Address("s3://my-bucket"), { bucket: "my-bucket", key: "" });
  assert.equal(showS3Address(parseS3Address("S3://my-bucket//a")), "s3://my-bucket/a");
  assert.equal(showS3Address({ bucket: "b-1", key: "" }), "s3://b-1");
});

Deno.test("what is no address is refused with the form of one", () => {
  for (const text of ["s3://", "s3:/a/b", "s3:///key", "s3://UPPER/x", "s3://a/x", "s3://a..b/x"]) {
    assert.equal(isS3Address(text), true, text);
    assert.throws(() => parseS3Address(text), /expected s3:\/\/bucket\/key/, text);
  }
  assert.throws(() => parseS3Address("s3://bucket/../other/x"), /leads out of the storage/);
  assert.equal(isS3Address("results/s3"), false);
});

Deno.test("a bucket's name is 3 to 63 small letters, digits, dots and hyphens", () => {
  assert.equal(isBucketName("abc"), true);
  assert.equal(isBucketName("a".repeat(63)), true);
  assert.equal(isBucketName("a.b-c.9"), true);
  for (const name of ["ab", "a".repeat(64), "-ab", "ab-", "a_b", "aB9", "a..b", ""]) {
    assert.equal(isBucketName(name), false, name);
  }
});
