import assert from "node:assert/strict";
import { openaiEmbeddings, type PredictorOptions } from "../../../lib/predict/mod.ts";
import { bodyOf, exchangeOf, read, testCleanEnds, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "openai_embeddings",
  url: "http://127.0.0.1:8000/v1",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const embeddings = (options: Partial<PredictorOptions> = {}) =>
  openaiEmbeddings({ endpoint, stream: true, ...options });

const fixtures = wireFixtures("openai_embeddings_", "application/json");
const readerOf = () => exchangeOf(embeddings()).reader;
testFixtures(fixtures, readerOf);
testCleanEnds(fixtures, readerOf);

Deno.test("the request is the input with the parameters, without a cap, and never asks for a stream", () => {
  const { request } = exchangeOf(embeddings(), { prompt: "Why?" }, {
    encoding_format: "base64",
    max_new_tokens: 64,
    max_tokens: 5,
  });
  assert.equal(request.url, "http://127.0.0.1:8000/v1/embeddings");
  assert.equal(request.headers["accept"], "application/json");
  assert.deepEqual(JSON.parse(String(request.body)), {
    model: "m",
    encoding_format: "base64",
    input: "Why?",
  });
  assert.equal(embeddings().maxTokens({ max_tokens: 5 }), null);
});

Deno.test("a model named by the parameters takes the place of the endpoint's", () => {
  assert.equal(bodyOf(embeddings(), { prompt: "p" }, { model: "other" })["model"], "other");
});

Deno.test("a prompt with images is refused", () => {
  const images = [{ media_type: "image/png", base64: "AAAA" }] as const;
  assert.throws(() => embeddings().begin({ prompt: "p", images }, {}), /it has no place for images/);
});

Deno.test("an answer has no token times, and no generated token", () => {
  const body = '{"data":[{"embedding":[1,2,3]}]}';
  const answer = read(exchangeOf(embeddings()).reader, [body], { type: "application/json" });
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms], [
    null,
    '{"embeddings":1,"dimensions":3}',
    [],
  ]);
  assert.deepEqual([answer.prompt_tokens, answer.completion_tokens], [null, 0]);
});

for (
  const [name, status, body, kind, message] of [
    [
      "a model that can't",
      501,
      '{"error":{"code":501,"message":"no embeddings"}}',
      "http",
      "HTTP 501: no embeddings",
    ],
    ["too many requests", 429, '{"error":{"message":"later"}}', "throttled", "HTTP 429: later"],
    ["an error with status 200", 200, '{"object":"error","message":"no","code":400}', "stream", "no"],
    ["an answer without a vector", 200, '{"data":[{}]}', "parse", "the answer has no data[0].embedding"],
    ["an answer without data", 200, "{}", "parse", "the answer has no data[0].embedding"],
  ] as const
) {
  Deno.test(`${name} is an error of kind ${kind}`, () => {
    const { error } = read(exchangeOf(embeddings()).reader, [body], { status, type: "application/json" });
    assert.deepEqual(error, { kind, message });
  });
}
