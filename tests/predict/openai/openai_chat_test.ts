import assert from "node:assert/strict";
import { openaiChat, type PredictorOptions } from "../../../lib/predict/mod.ts";
import type { TransportFailure } from "../../../lib/transport/mod.ts";
import { bodyOf, exchangeOf, read, testCleanEnds, testFixtures, wireFixtures } from "../wire_fixtures.ts";

const endpoint: PredictorOptions["endpoint"] = {
  predictor: "openai_chat",
  url: "http://127.0.0.1:8000/v1",
  model_id: "m",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};
const chat = (options: Partial<PredictorOptions> = {}) => openaiChat({ endpoint, stream: true, ...options });
const readerOf = (options: Partial<PredictorOptions> = {}) => exchangeOf(chat(options)).reader;
const readChat = (
  pieces: readonly (Uint8Array | string)[],
  { options = {}, ...responding }: Parameters<typeof read>[2] & { options?: Partial<PredictorOptions> } = {},
) => read(readerOf(options), pieces, responding);

const delta = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';

const fixtures = wireFixtures("openai_chat_");
testFixtures(fixtures, () => readerOf());
testCleanEnds(fixtures, () => readerOf());

Deno.test("the request goes to /chat/completions with one user message and asks for usage", () => {
  const { method, url, headers, body } = exchangeOf(chat(), { prompt: "Why?" }, {
    temperature: 0.1,
    max_new_tokens: 64,
  }).request;
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
  const body = bodyOf(chat(), { prompt: "p" }, parameters);
  assert.deepEqual([body.model, body.stream_options, body.max_tokens, body.stream], ["other", null, 5, true]);
  assert.equal("max_new_tokens" in body, false);
  assert.equal(chat().maxTokens(parameters), 5);
  assert.equal(chat().maxTokens({ max_completion_tokens: 7 }), 7);
  assert.equal(chat().maxTokens({}), null);
});

Deno.test("a request that is not streamed has no stream_options", () => {
  const { body, headers } = exchangeOf(chat({ stream: false })).request;
  assert.equal("stream_options" in JSON.parse(String(body)), false);
  assert.equal(headers["accept"], "application/json");
});

Deno.test("a full address, a trailing slash and a query are understood", () => {
  const urlOf = (url: string) => exchangeOf(chat({ endpoint: { ...endpoint, url } })).request.url;
  assert.equal(urlOf("http://h/v1/"), "http://h/v1/chat/completions");
  assert.equal(urlOf("http://h/v1/chat/completions"), "http://h/v1/chat/completions");
  assert.equal(urlOf("https://h/d?api-version=2"), "https://h/d/chat/completions?api-version=2");
});

Deno.test("the API key comes from the variable that the endpoint names, and an error never repeats it", () => {
  const options = { endpoint: { ...endpoint, api_key_env: "KEY" }, env: { KEY: "very-secret-1" } };
  assert.equal(exchangeOf(chat(options)).request.headers["authorization"], "Bearer very-secret-1");
  assert.equal(exchangeOf(chat({ ...options, env: {} })).request.headers["authorization"], undefined);
  const { error } = readChat(['{"error":{"message":"bad key very-secret-1"}}'], { status: 401, options });
  assert.deepEqual(error, { kind: "http", message: "HTTP 401: bad key [redacted]" });
});

Deno.test("a whole answer has text, usage and server latency, but no token times", () => {
  const reader = readerOf({ stream: false });
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

const vllmOld =
  '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}';
const html =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</html>\r\n";
const failures: readonly [name: string, status: number, body: string, kind: string, message: string][] = [
  ["429", 429, '{"error":{"message":"slow down"}}', "throttled", "HTTP 429: slow down"],
  ["500 with text", 500, "<h1>oops</h1>\n", "http", "HTTP 500: <h1>oops</h1>"],
  ["503 without a body", 503, "", "http", "HTTP 503"],
  ["422 with detail", 422, '{"detail":[{"msg":"x"}]}', "http", 'HTTP 422: [{"msg":"x"}]'],
  ["200 without choices", 200, "{}", "parse", "the answer has no choices[0].message"],
  ["200 with null choices", 200, '{"choices":null}', "parse", "the answer has no choices[0].message"],
  ["200 with an error object", 200, '{"error":"no"}', "stream", "no"],
  ["200 that is no JSON", 200, "hi", "parse", 'not JSON: "hi"'],
  ["200 that is a list", 200, "[]", "parse", "not a JSON object"],
  ["vLLM's unknown model, older", 404, vllmOld, "http", "HTTP 404: The model `x` does not exist."],
  [
    "vLLM's max_tokens too big",
    400,
    '{"error":{"message":"max_tokens is too large: 9000. This model supports 4096.","type":"BadRequestError","param":"max_tokens","code":400}}',
    "http",
    "HTTP 400: max_tokens is too large: 9000. This model supports 4096.",
  ],
  [
    "SGLang's prompt too long",
    400,
    '{"object":"error","message":"longer than the context","type":"BadRequestError","param":null,"code":400}',
    "http",
    "HTTP 400: longer than the context",
  ],
  [
    "TGI's validation",
    422,
    '{"error":"Input validation error: `inputs` must have less than 4096 tokens","error_type":"validation"}',
    "http",
    "HTTP 422: Input validation error: `inputs` must have less than 4096 tokens",
  ],
  [
    "TGI's overload",
    429,
    '{"error":"Model is overloaded","error_type":"overloaded"}',
    "throttled",
    "HTTP 429: Model is overloaded",
  ],
  [
    "llama.cpp's prompt too long",
    400,
    '{"error":{"code":400,"message":"request (3002 tokens) exceeds the available context size","type":"exceed_context_size_error","n_ctx":1024}}',
    "http",
    "HTTP 400: request (3002 tokens) exceeds the available context size",
  ],
  [
    "Ollama's unknown model",
    404,
    '{"error":{"message":"model \\"x\\" not found, try pulling it first","type":"api_error","param":null,"code":null}}',
    "http",
    'HTTP 404: model "x" not found, try pulling it first',
  ],
  [
    "LiteLLM's throttling",
    429,
    '{"error":{"message":"litellm.RateLimitError: no","type":"throttling_error","param":null,"code":"429"}}',
    "throttled",
    "HTTP 429: litellm.RateLimitError: no",
  ],
  [
    "LiteLLM's throttling in an answer with status 200",
    200,
    '{"choices":[],"error":{"message":"later","code":429}}',
    "throttled",
    "later",
  ],
  [
    "a proxy's page of HTML",
    502,
    html,
    "http",
    `HTTP 502: ${html.replaceAll("\r\n", " ").trim()}`,
  ],
  ["a proxy's page of HTML with status 200", 200, "<html>", "parse", 'not JSON: "<html>"'],
];
for (const [name, status, body, kind, message] of failures) {
  Deno.test(`${name} is an error of kind ${kind}`, () => {
    const { error } = readChat([body], { status, type: "application/json" });
    assert.deepEqual(error, { kind, message });
  });
}

const inStream: readonly [name: string, event: string, kind: string, message: string][] = [
  ["an object", '{"error":{"message":"oom","code":500}}', "stream", "oom"],
  ["TGI's text", '{"error":"CANCELLED","error_type":"generation"}', "stream", "CANCELLED"],
  ["TGI's text for overload", '{"error":"busy","error_type":"overloaded"}', "throttled", "busy"],
  [
    "TGI's object with a status",
    '{"error":{"message":"busy","http_status_code":429}}',
    "throttled",
    "busy",
  ],
  ["a code in words", '{"error":{"message":"slow","code":"rate_limit_exceeded"}}', "throttled", "slow"],
  ["vLLM's and SGLang's own object", '{"object":"error","message":"died","code":500}', "stream", "died"],
  ["an object without a message", '{"error":{"code":500}}', "stream", "error"],
];
for (const [name, event, kind, message] of inStream) {
  Deno.test(`an error in the stream, ${name}, is of kind ${kind}, even if [DONE] follows`, () => {
    const answer = readChat([delta, `data: ${event}\n\n`, "data: [DONE]\n\n"]);
    assert.deepEqual([answer.error, answer.text, answer.terminated], [{ kind, message }, "a", false]);
  });
}

Deno.test("a long error message is clipped to 500 characters", () => {
  assert.equal(readChat(["x".repeat(2000)], { status: 500, type: "text/html" }).error?.message.length, 510);
});

const reset: TransportFailure = { kind: "network", message: "reset" };

Deno.test("a failed exchange makes the answer fail with the transport's reason, and what had come is kept", () => {
  const answer = readChat([delta], { failure: reset });
  assert.deepEqual([answer.error, answer.text], [{ kind: "network", message: "reset" }, "a"]);
});

Deno.test("after [DONE] a failing connection does no harm, but a finish_reason alone is not the end", () => {
  const done = readChat([delta, "data: [DONE]\n\n"], { failure: reset });
  assert.deepEqual([done.error, done.terminated_ms], [null, 2]);
  const half = readChat(['data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'], { failure: reset });
  assert.equal(half.error?.kind, "network");
});

Deno.test("what the server said itself counts more than how the connection ended", () => {
  assert.equal(readChat(["{"], { status: 429, failure: reset }).error?.kind, "throttled");
  assert.equal(readChat(['data: {"error":{"message":"oom"}}\n\n'], { failure: reset }).error?.message, "oom");
});

Deno.test("a cancelled exchange is no error", () => {
  assert.equal(readChat([delta], { failure: { kind: "cancelled", message: "" } }).error, null);
});

Deno.test("an exchange without any response has the transport's reason", () => {
  const { error } = readerOf().finish({ kind: "timeout", message: "no first byte within 5 ms" });
  assert.deepEqual(error, { kind: "timeout", message: "no first byte within 5 ms" });
});

Deno.test("a conversation goes as its messages, the system prompt before them", () => {
  const messages = [
    { role: "user", content: "One?" },
    { role: "assistant", content: "1" },
    { role: "user", content: "Two?" },
  ];
  const options = { endpoint: { ...endpoint, options: { system_prompt: "Be brief." } } };
  const body = bodyOf(chat(options), { prompt: "user: One? ...", messages });
  assert.deepEqual(body["messages"], [{ role: "system", content: "Be brief." }, ...messages]);
});

Deno.test("images follow the text of the last user message as data URLs, in order", () => {
  const images = [
    { media_type: "image/png", base64: "AAAA" },
    { media_type: "image/jpeg", base64: "BBBB" },
  ] as const;
  const parts = (text: string) => [
    { type: "text", text },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    { type: "image_url", image_url: { url: "data:image/jpeg;base64,BBBB" } },
  ];
  assert.deepEqual(bodyOf(chat(), { prompt: "What?", images })["messages"], [
    { role: "user", content: parts("What?") },
  ]);
  const messages = [
    { role: "user", content: "a" },
    { role: "user", content: "b" },
    { role: "assistant", content: "c" },
  ];
  assert.deepEqual(bodyOf(chat(), { prompt: "", images, messages })["messages"], [
    messages[0],
    { role: "user", content: parts("b") },
    messages[2],
  ]);
  assert.deepEqual(bodyOf(chat(), { prompt: "Why?", images: [] })["messages"], [
    { role: "user", content: "Why?" },
  ]);
});

Deno.test("headers of the endpoint go out, filled from the environment, and an error never repeats them", () => {
  const options = {
    endpoint: { ...endpoint, options: { headers: { "X-Api-Key": "key ${KEY}", Accept: "*/*" } } },
    env: { KEY: "very-secret-2" },
  };
  const { headers } = exchangeOf(chat(options)).request;
  assert.equal(headers["x-api-key"], "key very-secret-2");
  assert.equal(headers["accept"], "*/*");
  const { error } = readChat(['data: {"error":{"message":"bad very-secret-2"}}\n\n'], { options });
  assert.equal(error?.message, "bad [redacted]");
});

Deno.test("the address of another route of the same server is understood", () => {
  const urlOf = (url: string) => exchangeOf(chat({ endpoint: { ...endpoint, url } })).request.url;
  assert.equal(urlOf("http://h:8000/v1/completions"), "http://h:8000/v1/chat/completions");
  assert.equal(urlOf("http://h:8000/v1/embeddings/"), "http://h:8000/v1/chat/completions");
});

Deno.test("a finish reason by which the server gives the answer up is an error, streamed or whole", () => {
  const event = 'data: {"choices":[{"delta":{"content":"b"},"finish_reason":"error"}]}\n\n';
  const streamed = readChat([delta, event, "data: [DONE]\n\n"]);
  assert.equal(streamed.error?.kind, "stream");
  assert.deepEqual([streamed.text, streamed.stop_reason], ["ab", "error"]);
  const whole = readChat(['{"choices":[{"message":{"content":"b"},"finish_reason":"abort"}]}'], {
    type: "application/json",
  });
  assert.deepEqual(whole.error, {
    kind: "stream",
    message: 'the server gave the answer up: finish_reason "abort"',
  });
});

Deno.test("a last event without its empty line, or without any line end, is read", () => {
  const finish = 'data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}';
  for (const ending of ["", "\n", "\r\n", "\r"]) {
    const answer = readChat([delta, finish + ending]);
    assert.deepEqual([answer.error, answer.text, answer.stop_reason, answer.chunk_ms], [null, "ab", "stop", [
      1,
      2,
    ]]);
  }
  assert.deepEqual(readChat([delta, `${finish}\n\n`, "data: [DONE]"]).terminated_ms, 3);
});

Deno.test("a last event without a line end counts although the connection then hangs until it is cut", () => {
  const failure: TransportFailure = { kind: "timeout", message: "no further byte" };
  const { error, terminated } = readChat([delta, "data: [DONE]"], { failure });
  assert.deepEqual([error, terminated], [null, true]);
});

Deno.test("text in parts and refusals are visible text", () => {
  const event = (piece: unknown) => `data: ${JSON.stringify({ choices: [{ delta: piece }] })}\n\n`;
  const { text, chunk_ms } = readChat([
    event({ content: [{ type: "text", text: "a" }, { type: "reference" }] }),
    event({ content: null, refusal: "no" }),
    event({ content: [] }),
    "data: [DONE]\n\n",
  ]);
  assert.deepEqual([text, chunk_ms], ["ano", [1, 2]]);
});

Deno.test("the latency in a header is that of a whole answer, never of a stream", () => {
  const headers = { "openai-processing-ms": "12" };
  assert.equal(readChat([delta], { headers }).server_latency_ms, null);
  const body = '{"choices":[{"message":{"content":"b"},"finish_reason":"stop"}]}';
  const whole = (headers: Record<string, string>) =>
    readChat([body], { headers, type: "application/json" }).server_latency_ms;
  assert.equal(whole(headers), 12);
  assert.equal(whole({ "x-total-time": "55" }), 55);
  assert.equal(whole({ "x-total-time": "soon" }), null);
});

Deno.test("a server's own timings are the whole latency only when no part is missing", () => {
  const latency = (extra: unknown) =>
    readChat([JSON.stringify({ choices: [{ message: { content: "b" } }], ...(extra as object) })], {
      type: "application/json",
    }).server_latency_ms;
  assert.equal(latency({ timings: { prompt_ms: 0.1, predicted_ms: 0.2 } }), 0.3);
  assert.equal(latency({ timings: { prompt_ms: 0.1 } }), null);
  const metrics = { queue_time_ms: 1, time_to_first_token_ms: 20, generation_time_ms: 300 };
  assert.equal(latency({ metrics }), 321);
  assert.equal(latency({ metrics: { ...metrics, queue_time_ms: null } }), null);
});

Deno.test("cached prompt tokens come from llama.cpp's timings where usage does not tell them", () => {
  const body = {
    choices: [{ message: { content: "b" } }],
    usage: { prompt_tokens: 9, completion_tokens: 1 },
    timings: { cache_n: 7 },
  };
  assert.equal(readChat([JSON.stringify(body)], { type: "application/json" }).cached_prompt_tokens, 7);
});
