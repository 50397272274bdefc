import assert from "node:assert/strict";
import type { ProtocolOptions, RestDescription } from "../../../lib/core/mod.ts";
import {
  type Answer,
  type Exchange,
  type Predictor,
  type PredictorOptions,
  rest,
} from "../../../lib/predict/mod.ts";
import type { TransportFailure } from "../../../lib/transport/mod.ts";

const endpoint = {
  predictor: "rest",
  url: "http://h:8000/base/v1",
  model_id: "m-1",
  endpoint_name: "e",
  region: null,
  api_key_env: null,
};

const predictor = (
  description: RestDescription | null,
  { stream = false, headers, env = {} }:
    & { stream?: boolean; env?: Record<string, string> }
    & Pick<ProtocolOptions, "headers"> = {},
): Predictor =>
  rest({
    endpoint: {
      ...endpoint,
      options: {
        ...description === null ? {} : { rest: description },
        ...headers === undefined ? {} : { headers },
      },
    } satisfies PredictorOptions["endpoint"],
    stream,
    env,
  });

const begin = (made: Predictor, prompt = "Why?", parameters: Record<string, unknown> = {}) =>
  made.begin({ prompt }, parameters) as Exchange;

interface Reading {
  status?: number;
  type?: string;
  failure?: TransportFailure | null;
}

/** Reads an answer out of pieces; each piece is one read, stamped 1, 2, 3, ... */
function read(
  made: Predictor,
  pieces: readonly (string | Uint8Array)[],
  { status = 200, type = "application/json", failure = null }: Reading = {},
): Answer {
  const { reader } = begin(made);
  reader.onHead(
    { status, reason: "", headers: new Map([["content-type", type], ["x-request-id", "r-7"]]) },
    0,
  );
  pieces.forEach((piece, i) =>
    reader.onData(typeof piece === "string" ? new TextEncoder().encode(piece) : piece, i + 1)
  );
  return reader.finish(failure);
}

Deno.test("without a description it is FMBench's custom REST: model_id, prompt and the parameters as they are called", () => {
  const { request } = begin(predictor(null, { stream: true }), 'a "quoted" {prompt}', {
    temperature: 0.1,
    max_new_tokens: 9,
    note: "{model}",
  });
  assert.equal(request.method, "POST");
  assert.equal(request.url, "http://h:8000/base/v1");
  assert.deepEqual(JSON.parse(String(request.body)), {
    model_id: "m-1",
    prompt: 'a "quoted" {prompt}',
    temperature: 0.1,
    max_new_tokens: 9,
    note: "{model}",
  });
  assert.equal(request.headers["accept"], "application/json", "it can't stream");
});

Deno.test("without a description the answer is completions[0].text, with usage if it is there", () => {
  const answer = read(predictor(null), [
    '{"completions":[{"text":"Because',
    '."}],"usage":{"prompt_tokens":4,"completion_tokens":2}}',
  ]);
  const {
    error,
    text,
    chunk_ms,
    prompt_tokens,
    completion_tokens,
    token_source,
    terminated,
    server_request_id,
  } = answer;
  assert.deepEqual([
    error,
    text,
    chunk_ms,
    prompt_tokens,
    completion_tokens,
    token_source,
    terminated,
    server_request_id,
  ], [
    null,
    "Because.",
    [],
    4,
    2,
    "server",
    true,
    "r-7",
  ]);
  const counted = read(predictor(null), ['{"completions":[{"text":"x"}]}']);
  assert.deepEqual([counted.error, counted.prompt_tokens, counted.token_source], [null, null, null]);
});

Deno.test("a GET with the prompt in the query, answered by plain text, as in FMBench's REST example", () => {
  const made = predictor({
    method: "GET",
    path: "/serve?sentence={prompt}&k={parameters.k}",
    response: { format: "text" },
  });
  const { request } = begin(made, "two words & more/100%?\ud800");
  assert.deepEqual([request.method, request.url, request.body], [
    "GET",
    "http://h:8000/serve?sentence=two%20words%20%26%20more%2F100%25%3F%EF%BF%BD",
    null,
  ]);
  assert.equal(begin(made, "a", { k: 5 }).request.url, "http://h:8000/serve?sentence=a&k=5");
  const answer = read(made, ["Grüße", " dort\n"], { type: "text/html" });
  assert.deepEqual([answer.error, answer.text], [null, "Grüße dort\n"]);
});

Deno.test("a path may be the prompt itself, and the endpoint's URL is kept where there is none", () => {
  const made = predictor({ method: "GET", path: "{prompt}", response: { format: "text" } });
  assert.equal(begin(made, "a b/c").request.url, "http://h:8000/base/a%20b%2Fc");
  const plain = predictor({ response: { text: "/t" } });
  assert.equal(begin(plain).request.url, "http://h:8000/base/v1");
});

Deno.test("a path whose slots would lead to another host is not sent", () => {
  const made = predictor({ method: "GET", path: "/{parameters.a}/x", response: { format: "text" } });
  assert.throws(() => begin(made, "p", { a: "" }), /leads away from the endpoint/);
  assert.throws(() => begin(made, "p"), /a parameter that is not set/);
});

Deno.test("a slot alone keeps the type of its value; what is absent is left out", () => {
  const body = {
    model: "{model}",
    inputs: ["{prompt}", "{parameters.second}"],
    config: {
      max: "{max_tokens}",
      stop: "{parameters.stop}",
      t: "{parameters.t}",
      label: "{model}/{max_tokens}",
    },
    all: "{parameters}",
    fixed: [1, null, true, "{}", "{not a slot}"],
  };
  const sent = (parameters: Record<string, unknown>) =>
    JSON.parse(String(begin(predictor({ body, response: { text: "/t" } }), "p", parameters).request.body));
  assert.deepEqual(sent({ max_new_tokens: 8, stop: ["\n"] }), {
    model: "m-1",
    inputs: ["p"],
    config: { max: 8, stop: ["\n"], label: "m-1/8" },
    all: { max_new_tokens: 8, stop: ["\n"] },
    fixed: [1, null, true, "{}", "{not a slot}"],
  });
  assert.deepEqual(sent({}).config, {}, "a text with an absent slot is absent, too");
});

Deno.test("what a slot stands for is never taken for a slot itself", () => {
  const made = predictor({ body: { a: "<{prompt}>", b: "{prompt}" }, response: { text: "/t" } });
  assert.deepEqual(JSON.parse(String(begin(made, "{model} $& $1").request.body)), {
    a: "<{model} $& $1>",
    b: "{model} $& $1",
  });
});

Deno.test("a body that is a text goes out as it is", () => {
  const { request } = begin(predictor({ body: "Q: {prompt}\nA:", response: { text: "/t" } }));
  assert.equal(request.body, "Q: Why?\nA:");
  assert.equal(request.headers["content-type"], "text/plain; charset=utf-8");
});

Deno.test("stream_body is merged in where a stream is asked for, and only there", () => {
  const description: RestDescription = {
    body: { prompt: "{prompt}", options: { a: 1 } },
    stream_body: { options: { stream: true, cap: "{max_tokens}" } },
    response: { text: "/t" },
    events: { format: "json_lines", text: "/t" },
  };
  const streamed = begin(predictor(description, { stream: true })).request;
  assert.deepEqual(JSON.parse(String(streamed.body)), { prompt: "Why?", options: { a: 1, stream: true } });
  assert.match(streamed.headers["accept"] ?? "", /x-ndjson/);
  assert.deepEqual(JSON.parse(String(begin(predictor(description)).request.body)), {
    prompt: "Why?",
    options: { a: 1 },
  });
});

Deno.test("headers may hold slots; one whose parameter is absent is left out", () => {
  const headers = { "x-model": "{model}", "x-user": "{parameters.user}", "x-key": "${KEY}" };
  const made = predictor(null, { headers, env: { KEY: "k-987654" } });
  assert.deepEqual(begin(made).request.headers, {
    "content-type": "application/json",
    accept: "application/json",
    "x-model": "m-1",
    "x-key": "k-987654",
  });
  assert.throws(() => begin(made, "p", { user: "a\nb" }), /x-user can't be sent: it holds a line break/);
});

Deno.test("the cap is known by any of its names", () => {
  const made = predictor(null);
  assert.deepEqual(
    [{ max_tokens: 1, max_new_tokens: 2 }, { max_new_tokens: 2 }, { max_completion_tokens: 3 }, {}, {
      max_tokens: "x",
    }]
      .map((parameters) => made.maxTokens(parameters)),
    [1, 2, 3, null, null],
  );
});

Deno.test("a description that can't be followed is refused before anything is sent", () => {
  assert.throws(() => predictor({ response: { text: "text" } }), {
    name: "UserError",
    message:
      'Cannot follow the description in "inference_spec.rest": response.text "text" is no JSON Pointer: ' +
      "it does not begin with /; expected one like /choices/0/text.",
  });
});

const sse: RestDescription = {
  response: { text: "/text", error: "/error" },
  events: {
    format: "sse",
    text: "/delta/text",
    reasoning: "/delta/thought",
    prompt_tokens: "/usage/in",
    completion_tokens: "/usage/out",
    stop_reason: "/stop",
    error: "/error",
    end: "[DONE]",
  },
};
const events = [
  ": hello\n\n",
  'data: {"delta":{"text":""},"usage":{"in":12,"out":0}}\r\n\r\n',
  'data: {"delta":{"thought":"hm"}}\n\n',
  'data: {"delta":{"text":"Grü"},"stop":null}\n\n',
  'data: {"delta":{"text":"ße"}}\n\n',
  'data: {"stop":"length","usage":{"out":4}}\n\n',
  "data: [DONE]\n\n",
];
const streamed = { type: "text/event-stream" };

function facts(
  { error, text, chunk_ms, first_visible_ms, prompt_tokens, completion_tokens, stop_reason, terminated }:
    Answer,
) {
  return {
    ...{
      error,
      text,
      chunks: chunk_ms.length,
      visible: first_visible_ms !== null,
      prompt_tokens,
      completion_tokens,
    },
    ...{ stop_reason, terminated },
  };
}

const whole = {
  error: null,
  text: "Grüße",
  chunks: 3,
  visible: true,
  prompt_tokens: 12,
  completion_tokens: 4,
  stop_reason: "length",
  terminated: true,
};

Deno.test("server-sent events: text, reasoning, counts and the stamps of what holds content", () => {
  const answer = read(predictor(sse, { stream: true }), events, streamed);
  assert.deepEqual(facts(answer), whole);
  assert.deepEqual(answer.chunk_ms, [3, 4, 5]);
  assert.equal(answer.first_visible_ms, 4);
  assert.equal(answer.terminated_ms, 7);
  assert.equal(answer.coalesced_chunks, 0);
});

Deno.test("server-sent events: cut at any byte, byte by byte and in one read it is the same answer", () => {
  const made = predictor(sse, { stream: true });
  const bytes = new TextEncoder().encode(events.join(""));
  for (let cut = 1; cut < bytes.length; cut++) {
    assert.deepEqual(
      facts(read(made, [bytes.subarray(0, cut), bytes.subarray(cut)], streamed)),
      whole,
      `cut at ${cut}`,
    );
  }
  assert.deepEqual(facts(read(made, [...bytes].map((byte) => new Uint8Array([byte])), streamed)), whole);
  assert.equal(read(made, [bytes], streamed).coalesced_chunks, 2);
});

Deno.test("server-sent events: a stream that breaks off before its end is never an answer", () => {
  const made = predictor(sse, { stream: true });
  const bytes = new TextEncoder().encode(events.join(""));
  const reason = events.slice(0, 5).join("").length + 2 /* two letters of two bytes */ +
    'data: {"stop":"length","usage":{"out":4}}'.length;
  for (let length = 0; length < reason; length++) {
    assert.equal(read(made, [bytes.subarray(0, length)], streamed).error?.kind, "stream", `${length} bytes`);
  }
  assert.equal(
    read(made, [bytes.subarray(0, reason)], streamed).error,
    null,
    "a stop reason without the last line feeds",
  );
  const cut = read(made, events.slice(0, 4), {
    ...streamed,
    failure: { kind: "timeout", message: "no further byte" },
  });
  assert.deepEqual([cut.error, cut.text, cut.chunk_ms], [
    { kind: "timeout", message: "no further byte" },
    "Grü",
    [3, 4],
  ]);
});

Deno.test("the end mark is read without its line feeds, and nothing after it counts", () => {
  const made = predictor({ response: { text: "/t" }, events: { format: "sse", text: "/t", end: "END" } }, {
    stream: true,
  });
  const answer = read(made, ['data: {"t":"a"}\n\n', "data: END"], streamed);
  assert.deepEqual([answer.error, answer.terminated, answer.terminated_ms], [null, true, 2]);
  const more = read(made, ['data: {"t":"a"}\n\ndata: END\n\n', 'data: {"t":"b"}\n\n'], {
    ...streamed,
    failure: { kind: "network", message: "reset" },
  });
  assert.deepEqual([more.error, more.text], [null, "a"]);
});

const lines: RestDescription = {
  response: { text: "/t" },
  events: { format: "json_lines", text: "/t", completion_tokens: "/n", stop_reason: "/done" },
};
const lineText = '{"t":"Grü","done":false}\r\n\n{"t":"ße","done":false}\n{"t":"","done":true,"n":2}';

Deno.test("JSON lines: the last one without a line feed, a stop mark that is true, cut at any byte", () => {
  const made = predictor(lines, { stream: true });
  const bytes = new TextEncoder().encode(lineText);
  for (let cut = 1; cut < bytes.length; cut++) {
    const { error, text, completion_tokens, stop_reason, chunk_ms } = read(
      made,
      [bytes.subarray(0, cut), bytes.subarray(cut)],
      { type: "text/plain" },
    );
    assert.deepEqual([error, text, completion_tokens, stop_reason, chunk_ms.length], [
      null,
      "Grüße",
      2,
      "true",
      2,
    ], `${cut}`);
  }
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(read(made, [bytes.subarray(0, length)]).error?.kind, "stream", `${length} bytes`);
  }
});

Deno.test("without any mark the end of the response is the end, but not within a line", () => {
  const made = predictor({ response: { text: "/t" }, events: { format: "json_lines", text: "/t" } }, {
    stream: true,
  });
  assert.deepEqual(facts(read(made, ['{"t":"a"}\n', '{"t":"b"}'])).text, "ab");
  assert.equal(read(made, ['{"t":"a"}\n', '{"t":"b"}']).error, null);
  assert.deepEqual(read(made, ['{"t":"a"}\n', '{"t":"b']).error, {
    kind: "stream",
    message: "the stream ended within an event",
  });
});

Deno.test("a stream that was asked for but comes whole is read as an answer without token times", () => {
  const answer = read(predictor(sse, { stream: true }), ['{"text":"all at once"}']);
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms], [null, "all at once", []]);
});

const failures: readonly [string, string, string, string, Reading?][] = [
  ["an error at its place", '{"error":{"message":"no such model"}}', "stream", "no such model"],
  [
    "a throttling error at its place",
    '{"error":{"message":"slow down","code":429}}',
    "throttled",
    "slow down",
  ],
  ["an answer without the text", '{"other":1}', "parse", "the answer has no text at /text"],
  ["a text that is a number", '{"text":5}', "parse", "/text is 5, not a text"],
  ["an answer that is no JSON", "<html>", "parse", 'not JSON: "<html>"'],
  ["status 429", '{"error":"quota"}', "throttled", "HTTP 429: quota", { status: 429 }],
  ["status 500", '{"error":"boom"}', "http", "HTTP 500: boom", { status: 500 }],
  ["status 503 with plain text", "down", "http", "HTTP 503: down", { status: 503 }],
];
for (const [name, body, kind, message, reading] of failures) {
  Deno.test(`${name} is an error of kind ${kind}`, () => {
    assert.deepEqual(read(predictor(sse), [body], reading ?? {}).error, { kind, message });
  });
}

Deno.test("an error status has the message from the described place", () => {
  const made = predictor({ response: { text: "/t", error: "/fault/0/why" } });
  assert.deepEqual(read(made, ['{"fault":[{"why":"too long"}]}'], { status: 400 }).error, {
    kind: "http",
    message: "HTTP 400: too long",
  });
});

Deno.test("an event that is called error is one, JSON or not", () => {
  const made = predictor(sse, { stream: true });
  assert.deepEqual(
    read(made, [...events.slice(0, 4), "event: error\ndata: overloaded\n\n", ...events.slice(4)], streamed)
      .error,
    {
      kind: "stream",
      message: "overloaded",
    },
  );
  assert.equal(
    read(made, ['event: error\ndata: {"message":"x","status":429}\n\n'], streamed).error?.kind,
    "throttled",
  );
});

for (const count of ['"12"', "1.5", "-1", "{}"]) {
  Deno.test(`a token count of ${count} is never made a number`, () => {
    const answer = read(predictor(null), [
      `{"completions":[{"text":"x"}],"usage":{"prompt_tokens":${count}}}`,
    ]);
    assert.deepEqual([answer.error?.kind, answer.prompt_tokens], ["parse", null]);
  });
}

Deno.test("an error never repeats a secret", () => {
  const made = predictor(null, { headers: { "x-key": "${KEY}" }, env: { KEY: "k-987654" } });
  assert.equal(
    read(made, ['{"error":"bad key k-987654"}'], { status: 401 }).error?.message,
    "HTTP 401: bad key [redacted]",
  );
  assert.equal(read(made, ["k-987654!"]).error?.message.includes("k-987654"), false);
});

Deno.test("invalid UTF-8 is replaced, never thrown", () => {
  const made = predictor({ response: { text: "/t" }, events: { format: "json_lines", text: "/t" } }, {
    stream: true,
  });
  const bytes = new Uint8Array([
    ...new TextEncoder().encode('{"t":"a'),
    0xff,
    ...new TextEncoder().encode('b"}\n'),
  ]);
  assert.deepEqual(facts(read(made, [bytes])).text, "a\ufffdb");
});
