import assert from "node:assert/strict";
import { type PredictorOptions, triton } from "../../../lib/predict/mod.ts";
import type { ProtocolOptions } from "../../../lib/core/mod.ts";
import { exchangeOf, read, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "triton",
  url: "http://127.0.0.1:8000",
  model_id: "ensemble",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const made = (options: ProtocolOptions = {}, stream = true, url = endpoint.url) =>
  triton({ endpoint: { ...endpoint, url, options }, stream });
const bodyOf = (options: ProtocolOptions, stream: boolean, parameters: Record<string, unknown>) =>
  JSON.parse(String(exchangeOf(made(options, stream), "Why?", parameters).request.body));
const fixtures = wireFixtures("triton_");
const named = (name: string) => {
  const fixture = fixtures.find((fixture) => fixture.name === name);
  assert.ok(fixture);
  return fixture;
};
const event = (text_output: unknown) => `data: ${JSON.stringify({ model_name: "m", text_output })}\n\n`;

testFixtures(fixtures, ({ prompt }) => exchangeOf(made(), prompt).reader);

Deno.test("parameters stand beside text_input, the cap as max_tokens", () => {
  const parameters = { max_new_tokens: 64, temperature: 0.1, top_k: 5, stop_words: "" };
  assert.deepEqual(bodyOf({}, true, parameters), {
    text_input: "Why?",
    max_tokens: 64,
    temperature: 0.1,
    top_k: 5,
    stop_words: "",
    stream: true,
  });
  assert.deepEqual(bodyOf({}, false, {}), { text_input: "Why?", stream: false });
});

Deno.test("max_tokens wins over max_new_tokens; text_input and stream are never taken from parameters", () => {
  const parameters = { max_new_tokens: 9, max_tokens: 5, text_input: "theirs", stream: false };
  assert.deepEqual(bodyOf({}, true, parameters), { text_input: "Why?", max_tokens: 5, stream: true });
  assert.equal(made().maxTokens(parameters), 5);
  assert.equal(made().maxTokens({ max_new_tokens: 9 }), 9);
  assert.equal(made().maxTokens({}), null);
});

Deno.test("as one text, parameters keep the names they are configured by", () => {
  const parameters = { max_new_tokens: 9, temperature: 0.1, stop: ["a"] };
  assert.deepEqual(bodyOf({ parameters_as_text: true }, false, parameters), {
    text_input: "Why?",
    sampling_parameters: JSON.stringify(parameters),
    stream: false,
  });
  assert.equal(made({ parameters_as_text: true }).maxTokens(parameters), 9);
});

Deno.test("the model is that of the URL, else the endpoint's", () => {
  const url = (given: string, stream: boolean) => exchangeOf(made({}, stream, given)).request.url;
  assert.equal(url("http://h:8000", true), "http://h:8000/v2/models/ensemble/generate_stream");
  assert.equal(url("http://h:8000/", false), "http://h:8000/v2/models/ensemble/generate");
  assert.equal(url("http://h:8000/behind", false), "http://h:8000/behind/v2/models/ensemble/generate");
  for (const ending of ["", "/", "/generate", "/generate_stream"]) {
    assert.equal(
      url(`http://h:8000/v2/models/llama${ending}`, true),
      "http://h:8000/v2/models/llama/generate_stream",
    );
    assert.equal(
      url(`http://h:8000/v2/models/llama${ending}`, false),
      "http://h:8000/v2/models/llama/generate",
    );
  }
  assert.equal(
    url("http://h:8000/v2/models/llama/versions/1/generate", true),
    "http://h:8000/v2/models/llama/versions/1/generate_stream",
  );
});

Deno.test("the end of a stream has no mark and no time of its own: it is that of the response", () => {
  const { bytes } = named("triton_plain");
  const answer = read(exchangeOf(made()).reader, [bytes]);
  assert.deepEqual([answer.error, answer.terminated, answer.terminated_ms], [null, true, null]);
});

Deno.test("a connection that breaks is never an answer, not even between two events", () => {
  const { bytes } = named("triton_plain");
  const failure = { kind: "stream", message: "closed" } as const;
  for (let length = 1; length <= bytes.length; length++) {
    const { error, terminated } = read(exchangeOf(made()).reader, [bytes.subarray(0, length)], { failure });
    assert.deepEqual([error?.kind, terminated], ["stream", false], `${length} bytes`);
  }
});

Deno.test("a stream that ends within an event is a cut answer, though its response is whole", () => {
  const { bytes } = named("triton_plain");
  // The third event is the last: its JSON is whole two bytes before the end.
  const ends = [...new TextDecoder().decode(bytes).matchAll(/\}\n\n/g)].slice(0, 2).map(({ index }) =>
    index + 1
  );
  for (let length = 1; length < bytes.length - 2; length++) {
    const between = ends.some((end) => length >= end && length <= end + 2);
    const { error } = read(exchangeOf(made()).reader, [bytes.subarray(0, length)]);
    assert.equal(error?.kind, between ? undefined : "stream", `${length} bytes`);
  }
});

Deno.test("events that repeat the text so far: known from a parameter, or from two steps that add to it", () => {
  const text = (pieces: readonly string[], parameters = {}, prompt = "Why?") =>
    read(exchangeOf(made(), prompt, parameters).reader, pieces.map(event)).text;
  assert.equal(text(["1", "10"]), "110");
  assert.equal(text(["1", "10"], { accumulate_tokens: true }), "10");
  assert.equal(text(["1", "10", "100"]), "100");
  assert.equal(text(["1", "10", "100"], { accumulate_tokens: false }), "110100");
  assert.equal(text(["ha", "ha", "ha"]), "hahaha");
  assert.equal(text(["Why? Be", "Why? Because"]), " Because");
  assert.equal(text(["Why? Be", "cause"]), " Because");
});

Deno.test("of several outputs the first counts; a body without text_output can't be parsed", () => {
  assert.equal(read(exchangeOf(made()).reader, [event(["a", "b"])]).text, "a");
  const { error } = read(exchangeOf(made({}, false)).reader, ['{"model_name":"m"}'], {
    type: "application/json",
  });
  assert.deepEqual(error, { kind: "parse", message: "the answer has no text_output" });
});

Deno.test("an id that something before Triton sets is kept", () => {
  const id = (headers: Record<string, string>) =>
    read(exchangeOf(made()).reader, [event("a")], { headers }).server_request_id;
  assert.deepEqual([id({ "x-request-id": "r-1" }), id({})], ["r-1", null]);
});

Deno.test("an error before the stream has its status", () => {
  const { error } = read(exchangeOf(made()).reader, [
    '{"error":"Request for unknown model: \'nope\' is not found"}',
  ], {
    status: 404,
    type: "application/json",
  });
  assert.deepEqual(error, {
    kind: "http",
    message: "HTTP 404: Request for unknown model: 'nope' is not found",
  });
});
