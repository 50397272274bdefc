import assert from "node:assert/strict";
import { llamaCpp, type PredictorOptions } from "../../../lib/predict/mod.ts";
import { bodyOf, exchangeOf, read, testCleanEnds, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "llama_cpp",
  url: "http://127.0.0.1:8080/completion",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const llama = (options: Partial<PredictorOptions> = {}) => llamaCpp({ endpoint, stream: true, ...options });
const readerOf = () => exchangeOf(llama()).reader;

const fixtures = wireFixtures("llama_cpp_");
testFixtures(fixtures, readerOf);
testCleanEnds(fixtures, readerOf);

Deno.test("the request is the prompt with the configured parameters and nothing else", () => {
  assert.deepEqual(bodyOf(llama(), { prompt: "Why?" }), { prompt: "Why?", stream: true });
  assert.deepEqual(
    bodyOf(llama(), { prompt: "Why?" }, { cache_prompt: false, max_new_tokens: 64, top_k: 1 }),
    {
      cache_prompt: false,
      top_k: 1,
      n_predict: 64,
      prompt: "Why?",
      stream: true,
    },
  );
});

Deno.test("the cap is sent once, as n_predict", () => {
  const capOf = (parameters: Record<string, unknown>) => {
    const { prompt: _, stream: __, ...rest } = bodyOf(llama(), { prompt: "p" }, parameters);
    return rest;
  };
  assert.deepEqual(capOf({ n_predict: 5, max_tokens: 7, max_new_tokens: 9 }), { n_predict: 5 });
  assert.deepEqual(capOf({ max_tokens: 7, max_new_tokens: 9 }), { n_predict: 7 });
  assert.equal(llama().maxTokens({ max_new_tokens: 9 }), 9);
});

Deno.test("FMBench's full address and the server's own are understood", () => {
  const urlOf = (url: string) => exchangeOf(llama({ endpoint: { ...endpoint, url } })).request.url;
  assert.equal(urlOf("http://h:8080/completion"), "http://h:8080/completion");
  assert.equal(urlOf("http://h:8080"), "http://h:8080/completion");
  assert.equal(urlOf("http://h:8080/v1/"), "http://h:8080/completion");
  assert.equal(urlOf("http://h/llama?x=1"), "http://h/llama/completion?x=1");
});

Deno.test("a prompt with images is refused", () => {
  const images = [{ media_type: "image/png", base64: "AAAA" }] as const;
  assert.throws(() => llama().begin({ prompt: "p", images }, {}), /it has no place for images/);
});

Deno.test("text in the event that says stop is text, and its stamp the last token's", () => {
  const answer = read(readerOf(), [
    'data: {"content":"a","stop":false}\n\n',
    'data: {"content":"b","stop":true,"stop_type":"word"}\n\n',
  ]);
  assert.deepEqual([answer.text, answer.chunk_ms, answer.terminated_ms], ["ab", [1, 2], 2]);
  assert.deepEqual([answer.error, answer.stop_reason, answer.token_source], [null, "word", null]);
});

Deno.test("cached tokens of the prompt are those of the timings, also where the prompt is not counted", () => {
  const cached = (body: object) =>
    read(readerOf(), [JSON.stringify({ content: "", stop: true, ...body })], { type: "application/json" })
      .cached_prompt_tokens;
  assert.equal(cached({ timings: { cache_n: 2, prompt_n: 3 } }), 2);
  assert.equal(cached({ timings: { prompt_n: 3 } }), null);
  assert.equal(cached({ tokens_evaluated: 5, timings: { prompt_n: 3 } }), 2);
  assert.equal(cached({ tokens_evaluated: 5, timings: {} }), null);
  assert.equal(cached({ tokens_evaluated: 5, tokens_cached: 5 }), null);
});

Deno.test("a whole answer has text, counts and latency, but no token times", () => {
  const body = {
    content: " blue",
    stop: true,
    model: "m2",
    tokens_predicted: 1,
    tokens_evaluated: 5,
    tokens_cached: 5,
    stop_type: "eos",
    timings: { cache_n: 2, prompt_n: 3, prompt_ms: 10.1, predicted_ms: 0.2 },
  };
  const { reader } = exchangeOf(llama({ stream: false }));
  const answer = read(reader, [JSON.stringify(body)], { type: "application/json; charset=utf-8" });
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms, answer.stop_reason], [
    null,
    " blue",
    [],
    "eos",
  ]);
  assert.deepEqual(
    [answer.prompt_tokens, answer.completion_tokens, answer.cached_prompt_tokens, answer.server_latency_ms],
    [5, 1, 2, 10.3],
  );
});

for (
  const [name, status, body, kind, message] of [
    ["an answer without text", 200, '{"stop":true}', "parse", "the answer has no content"],
    ["an answer that was not stopped", 200, '{"content":"a"}', "parse", "the answer does not say stop"],
    ["no free slot", 503, '{"error":{"message":"no slot","code":503}}', "http", "HTTP 503: no slot"],
    ["a prompt too long", 400, '{"error":{"code":400,"message":"too long"}}', "http", "HTTP 400: too long"],
  ] as const
) {
  Deno.test(`${name} is an error of kind ${kind}`, () => {
    const { error } = read(readerOf(), [body], { status, type: "application/json" });
    assert.deepEqual(error, { kind, message });
  });
}
