import assert from "node:assert/strict";
import { type PredictorOptions, tgi } from "../../../lib/predict/mod.ts";
import { exchangeOf, facts, read, testEveryEarlyEnd, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "tgi",
  url: "http://127.0.0.1:8080",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const made = (options: Partial<PredictorOptions> = {}) => tgi({ endpoint, stream: true, ...options });
const at = (url: string, stream: boolean) => {
  const { request } = exchangeOf(made({ endpoint: { ...endpoint, url }, stream }));
  return [request.url, JSON.parse(String(request.body)).stream];
};
const fixtures = wireFixtures("tgi_");
const named = (name: string) => {
  const fixture = fixtures.find((fixture) => fixture.name === name);
  assert.ok(fixture);
  return fixture;
};

testFixtures(fixtures, ({ prompt }) => exchangeOf(made(), prompt).reader);

// The last event counts as soon as its JSON is whole; its empty line adds nothing.
const plain = named("tgi_plain");
testEveryEarlyEnd(plain, plain.bytes.length - 2, () => exchangeOf(made()).reader);

Deno.test("the request has inputs, the configured parameters, and details", () => {
  const { request } = exchangeOf(made(), "Why?", { temperature: 0.1, top_k: 5, max_new_tokens: 64 });
  assert.equal(request.method, "POST");
  assert.equal(request.url, "http://127.0.0.1:8080/generate_stream");
  assert.equal(request.headers["content-type"], "application/json");
  assert.deepEqual(JSON.parse(String(request.body)), {
    inputs: "Why?",
    parameters: { details: true, temperature: 0.1, top_k: 5, max_new_tokens: 64 },
  });
});

Deno.test("without parameters nothing but details is asked for", () => {
  assert.deepEqual(JSON.parse(String(exchangeOf(made()).request.body)), {
    inputs: "Why?",
    parameters: { details: true },
  });
});

Deno.test("the cap is max_new_tokens, by whatever name it is configured, and is sent once", () => {
  for (const name of ["max_new_tokens", "max_tokens", "max_completion_tokens"]) {
    const { parameters } = JSON.parse(String(exchangeOf(made(), "p", { [name]: 7 }).request.body));
    assert.deepEqual(parameters, { details: true, max_new_tokens: 7 });
    assert.equal(made().maxTokens({ [name]: 7 }), 7);
  }
  const both = { max_tokens: 5, max_new_tokens: 9, details: false, stream: true };
  assert.deepEqual(JSON.parse(String(exchangeOf(made(), "p", both).request.body)), {
    inputs: "p",
    parameters: { details: false, max_new_tokens: 9 },
  });
  assert.equal(made().maxTokens(both), 9);
  assert.equal(made().maxTokens({}), null);
});

Deno.test("a URL without a path or with one of the two routes is asked at the right one", () => {
  for (const url of ["http://h:1", "http://h:1/", "http://h:1/generate", "http://h:1/generate_stream/"]) {
    assert.deepEqual(at(url, true), ["http://h:1/generate_stream", undefined]);
    assert.deepEqual(at(url, false), ["http://h:1/generate", undefined]);
  }
  assert.deepEqual(at("http://h:1/tenant/generate?k=v", true), [
    "http://h:1/tenant/generate_stream?k=v",
    undefined,
  ]);
});

Deno.test("any other path is asked as it is, and the body says whether to stream", () => {
  assert.deepEqual(at("http://h:1/invocations", true), ["http://h:1/invocations", true]);
  assert.deepEqual(at("http://h:1/invocations", false), ["http://h:1/invocations", false]);
});

Deno.test("headers of a whole answer give the counts, the latency and the id", () => {
  const headers = {
    "x-prompt-tokens": "12",
    "x-generated-tokens": "3",
    "x-total-time": "241",
    "x-compute-time": "0.2412",
    "x-request-id": "r-1",
  };
  const { bytes } = named("tgi_whole_list");
  const answer = read(exchangeOf(made({ stream: false })).reader, [bytes], {
    type: "application/json",
    headers,
  });
  assert.deepEqual([answer.prompt_tokens, answer.completion_tokens, answer.token_source], [12, 3, "server"]);
  assert.deepEqual([answer.server_latency_ms, answer.server_request_id], [241, "r-1"]);
  assert.equal(answer.terminated_ms, null);
});

Deno.test("the end of a stream is stamped by the event that had generated_text, and a later break changes nothing", () => {
  const text = new TextDecoder().decode(plain.bytes);
  const pieces = text.split(/(?<=\n\n)/);
  const broken = { kind: "network", message: "reset" } as const;
  const answer = read(exchangeOf(made()).reader, [...pieces, ":\n\n"], { failure: broken });
  assert.deepEqual([answer.error, answer.terminated_ms, answer.chunk_ms], [null, 3, [1, 2, 3]]);
});

Deno.test("an error body is the message; a full queue is throttling; the key is in no message", () => {
  const options = { endpoint: { ...endpoint, api_key_env: "KEY" }, env: { KEY: "tgi-key-123" } };
  const refused = (status: number, body: string) => {
    const { error } = read(exchangeOf(made(options)).reader, [body], { status, type: "application/json" });
    return [error?.kind, error?.message];
  };
  assert.deepEqual(
    refused(422, '{"error":"Input validation error: tgi-key-123","error_type":"validation"}'),
    ["http", "HTTP 422: Input validation error: [redacted]"],
  );
  assert.deepEqual(
    refused(429, '{"error":"Model is overloaded","error_type":"overloaded"}'),
    ["throttled", "HTTP 429: Model is overloaded"],
  );
  assert.equal(exchangeOf(made(options)).request.headers["authorization"], "Bearer tgi-key-123");
});

Deno.test("a body without generated_text, and one that is no JSON, can't be parsed", () => {
  const whole = (body: string) => read(exchangeOf(made()).reader, [body], { type: "application/json" }).error;
  assert.deepEqual(whole("{}"), { kind: "parse", message: "the answer has no generated_text" });
  assert.deepEqual(whole("[]"), { kind: "parse", message: "not a JSON object" });
  assert.equal(whole("<html>")?.kind, "parse");
});

Deno.test("values of other types than the protocol's are passed over, not thrown at", () => {
  const events = [
    'data:{"token":{"text":5},"details":{"finish_reason":1,"generated_tokens":"3"}}\n\n',
    "data:[]\n\n",
  ];
  assert.equal(facts(read(exchangeOf(made()).reader, events))["error_message"], "not a JSON object");
  assert.equal(facts(read(exchangeOf(made()).reader, events))["completion_tokens"], null);
});

Deno.test("a prompt with images is refused before anything is sent", () => {
  const image = { media_type: "image/png", base64: "AA==" } as const;
  assert.throws(() => made().begin({ prompt: "p", images: [image] }, {}), /Cannot send a prompt with images/);
});
