import assert from "node:assert/strict";
import { protocols } from "../../lib/core/mod.ts";
import { simulatedUrl } from "../../lib/deploy/simulated_url.ts";

Deno.test("each protocol is sent where its servers are", () => {
  const table: Record<string, string> = {
    openai_chat: "http://h:1/v1",
    openai_completions: "http://h:1/v1",
    openai_embeddings: "http://h:1/v1",
    bedrock: "http://h:1",
    bedrock_invoke: "http://h:1",
    sagemaker: "http://h:1",
    djl: "http://h:1/invocations",
    tgi: "http://h:1",
    triton: "http://h:1/v2/models/org%2Fm",
    ollama: "http://h:1",
    llama_cpp: "http://h:1",
    ray_serve: "http://h:1",
    rest: "http://h:1/rest",
  };
  assert.deepEqual(Object.keys(table), Object.keys(protocols));
  for (const [predictor, url] of Object.entries(table)) {
    assert.equal(simulatedUrl({ predictor, model_id: "org/m" }, "http://h:1"), url, predictor);
  }
});

Deno.test("a module of one's own is sent to where OpenAI's protocol is spoken", () => {
  assert.equal(simulatedUrl({ predictor: "/here/mine.ts", model_id: "m" }, "http://h:1"), "http://h:1/v1");
});
