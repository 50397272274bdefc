import assert from "node:assert/strict";
import { isSecretName, redact, redactDeep } from "../../lib/core/mod.ts";

Deno.test("redact() takes tokens, keys, passwords in URLs and account ids out of a text", () => {
  assert.equal(redact("Authorization: Bearer abc.def-123456"), "Authorization: Bearer [redacted]");
  assert.equal(redact("token hf_abcdefghijklmn end"), "token [redacted] end");
  assert.equal(redact("sk-proj_abcdefghij"), "[redacted]");
  assert.equal(redact("AKIAIOSFODNN7EXAMPLE"), "[redacted]");
  assert.equal(redact("https://user:secret@host/x"), "https://[redacted]@host/x");
  assert.equal(redact("?X-Amz-Signature=abc&b=1"), "?X-Amz-Signature=[redacted]&b=1");
  assert.equal(redact("arn:aws:iam::123456789012:role/x"), "arn:aws:iam::[account]:role/x");
  assert.equal(redact("my-own-secret here", ["my-own-secret"]), "[redacted] here");
});

Deno.test("redactDeep() hides values of secret keys wholly and leaves the rest as it is", () => {
  const value = {
    headers: { Authorization: "x", accept: "json" },
    list: ["Bearer abcdefg"],
    n: 1,
    api_key: "",
  };
  assert.deepEqual(redactDeep(value), {
    headers: { Authorization: "[redacted]", accept: "json" },
    list: ["Bearer [redacted]"],
    n: 1,
    api_key: "",
  });
});

Deno.test("isSecretName() knows secret names and spares those that only sound like one", () => {
  for (
    const name of [
      "HF_TOKEN",
      "api_key",
      "OPENAI_API_KEY",
      "AWS_SECRET_ACCESS_KEY",
      "Authorization",
      "password",
    ]
  ) {
    assert.equal(isSecretName(name), true, name);
  }
  for (
    const name of [
      "max_tokens",
      "stop_token",
      "prompt_tokens",
      "input-per-1k-tokens",
      "key",
      "top_k",
      "api_key_env",
      "tokenizer_prefix",
    ]
  ) {
    assert.equal(isSecretName(name), false, name);
  }
});

Deno.test("redact takes the account out of the names of FMBench's default buckets", () => {
  assert.equal(
    redact("s3://sagemaker-fmbench-write-us-gov-west-1-123456789012/run"),
    "s3://sagemaker-fmbench-write-us-gov-west-1-[account]/run",
  );
  assert.equal(redact("sagemaker-fmbench-read-eu-west-1-mine"), "sagemaker-fmbench-read-eu-west-1-mine");
});

Deno.test("a reference to a variable of the environment is no secret, whatever it stands under", () => {
  const headers = { Authorization: "Bearer ${KEY}", "x-api-key": "${KEY}", cookie: "abc${KEY}" };
  assert.deepEqual(redactDeep({ headers }), { headers: { ...headers, cookie: "[redacted]" } });
});

Deno.test("redact takes the account out of the address of an image, unless it is AWS's own", () => {
  const image = (account: string) => `${account}.dkr.ecr.us-east-1.amazonaws.com/server:1.0`;
  assert.equal(redact(image("123456789012")), image("[account]"));
  assert.equal(redact(image("763104351884")), image("763104351884"));
});
