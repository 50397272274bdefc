import assert from "node:assert/strict";
import { type Answer, openaiChat, type PredictorOptions } from "../../lib/predict/mod.ts";
import type { TransportFailure } from "../../lib/transport/mod.ts";

const endpoint = {
  predictor: "openai_chat",
  url: "http://127.0.0.1:8000/v1",
  model_id: "m",
  api_key_env: null,
};
const chat = (options: Partial<PredictorOptions> = {}) => openaiChat({ endpoint, stream: true, ...options });

/** Reads an answer out of pieces; each piece is one read, stamped 1, 2, 3, ... */
function read(
  pieces: readonly (Uint8Array | string)[],
  { status = 200, type = "text/event-stream", failure = null as TransportFailure | null, options = {} } = {},
): Answer {
  const reader = chat(options).read();
  reader.onHead({ status, reason: "", headers: new Map([["content-type", type]]) }, 0);
  pieces.forEach((piece, i) =>
    reader.onData(typeof piece === "string" ? new TextEncoder().encode(piece) : piece, i + 1)
  );
  return reader.finish(failure);
}

interface Expected {
  chunks: number;
  first_token_event: number | null;
  first_visible_event: number | null;
  last_token_event: number | null;
  error_kind: string | null;
  [field: string]: unknown;
}

function facts(answer: Answer): Record<string, unknown> {
  const { error, chunk_ms, first_visible_ms } = answer;
  return {
    text: answer.text,
    chunks: chunk_ms.length,
    first_token_event: chunk_ms[0] ?? null,
    first_visible_event: first_visible_ms,
    last_token_event: chunk_ms.at(-1) ?? null,
    prompt_tokens: answer.prompt_tokens,
    completion_tokens: answer.completion_tokens,
    cached_prompt_tokens: answer.cached_prompt_tokens,
    reasoning_tokens: answer.reasoning_tokens,
    token_source: answer.token_source,
    stop_reason: answer.stop_reason,
    server_request_id: answer.server_request_id,
    served_model: answer.served_model,
    terminated: answer.terminated,
    error_kind: error?.kind ?? null,
  };
}

const folder = new URL("../testdata/wire/", import.meta.url);
const fixtures = [...Deno.readDirSync(folder)]
  .map(({ name }) => name)
  .filter((name) => /^openai_chat_.*\.txt$/.test(name))
  .sort();

/** Cuts a stream behind each event, so that one event is one read. */
function events(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 1; i < bytes.length; i++) {
    const end = bytes[i] === 10 && (bytes[i - 1] === 10 || (bytes[i - 1] === 13 && bytes[i - 2] === 10));
    if (!end) continue;
    pieces.push(bytes.subarray(start, i + 1));
    start = i + 1;
  }
  return start < bytes.length ? [...pieces, bytes.subarray(start)] : pieces;
}

for (const name of fixtures) {
  const bytes = Deno.readFileSync(new URL(name, folder));
  const expected: Expected = JSON.parse(
    Deno.readTextFileSync(new URL(name.replace(/txt$/, "json"), folder)),
  );

  Deno.test(`${name}: event by event it gives the text, tokens and times worked out by hand`, () => {
    const answer = read(events(bytes));
    assert.deepEqual(facts(answer), expected);
    assert.equal(answer.coalesced_chunks, 0);
  });

  Deno.test(`${name}: cut at any byte it gives the same answer`, () => {
    const { first_token_event: _1, first_visible_event: _2, last_token_event: _3, ...rest } = expected;
    const untimed = (answer: Answer) => {
      const { first_token_event: _1, first_visible_event: _2, last_token_event: _3, ...rest } = facts(answer);
      return rest;
    };
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepEqual(untimed(read([bytes.subarray(0, cut), bytes.subarray(cut)])), rest, `cut at ${cut}`);
    }
    assert.deepEqual(untimed(read([...bytes].map((byte) => new Uint8Array([byte])))), rest, "byte by byte");
  });

  Deno.test(`${name}: in one read all chunks but the first are marked as coalesced`, () => {
    assert.equal(read([bytes]).coalesced_chunks, Math.max(0, expected.chunks - 1));
  });
}

Deno.test("the request goes to /chat/completions with one user message and asks for usage", () => {
  const { method, url, headers, body } = chat().request({ prompt: "Why?" }, {
    temperature: 0.1,
    max_new_tokens: 64,
  });
  assert.equal(method, "POST");
  assert.equal(url, "http://127.0.0.1:8000/v1/chat/completions");
  assert.equal(headers["authorization"], undefined);
  assert.deepEqual(JSON.parse(String(body)), {
    model: "m",
    stream_options: { include_usage: true },
    max_tokens: 64,
    temperature: 0.1,
    messages: [{ role: "user", content: "Why?" }],
    stream: true,
  });
});

Deno.test("parameters go out as configured: own model, own stream_options, max_tokens before max_new_tokens", () => {
  const parameters = {
    model: "other",
    stream_options: null,
    max_tokens: 5,
    max_new_tokens: 9,
    stream: false,
  };
  const body = JSON.parse(String(chat().request({ prompt: "p" }, parameters).body));
  assert.deepEqual([body.model, body.stream_options, body.max_tokens, body.stream], ["other", null, 5, true]);
  assert.equal("max_new_tokens" in body, false);
  assert.equal(chat().maxTokens(parameters), 5);
  assert.equal(chat().maxTokens({ max_completion_tokens: 7 }), 7);
  assert.equal(chat().maxTokens({}), null);
});

Deno.test("a request that is not streamed has no stream_options", () => {
  const { body, headers } = chat({ stream: false }).request({ prompt: "p" }, {});
  assert.equal("stream_options" in JSON.parse(String(body)), false);
  assert.equal(headers["accept"], "application/json");
});

Deno.test("a full address, a trailing slash and a query are understood", () => {
  const urlOf = (url: string) => chat({ endpoint: { ...endpoint, url } }).request({ prompt: "" }, {}).url;
  assert.equal(urlOf("http://h/v1/"), "http://h/v1/chat/completions");
  assert.equal(urlOf("http://h/v1/chat/completions"), "http://h/v1/chat/completions");
  assert.equal(urlOf("https://h/d?api-version=2"), "https://h/d/chat/completions?api-version=2");
});

Deno.test("the API key comes from the variable that the endpoint names, and an error never repeats it", () => {
  const options = { endpoint: { ...endpoint, api_key_env: "KEY" }, env: { KEY: "very-secret-1" } };
  assert.equal(chat(options).request({ prompt: "" }, {}).headers["authorization"], "Bearer very-secret-1");
  assert.equal(chat({ ...options, env: {} }).request({ prompt: "" }, {}).headers["authorization"], undefined);
  const { error } = read(['{"error":{"message":"bad key very-secret-1"}}'], { status: 401, options });
  assert.deepEqual(error, { kind: "http", message: "HTTP 401: bad key [redacted]" });
});

Deno.test("a whole answer has text, usage and server latency, but no token times", () => {
  const reader = chat({ stream: false }).read();
  const headers = new Map([["content-type", "application/json"], ["openai-processing-ms", "12"]]);
  reader.onHead({ status: 200, reason: "OK", headers }, 1);
  const body = {
    id: "c-9",
    model: "m2",
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "length" }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  };
  reader.onData(new TextEncoder().encode(JSON.stringify(body).slice(0, 20)), 2);
  reader.onData(new TextEncoder().encode(JSON.stringify(body).slice(20)), 3);
  const answer = reader.finish(null);
  assert.deepEqual(
    [answer.error, answer.text, answer.chunk_ms, answer.completion_tokens, answer.stop_reason],
    [null, "Hi", [], 1, "length"],
  );
  assert.deepEqual([answer.server_request_id, answer.served_model, answer.server_latency_ms], [
    "c-9",
    "m2",
    12,
  ]);
});

const failures: readonly [string, number, string, string, string][] = [
  ["429", 429, '{"error":{"message":"slow down"}}', "throttled", "HTTP 429: slow down"],
  ["500 with text", 500, "<h1>oops</h1>\n", "http", "HTTP 500: <h1>oops</h1>"],
  ["503 without a body", 503, "", "http", "HTTP 503"],
  ["422 with detail", 422, '{"detail":[{"msg":"x"}]}', "http", 'HTTP 422: [{"msg":"x"}]'],
  ["200 without choices", 200, "{}", "parse", "the answer has no choices[0].message"],
  ["200 with an error object", 200, '{"error":"no"}', "stream", "no"],
  ["200 that is no JSON", 200, "hi", "parse", 'not JSON: "\\"hi\\""'],
];
for (const [name, status, body, kind, message] of failures) {
  Deno.test(`${name} is an error of kind ${kind}`, () => {
    const { error } = read([body], { status, type: "application/json" });
    assert.equal(error?.kind, kind);
    if (name !== "200 that is no JSON") assert.equal(error?.message, message);
    else assert.match(error!.message, /^not JSON/);
  });
}

Deno.test("a long error message is clipped to 500 characters", () => {
  assert.equal(read(["x".repeat(2000)], { status: 500, type: "text/html" }).error?.message.length, 510);
});

const reset: TransportFailure = { kind: "network", message: "reset" };
const delta = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';

Deno.test("a failed exchange makes the answer fail with the transport's reason, and what had come is kept", () => {
  const answer = read([delta], { failure: reset });
  assert.deepEqual([answer.error, answer.text], [{ kind: "network", message: "reset" }, "a"]);
});

Deno.test("after [DONE] a failing connection does no harm, but a finish_reason alone is not the end", () => {
  const done = read([delta, "data: [DONE]\n\n"], { failure: reset });
  assert.deepEqual([done.error, done.terminated_ms], [null, 2]);
  const half = read(['data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'], { failure: reset });
  assert.equal(half.error?.kind, "network");
});

Deno.test("what the server said itself counts more than how the connection ended", () => {
  assert.equal(read(["{"], { status: 429, failure: reset }).error?.kind, "throttled");
  assert.equal(read(['data: {"error":{"message":"oom"}}\n\n'], { failure: reset }).error?.message, "oom");
});

Deno.test("a cancelled exchange is no error", () => {
  assert.equal(read([delta], { failure: { kind: "cancelled", message: "" } }).error, null);
});

Deno.test("an exchange without any response has the transport's reason", () => {
  const { error } = chat().read().finish({ kind: "timeout", message: "no first byte within 5 ms" });
  assert.deepEqual(error, { kind: "timeout", message: "no first byte within 5 ms" });
});
