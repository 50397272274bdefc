import assert from "node:assert/strict";
import { djl, type PredictorOptions } from "../../../lib/predict/mod.ts";
import type { ProtocolOptions } from "../../../lib/core/mod.ts";
import { exchangeOf, read, testEveryEarlyEnd, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "djl",
  url: "http://127.0.0.1:8080/invocations",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const made = (options: ProtocolOptions = {}, stream = true) =>
  djl({ endpoint: { ...endpoint, options }, stream });
const bodyOf = (options: ProtocolOptions, stream: boolean, parameters: Record<string, unknown>) =>
  JSON.parse(String(exchangeOf(made(options, stream), "Why?", parameters).request.body));
const fixtures = wireFixtures("djl_");
const named = (name: string) => {
  const fixture = fixtures.find((fixture) => fixture.name === name);
  assert.ok(fixture);
  return fixture;
};

testFixtures(
  fixtures,
  ({ name, prompt }) =>
    exchangeOf(made({ body: name.startsWith("djl_chat") ? "messages" : "generate" }), prompt).reader,
);

const lines = named("djl_json_lines");
testEveryEarlyEnd(lines, lines.bytes.length - 1, () => exchangeOf(made()).reader);
const events = named("djl_sse");
testEveryEarlyEnd(events, events.bytes.length - 2, () => exchangeOf(made()).reader);
const chat = named("djl_chat_json_lines");
testEveryEarlyEnd(chat, chat.bytes.length - 1, () => exchangeOf(made({ body: "messages" })).reader);

Deno.test("the configured parameters arrive under `parameters`", () => {
  const parameters = { do_sample: true, temperature: 0.1, top_p: 0.92, top_k: 120, max_new_tokens: 100 };
  assert.deepEqual(bodyOf({}, false, parameters), { inputs: "Why?", parameters, stream: false });
});

Deno.test("a stream also asks for details, unless the parameters say something of them", () => {
  assert.deepEqual(bodyOf({}, true, { max_tokens: 5 }), {
    inputs: "Why?",
    parameters: { details: true, max_new_tokens: 5 },
    stream: true,
  });
  assert.deepEqual(bodyOf({}, true, { details: false }).parameters, { details: false });
});

Deno.test("where they are not to be split, parameters stand beside inputs", () => {
  const options = { split_input_and_parameters: false };
  assert.deepEqual(bodyOf(options, false, { temperature: 1, inputs: "theirs" }), {
    inputs: "Why?",
    temperature: 1,
    stream: false,
  });
});

Deno.test("a URL without a path is asked at /invocations, any other as it is", () => {
  const url = (given: string) =>
    exchangeOf(djl({ endpoint: { ...endpoint, url: given }, stream: true })).request.url;
  assert.equal(url("http://h:8080"), "http://h:8080/invocations");
  assert.equal(url("http://h:8080/"), "http://h:8080/invocations");
  assert.equal(url("http://h:8080/predictions/llama?x=1"), "http://h:8080/predictions/llama?x=1");
});

Deno.test("the answer's form is left to the server: JSON Lines or events", () => {
  assert.equal(exchangeOf(made()).request.headers["accept"], "application/jsonlines, text/event-stream");
  assert.equal(exchangeOf(made({}, false)).request.headers["accept"], "application/json");
});

Deno.test("a stream without a content type is read as what it is", () => {
  for (const { bytes } of [lines, events]) {
    assert.equal(read(exchangeOf(made()).reader, [bytes], { type: "" }).text, "Deep Learning 学");
  }
});

Deno.test("an event without data says nothing", () => {
  const answer = read(exchangeOf(made()).reader, ["data: \n\n", events.bytes]);
  assert.deepEqual([answer.error, answer.text], [null, "Deep Learning 学"]);
  const nothing = read(exchangeOf(made()).reader, ["data: \n\n"]);
  assert.deepEqual(nothing.error, { kind: "stream", message: "the stream ended without an event" });
});

Deno.test("messages are asked with OpenAI's body at the same address", () => {
  const { request } = exchangeOf(made({ body: "messages", system_prompt: "Be short." }), "Why?", {
    max_new_tokens: 3,
  });
  assert.equal(request.url, "http://127.0.0.1:8080/invocations");
  const { messages, max_tokens, stream } = JSON.parse(String(request.body));
  assert.deepEqual(messages, [{ role: "system", content: "Be short." }, { role: "user", content: "Why?" }]);
  assert.deepEqual([max_tokens, stream], [3, true]);
  assert.equal(made({ body: "messages" }).name, "djl");
  assert.equal(made({ body: "messages" }).maxTokens({ max_new_tokens: 3 }), 3);
});

Deno.test("messages that come as server-sent events, or whole, are read too", () => {
  const event = new TextDecoder().decode(chat.bytes).split("\n").slice(0, 3).map((line) =>
    `data: ${line}\n\n`
  );
  const answer = read(exchangeOf(made({ body: "messages" })).reader, [...event, "data: [DONE]\n\n"]);
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms, answer.terminated_ms], [
    null,
    "Because.",
    [1, 2, 3],
    4,
  ]);
  const whole =
    '{"choices":[{"message":{"content":"Because."},"finish_reason":"stop"}],"usage":{"completion_tokens":3}}';
  const { text, completion_tokens } = read(exchangeOf(made({ body: "messages" }, false)).reader, [whole], {
    type: "application/json",
  });
  assert.deepEqual([text, completion_tokens], ["Because.", 3]);
});

Deno.test("completions and embeddings go to the same address, too", () => {
  const completions = exchangeOf(made({ body: "completions" })).request;
  assert.deepEqual([completions.url, JSON.parse(String(completions.body)).prompt], [endpoint.url, "Why?"]);
  const embeddings = exchangeOf(made({ body: "embeddings" })).request;
  assert.deepEqual([embeddings.url, JSON.parse(String(embeddings.body)).input], [endpoint.url, "Why?"]);
});

Deno.test("a queue that is full is throttling, other errors are HTTP's", () => {
  const refused = (status: number, body: string) =>
    read(exchangeOf(made()).reader, [body], { status, type: "application/json" }).error;
  assert.deepEqual(
    refused(
      503,
      '{\n  "code": 503,\n  "type": "WlmCapacityException",\n  "message": "Worker queue capacity exceeded"\n}',
    ),
    { kind: "throttled", message: "HTTP 503: Worker queue capacity exceeded" },
  );
  assert.deepEqual(
    refused(424, '{"code":424,"message":"invoke handler failure","error":"ValueError: top_p"}'),
    { kind: "http", message: "HTTP 424: ValueError: top_p" },
  );
});
