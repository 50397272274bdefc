import assert from "node:assert/strict";
import { ollama, type PredictorOptions } from "../../../lib/predict/mod.ts";
import { bodyOf, exchangeOf, read, testCleanEnds, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const type = "application/x-ndjson";
const endpoint: PredictorOptions["endpoint"] = {
  predictor: "ollama",
  url: "http://127.0.0.1:11434/api/generate",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const predictor = (options: Partial<PredictorOptions> = {}) => ollama({ endpoint, stream: true, ...options });
const at = (url: string, options = {}) => predictor({ endpoint: { ...endpoint, url, options } });
const readLines = (pieces: readonly string[], responding: Parameters<typeof read>[2] = {}) =>
  read(exchangeOf(predictor()).reader, pieces, { type, ...responding });

const fixtures = wireFixtures("ollama_", type);
const readerOf = () => exchangeOf(predictor()).reader;
testFixtures(fixtures, readerOf);
testCleanEnds(fixtures, readerOf);

Deno.test("a prompt goes to /api/generate, its parameters under options", () => {
  const { request } = exchangeOf(predictor(), { prompt: "Why?" }, {
    temperature: 0.1,
    max_new_tokens: 64,
    keep_alive: -1,
    think: false,
    format: "json",
    raw: true,
    options: { num_ctx: 2048, temperature: 0.3 },
  });
  assert.equal(request.url, "http://127.0.0.1:11434/api/generate");
  assert.equal(request.headers["accept"], type);
  assert.deepEqual(JSON.parse(String(request.body)), {
    model: "m",
    keep_alive: -1,
    think: false,
    format: "json",
    raw: true,
    options: { temperature: 0.3, num_ctx: 2048, num_predict: 64 },
    prompt: "Why?",
    stream: true,
  });
  assert.deepEqual(bodyOf(predictor({ stream: false }), { prompt: "p" }), {
    model: "m",
    prompt: "p",
    stream: false,
  });
});

Deno.test("the cap is sent once, as num_predict among the options", () => {
  const optionsOf = (parameters: Record<string, unknown>) =>
    bodyOf(predictor(), { prompt: "p" }, parameters)["options"];
  assert.deepEqual(optionsOf({ num_predict: 5, max_tokens: 7, max_new_tokens: 9 }), { num_predict: 5 });
  assert.deepEqual(optionsOf({ options: { num_predict: 5 }, max_new_tokens: 9 }), { num_predict: 5 });
  assert.deepEqual(optionsOf({ max_new_tokens: 9 }), { num_predict: 9 });
  assert.equal(optionsOf({}), undefined);
  assert.equal(predictor().maxTokens({ options: { num_predict: 5 } }), 5);
  assert.equal(predictor().maxTokens({ max_new_tokens: 9 }), 9);
});

Deno.test("a system prompt and images have a place of their own in both routes", () => {
  const images = [{ media_type: "image/png", base64: "AAAA" }, {
    media_type: "image/png",
    base64: "BBBB",
  }] as const;
  const options = { system_prompt: "Be brief." };
  const base64 = ["AAAA", "BBBB"];
  assert.deepEqual(bodyOf(at("http://h", options), { prompt: "p", images }), {
    model: "m",
    prompt: "p",
    system: "Be brief.",
    images: base64,
    stream: true,
  });
  assert.deepEqual(bodyOf(at("http://h/api/chat", options), { prompt: "p", images }), {
    model: "m",
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "p", images: base64 }],
    stream: true,
  });
});

Deno.test("a conversation goes to /api/chat, whatever the address says", () => {
  const messages = [{ role: "user", content: "One?" }, { role: "assistant", content: "1" }];
  const { request } = exchangeOf(predictor(), { prompt: "...", messages });
  assert.equal(request.url, "http://127.0.0.1:11434/api/chat");
  assert.deepEqual(JSON.parse(String(request.body))["messages"], messages);
});

Deno.test("the server's address, that of its OpenAI side and full addresses are understood", () => {
  const urlOf = (url: string) => exchangeOf(at(url)).request.url;
  for (const url of ["http://h", "http://h/", "http://h/v1", "http://h/api", "http://h/api/generate/"]) {
    assert.equal(urlOf(url), "http://h/api/generate");
  }
  assert.equal(urlOf("http://h/api/chat"), "http://h/api/chat");
  assert.equal(urlOf("http://h/proxy/ollama?x=1"), "http://h/proxy/ollama/api/generate?x=1");
});

Deno.test("text in the line that says done is text, and calls of several lines are all kept", () => {
  const call = (name: string) => ({ message: { tool_calls: [{ function: { name, arguments: {} } }] } });
  const answer = readLines([
    `${JSON.stringify(call("a"))}\n`,
    `${JSON.stringify({ ...call("b"), done: true })}\n`,
  ]);
  assert.deepEqual([answer.error, answer.chunk_ms, answer.terminated_ms], [null, [1, 2], 2]);
  assert.deepEqual(JSON.parse(answer.text), [{ name: "a", arguments: "{}" }, { name: "b", arguments: "{}" }]);
});

Deno.test("a whole answer has text, counts and latency, but no token times", () => {
  const body = {
    model: "m2",
    message: { role: "assistant", content: "Hi", thinking: "hm" },
    done: true,
    done_reason: "stop",
    total_duration: 1_500_000,
    prompt_eval_count: 3,
    eval_count: 4,
  };
  const answer = readLines([JSON.stringify(body, null, 2)], { type: "application/json; charset=utf-8" });
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms, answer.stop_reason], [
    null,
    "Hi",
    [],
    "stop",
  ]);
  assert.deepEqual([answer.prompt_tokens, answer.completion_tokens, answer.server_latency_ms], [3, 4, 1.5]);
  assert.equal(answer.served_model, "m2");
});

Deno.test("a last line without an end counts although the connection then hangs until it is cut", () => {
  const failure = { kind: "timeout", message: "no further byte" } as const;
  assert.equal(readLines(['{"response":"a"}\n', '{"done":true}'], { failure }).error, null);
  assert.deepEqual(readLines(['{"response":"a"}\n', '{"done":tr'], { failure }).error, failure);
});

for (
  const [name, status, body, kind, message] of [
    ["an unknown model", 404, '{"error":"model \'x\' not found"}', "http", "HTTP 404: model 'x' not found"],
    ["a full queue", 503, '{"error":"server busy"}', "http", "HTTP 503: server busy"],
    ["an error with status 200", 200, '{"error":"no"}', "stream", "no"],
    [
      "an answer that was not ended",
      200,
      '{"response":"a","done":false}',
      "parse",
      "the answer does not say done",
    ],
  ] as const
) {
  Deno.test(`${name} is an error of kind ${kind}`, () => {
    const { error } = readLines([body], { status, type: "application/json" });
    assert.deepEqual(error, { kind, message });
  });
}

Deno.test("a line that is no JSON is an error of kind parse", () => {
  assert.equal(readLines(['{"response":"a"}\n', "oops\n", '{"done":true}\n']).error?.kind, "parse");
});
