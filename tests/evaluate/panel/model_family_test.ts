import assert from "node:assert/strict";
import { familiesOf, sharedFamily } from "../../../lib/evaluate/mod.ts";

Deno.test("a model's id says whose it is", () => {
  const known: Readonly<Record<string, string>> = {
    "us.anthropic.claude-3-5-sonnet-20241022-v2:0": "anthropic",
    "us.meta.llama3-3-70b-instruct-v1:0": "meta",
    "cohere.command-r-plus-v1:0": "cohere",
    "amazon.nova-pro-v1:0": "amazon",
    "amazon.titan-text-express-v1": "amazon",
    "mistral.mistral-large-2402-v1:0": "mistral",
    "mistralai/Mixtral-8x7B-Instruct-v0.1": "mistral",
    "gpt-4o-mini": "openai",
    "o3-mini": "openai",
    "google/gemma-2-9b-it": "google",
    "Qwen/Qwen2.5-7B-Instruct": "qwen",
    "meta-textgeneration-llama-3-8b-instruct": "meta",
    "ai21.jamba-1-5-large-v1:0": "ai21",
    "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-8b-instruct-v1:0": "meta",
  };
  for (const [id, family] of Object.entries(known)) assert.deepEqual(familiesOf(id), [family], id);
  assert.deepEqual(familiesOf("simulated-model"), []);
});

Deno.test("a model that was distilled into another family belongs to both", () => {
  assert.deepEqual(familiesOf("deepseek-ai/DeepSeek-R1-Distill-Llama-8B"), ["deepseek", "meta"]);
});

Deno.test("a judge of the candidate's own family is known", () => {
  const judge = "us.anthropic.claude-3-5-sonnet-20241022-v2:0";
  assert.equal(sharedFamily(judge, "anthropic.claude-3-haiku-20240307-v1:0"), "anthropic");
  assert.equal(sharedFamily(judge, "meta.llama3-8b-instruct-v1:0"), null);
  assert.equal(sharedFamily("meta.llama3-3-70b", "deepseek-r1-distill-llama-8b"), "meta");
  assert.equal(sharedFamily("some-model", "some-model-too"), null);
});
