import assert from "node:assert/strict";
import {
  type Answer,
  type Exchange,
  type OwnCall,
  type Predictor,
  predictorFor,
  type PredictorOptions,
} from "../../../lib/predict/mod.ts";
import type { SendOptions, TransportFailure } from "../../../lib/transport/mod.ts";

interface Making extends Partial<Pick<PredictorOptions, "stream" | "env">> {
  readonly headers?: Record<string, string>;
  readonly api_key_env?: string | null;
}

/** The predictor that is this text, as a module of the user's. */
async function predictorIn(
  text: string,
  { stream = false, env = {}, headers = {}, api_key_env = null }: Making = {},
): Promise<Predictor> {
  const folder = await Deno.makeTempDir();
  const module = `${folder}/mine.ts`;
  await Deno.writeTextFile(module, text);
  try {
    const endpoint = {
      predictor: "predictors/mine.ts",
      url: "http://h:8000/ask",
      model_id: "m-1",
      endpoint_name: "mine",
      region: null,
      api_key_env,
      options: { module, headers },
    };
    return await predictorFor({ endpoint, stream, env });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The message of what keeps a text from being a predictor, without the folder it was in. */
async function complaintOf(text: string, making?: Making): Promise<string> {
  const error = await predictorIn(text, making).then(
    () => assert.fail("it was taken"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Error && error.name === "UserError", String(error));
  assert.equal(error.stack, `UserError: ${error.message}`, "no stack trace");
  return error.message.replace(/"\/\S*\/mine\.ts"/, '"mine.ts"');
}

const reads = { status: 200, type: "application/json", failure: null as TransportFailure | null };

/** Reads an answer out of pieces; each piece is one read, stamped 1, 2, 3, ... */
function read({ reader }: Exchange, pieces: readonly string[], reading: Partial<typeof reads> = {}): Answer {
  const { status, type, failure } = { ...reads, ...reading };
  reader.onHead(
    { status, reason: "", headers: new Map([["content-type", type], ["x-request-id", "r-7"]]) },
    0,
  );
  pieces.forEach((piece, i) => reader.onData(new TextEncoder().encode(piece), i + 1));
  return reader.finish(failure);
}

const protocol = (members: string) => `
  export default class {
    endpointName = "mine";
    constructor(readonly options: any) {}
    request({ prompt }: { prompt: string }, parameters: object): any {
      const { url, model_id } = this.options.endpoint;
      return { method: "POST", url, headers: this.options.headers, body: JSON.stringify({ model_id, prompt, ...parameters }) };
    }
    ${members}
  }`;

const jsonAnswer = `answer(body: string, { status, headers }: any) {
  const { text, used } = JSON.parse(body);
  return { text, prompt_tokens: used?.in, completion_tokens: used?.out, stop_reason: headers["content-type"] + status };
}`;

Deno.test("a protocol makes the request from endpoint, prompt, parameters and headers", async () => {
  const made = await predictorIn(protocol(jsonAnswer), {
    headers: { "X-Team": "\${TEAM}" },
    env: { TEAM: "red", KEY: "k-123456" },
    api_key_env: "KEY",
  });
  const { request } = await made.begin({ prompt: "Why?" }, { max_tokens: 5 }) as Exchange;
  assert.deepEqual(request, {
    method: "POST",
    url: "http://h:8000/ask",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      authorization: "Bearer k-123456",
      "x-team": "red",
    },
    body: '{"model_id":"m-1","prompt":"Why?","max_tokens":5}',
  });
  assert.equal(made.maxTokens({ max_tokens: 5 }), 5);
  assert.equal(made.name, "predictors/mine.ts");
});

Deno.test("a protocol reads a whole answer with its status and headers", async () => {
  const made = await predictorIn(protocol(jsonAnswer));
  const answer = read(await made.begin({ prompt: "p" }, {}) as Exchange, [
    '{"text":"Because',
    '.","used":{"in":3,"out":2}}',
  ]);
  const {
    error,
    text,
    prompt_tokens,
    completion_tokens,
    token_source,
    stop_reason,
    chunk_ms,
    server_request_id,
  } = answer;
  assert.deepEqual(
    { error, text, prompt_tokens, completion_tokens, token_source, stop_reason, chunk_ms, server_request_id },
    {
      error: null,
      text: "Because.",
      prompt_tokens: 3,
      completion_tokens: 2,
      token_source: "server",
      stop_reason: "application/json200",
      chunk_ms: [],
      server_request_id: "r-7",
    },
  );
});

Deno.test("a module may export its class as Predictor, and its request may be a promise", async () => {
  const made = await predictorIn(`export class Predictor {
    endpointName = "mine";
    async request() { return { method: "GET", url: "http://h:8000/x" }; }
    answer(body: string) { return { text: body }; }
  }`);
  const begun = await made.begin({ prompt: "p" }, {}) as Exchange;
  assert.deepEqual(begun.request, { method: "GET", url: "http://h:8000/x", headers: {}, body: null });
  assert.equal(read(begun, ["ä"]).text, "ä");
});

const events = `
  event(data: string, name: string) {
    if (name === "ping") return null;
    const { piece, thought, done, stop, out, bad } = JSON.parse(data);
    if (bad) throw Object.assign(new Error(bad), { status: 429 });
    return { text: piece, reasoning: thought, done, stop_reason: stop, completion_tokens: out };
  }
  answer(body: string) { return { text: body }; }`;
const streamText = [
  "event: ping\ndata: {}\n\n",
  'data: {"thought":"hm"}\n\n',
  'data: {"piece":"Grü"}\n\n',
  'data: {"piece":"ße"}\n\n',
  'data: {"out":3,"stop":"stop"}\n\n',
  'data: {"done":true}\n\n',
];
const streaming = { type: "text/event-stream" };

Deno.test("a protocol reads a stream event by event; stamps are those of the reads", async () => {
  const made = await predictorIn(protocol(events), { stream: true });
  const begin = async () => await made.begin({ prompt: "p" }, {}) as Exchange;
  const answer = read(await begin(), [...streamText, 'data: {"piece":"late"}\n\n'], streaming);
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms, answer.first_visible_ms], [null, "Grüße", [
    2,
    3,
    4,
  ], 3]);
  assert.deepEqual([answer.completion_tokens, answer.stop_reason, answer.terminated_ms], [3, "stop", 6]);
  const bytes = streamText.join("");
  for (let cut = 1; cut < bytes.length; cut++) {
    const { error, text, chunk_ms } = read(await begin(), [bytes.slice(0, cut), bytes.slice(cut)], streaming);
    assert.deepEqual([error, text, chunk_ms.length], [null, "Grüße", 3], `cut at ${cut}`);
  }
  assert.equal(read(await begin(), [bytes], streaming).coalesced_chunks, 2);
});

Deno.test("a stream that ends without its mark is an error, unless the module says that there is none", async () => {
  const cut = streamText.slice(0, 4);
  const marked = await predictorIn(protocol(events), { stream: true });
  assert.deepEqual(read(await marked.begin({ prompt: "" }, {}) as Exchange, cut, streaming).error, {
    kind: "stream",
    message: "the stream ended without an event with done or a stop_reason",
  });
  const unmarked = await predictorIn(protocol(`endsBy = "response"; ${events}`), { stream: true });
  assert.equal(read(await unmarked.begin({ prompt: "" }, {}) as Exchange, cut, streaming).error, null);
  const torn = read(await unmarked.begin({ prompt: "" }, {}) as Exchange, [...cut, 'data: {"pie'], streaming);
  assert.deepEqual(torn.error, { kind: "stream", message: "the stream ended within an event" });
});

Deno.test("JSON lines are read with their own stamps, the last one without a line feed", async () => {
  const made = await predictorIn(protocol(`framing = "json_lines"; ${events}`), { stream: true });
  const answer = read(await made.begin({ prompt: "" }, {}) as Exchange, [
    '{"piece":"a"}\n{"pie',
    'ce":"b"}\n',
    '{"done":true}',
  ]);
  assert.deepEqual([answer.error, answer.text, answer.chunk_ms], [null, "ab", [1, 2]]);
});

Deno.test("a fault in the middle of a stream keeps what had come", async () => {
  const made = await predictorIn(protocol(events), { stream: true });
  const begin = async () => await made.begin({ prompt: "p" }, {}) as Exchange;
  const thrown = read(await begin(), [
    ...streamText.slice(0, 3),
    'data: {"bad":"slow down"}\n\n',
    ...streamText.slice(3),
  ], streaming);
  assert.deepEqual([thrown.error, thrown.text], [{ kind: "throttled", message: "slow down" }, "Grü"]);
  const garbage = read(await begin(), [...streamText.slice(0, 3), "data: <html>\n\n"], streaming);
  assert.deepEqual([garbage.error?.kind, garbage.text], ["parse", "Grü"]);
  const timeout: TransportFailure = { kind: "timeout", message: "no further byte within 9 ms" };
  assert.equal(
    read(await begin(), streamText.slice(0, 3), { ...streaming, failure: timeout }).error?.kind,
    "timeout",
  );
});

Deno.test("an answer with an error status is not shown to the module", async () => {
  const made = await predictorIn(protocol(`answer() { throw new Error("not asked"); }`));
  const answer = read(await made.begin({ prompt: "" }, {}) as Exchange, ['{"error":"quota"}'], {
    status: 429,
  });
  assert.deepEqual(answer.error, { kind: "throttled", message: "HTTP 429: quota" });
});

const wrongAnswers: readonly [string, string, string][] = [
  ["a text", `return "hi"`, 'answer() gave "hi"; expected an object like {text: "..."}'],
  ["nothing", `return undefined`, 'answer() gave undefined; expected an object like {text: "..."}'],
  ["no text", `return {}`, 'answer() gave no text; expected an object like {text: "..."}'],
  ["a text that is a number", `return { text: 7 }`, "answer() gave text as 7; expected a text"],
  ["a text that is an object", `return { text: { a: 1 } }`, 'answer() gave text as {"a":1}; expected a text'],
  [
    "a count that is NaN",
    `return { text: "", completion_tokens: NaN }`,
    "answer() gave completion_tokens as NaN; expected a whole number, 0 or more",
  ],
  [
    "a negative count",
    `return { text: "", prompt_tokens: -1 }`,
    "answer() gave prompt_tokens as -1; expected a whole number, 0 or more",
  ],
  [
    "a count that is a text",
    `return { text: "", prompt_tokens: "3" }`,
    'answer() gave prompt_tokens as "3"; expected a whole number, 0 or more',
  ],
  [
    "a promise",
    `return Promise.reject(new Error("x"))`,
    "answer() gave a promise; expected an object at once",
  ],
  ["a property that throws", `return { get text() { throw new Error("ha"); } }`, "ha"],
  ["a thrown error", `throw new Error("odd body")`, "odd body"],
  ["a thrown text", `throw "odd"`, "odd"],
  ["a thrown object", `throw { message: "odd thing" }`, "odd thing"],
  ["a thrown nothing", `throw undefined`, "undefined"],
  ["a thrown circle", `const a: any = {}; a.a = a; throw a`, "an error that can't be read"],
];
for (const [name, code, message] of wrongAnswers) {
  Deno.test(`${name} from answer() is a parse error`, async () => {
    const made = await predictorIn(protocol(`answer(): any { ${code}; }`));
    const { error } = read(await made.begin({ prompt: "" }, {}) as Exchange, ["{}"]);
    assert.deepEqual(error, { kind: "parse", message });
  });
}

Deno.test("an error that an answer gives is the record's error", async () => {
  const made = await predictorIn(protocol(`answer(body: string): any { return JSON.parse(body); }`));
  const errorIn = async (error: unknown) =>
    read(await made.begin({ prompt: "" }, {}) as Exchange, [JSON.stringify({ error })]).error;
  assert.deepEqual(await errorIn("no model"), { kind: "http", message: "no model" });
  assert.deepEqual(await errorIn({ message: "slow", status: 429 }), { kind: "throttled", message: "slow" });
  assert.deepEqual(await errorIn({ message: "bad", kind: "validation", status: 429 }), {
    kind: "validation",
    message: "bad",
  });
  assert.equal((await errorIn(5))?.kind, "parse");
});

const wrongRequests: readonly [string, string, RegExp][] = [
  ["a thrown error", `throw new Error("no k-123456")`, /^no \[redacted\]$/],
  ["nothing", ``, /request\(\) gave no object/],
  [
    "another method",
    `return { method: "PUT", url: "http://h/" }`,
    /gave the method "PUT"; expected "GET" or "POST"/,
  ],
  ["a relative URL", `return { method: "GET", url: "/x" }`, /it is no HTTP address/],
  ["a URL that is an object", `return { method: "GET", url: {} }`, /gave the url a value of type object/],
  [
    "a header with a line break",
    `return { method: "GET", url: "http://h/", headers: { a: "b\\nc: d" } }`,
    /"a": it holds a line break/,
  ],
  [
    "a header that is a number",
    `return { method: "GET", url: "http://h/", headers: { a: 1 } }`,
    /"a": its value is no text/,
  ],
  [
    "Headers",
    `return { method: "GET", url: "http://h/", headers: new Headers() }`,
    /no plain object of texts/,
  ],
  [
    "a length of its own",
    `return { method: "GET", url: "http://h/", headers: { "Content-Length": "1" } }`,
    /part of how a request is sent/,
  ],
  [
    "a body that is an object",
    `return { method: "POST", url: "http://h/", body: {} }`,
    /a body that is no text/,
  ],
];
for (const [name, code, message] of wrongRequests) {
  Deno.test(`${name} from request() is thrown by begin, whether at once or by a promise`, async () => {
    for (const prefix of ["", "async"]) {
      const made = await predictorIn(
        `export default class {
          endpointName = "e";
          ${prefix} request(): any { ${code} }
          answer() { return {}; }
        }`,
        { api_key_env: "KEY", env: { KEY: "k-123456" } },
      );
      await assert.rejects(async () => await made.begin({ prompt: "" }, {}), { message });
    }
  });
}

const client = (body: string) =>
  `export default class {
    endpointName = "mine";
    constructor(readonly options: any) {}
    async predict({ prompt }: any, parameters: any, { signal, token }: any): Promise<any> { ${body} }
  }`;

/** Calls on a clock that goes forward by one each time it is looked at. */
async function call(text: string, options: SendOptions = {}, making: Making = {}) {
  const made = await predictorIn(text, making);
  let now = 0;
  const begun = await made.begin({ prompt: "Why?" }, { max_tokens: 5 }) as OwnCall;
  return await begun.call({ now: () => ++now }, options);
}

/** The same on the real clock, where limits count. */
async function timedCall(text: string, options: SendOptions) {
  const made = await predictorIn(text);
  const begun = await made.begin({ prompt: "Why?" }, {}) as OwnCall;
  return await begun.call({ now: () => performance.now() }, options);
}

Deno.test("a client's call is timed around it, its pieces as they are told", async () => {
  const { result, answer } = await call(client(`
    token("");
    await Promise.resolve();
    token("hm", "reasoning");
    await Promise.resolve();
    token(prompt);
    token(" " + parameters.max_tokens);
    return { prompt_tokens: 2, completion_tokens: 4, stop_reason: "stop" };
  `));
  // The look-outs: one for the limits, 2 sent, 3 and 4 the turns with pieces, 5 the end.
  assert.deepEqual([result.sent_ms, answer.chunk_ms, result.ended_ms], [2, [3, 4, 4], 5]);
  assert.deepEqual([answer.first_visible_ms, answer.coalesced_chunks], [4, 1]);
  assert.deepEqual(
    [
      answer.error,
      answer.text,
      answer.prompt_tokens,
      answer.completion_tokens,
      answer.stop_reason,
      answer.token_source,
    ],
    [null, "Why? 5", 2, 4, "stop", "server"],
  );
  assert.deepEqual([result.status, result.failure, result.reused, answer.terminated], [
    null,
    null,
    false,
    true,
  ]);
});

Deno.test("the text that predict() gives comes before the pieces; without pieces there are no token times", async () => {
  const both = await call(client(`token("a"); return { text: "whole" };`));
  assert.equal(both.answer.text, "whole");
  const none = await call(client(`return { text: "" };`));
  assert.deepEqual([none.answer.error, none.answer.text, none.answer.chunk_ms], [null, "", []]);
  assert.deepEqual((await call(client(`token("x", "reasoning"); return {};`))).answer.error, {
    kind: "parse",
    message: 'predict() gave no text; expected an object like {text: "..."}',
  });
});

const thrown: readonly [string, string, string, number | null][] = [
  [`throw new Error("no luck")`, "http", "no luck", null],
  [`throw Object.assign(new Error("slow"), { status: 429 })`, "throttled", "slow", 429],
  [`throw Object.assign(new Error("slow"), { name: "ThrottlingException" })`, "throttled", "slow", null],
  [`throw Object.assign(new Error("bad"), { $metadata: { httpStatusCode: 400 } })`, "http", "bad", 400],
  [`throw Object.assign(new Error("cut"), { kind: "stream" })`, "stream", "cut", null],
  [`throw Object.assign(new Error("gone"), { code: "ECONNRESET" })`, "network", "gone", null],
  [`throw new Deno.errors.ConnectionRefused("refused")`, "network", "refused", null],
  [`throw new Deno.errors.NotCapable("Requires net access")`, "network", "Requires net access", null],
  [`throw new DOMException("too long", "TimeoutError")`, "timeout", "too long", null],
  [`(undefined as any).x`, "parse", "Cannot read properties of undefined (reading 'x')", null],
  [`JSON.parse("<html>")`, "parse", "Unexpected token '<', \"<html>\" is not valid JSON", null],
  [`token(5)`, "parse", 'token() takes a text, and "text" or "reasoning"', null],
  [
    `try { token("a", "other") } catch {} return { text: "" }`,
    "parse",
    'token() takes a text, and "text" or "reasoning"',
    null,
  ],
  [
    `return { text: "", completion_tokens: 0.5 }`,
    "parse",
    "predict() gave completion_tokens as 0.5; expected a whole number, 0 or more",
    null,
  ],
  [`throw new Error("key k-123456")`, "http", "key [redacted]", null],
];
for (const [code, kind, message, status] of thrown) {
  Deno.test(`a client's ${code} is an error of kind ${kind}`, async () => {
    const { result, answer } = await call(client(code), {}, { api_key_env: "KEY", env: { KEY: "k-123456" } });
    assert.deepEqual(answer.error, { kind, message });
    assert.deepEqual([result.status, result.failure, answer.terminated], [status, null, false]);
  });
}

Deno.test("a predict() that throws at once, or is no promise, is a call like any other", async () => {
  const plain = (body: string) =>
    client(body).replace("async predict", "predict").replace("Promise<any>", "any");
  assert.equal((await call(plain(`throw new Error("at once")`))).answer.error?.message, "at once");
  assert.equal((await call(plain(`return { text: "at once" }`))).answer.text, "at once");
});

Deno.test("a call that never ends is over at its limit, with what had come, and its signal is aborted", async () => {
  const { result, answer } = await timedCall(
    client(
      `token("some"); (globalThis as any).aborted = new Promise((done) => signal.onabort = () => done(signal.reason.name));
      await new Promise(() => {});`,
    ),
    { limits: { total_ms: 20 } },
  );
  assert.deepEqual(answer.error, { kind: "timeout", message: "no end within 20 ms" });
  assert.deepEqual([result.failure?.kind, answer.text, answer.chunk_ms.length], ["timeout", "some", 1]);
  assert.ok(result.ended_ms - result.sent_ms! >= 20);
  assert.equal(await (globalThis as unknown as { aborted: Promise<string> }).aborted, "TimeoutError");
});

Deno.test("a pause between pieces that is longer than the stall limit ends the call", async () => {
  const { answer } = await timedCall(client(`token("some"); await new Promise(() => {});`), {
    limits: { stall_ms: 20, total_ms: 60_000 },
  });
  assert.deepEqual(answer.error, { kind: "timeout", message: "no further byte within 20 ms" });
});

Deno.test("a stop ends a call at once, as nobody's error, and one that has not begun is not made", async () => {
  const stopping = new AbortController();
  (globalThis as unknown as { stopping: AbortController }).stopping = stopping;
  const endless = `(globalThis as any).stopping.abort(); token("x"); await new Promise(() => {});`;
  const { result, answer } = await call(client(endless), { signal: stopping.signal });
  assert.deepEqual([result.failure?.kind, answer.error, answer.terminated], ["cancelled", null, false]);
  const late = await call(client(`throw new Error("was made")`), { signal: AbortSignal.abort() });
  assert.deepEqual([late.result.sent_ms, late.result.failure?.kind, late.answer.error], [
    null,
    "cancelled",
    null,
  ]);
});

Deno.test("what a module throws where nobody waits is told with the timeout that it leads to", async () => {
  const { answer } = await timedCall(
    client(`setTimeout(() => { throw new Error("in a timer"); }, 1); await new Promise(() => {});`),
    { limits: { total_ms: 30 } },
  );
  assert.deepEqual(answer.error, {
    kind: "timeout",
    message: "no end within 30 ms; meanwhile it threw where nobody waited: in a timer",
  });
});

Deno.test("pieces and answers after the end of a call change nothing", async () => {
  const { answer } = await timedCall(
    client(
      `signal.onabort = () => { token("late"); }; await new Promise((done) => setTimeout(done, 30)); return { text: "late" };`,
    ),
    { limits: { total_ms: 10 } },
  );
  assert.deepEqual([answer.error?.kind, answer.text], ["timeout", ""]);
});

Deno.test("a class is given the endpoint, the environment that it may see, and nothing of the answer", async () => {
  const { answer } = await call(
    `export default class {
      endpointName = "mine";
      constructor(readonly options: any) {}
      async predict(asked: any) { return { text: JSON.stringify([this.options, asked]) }; }
    }`,
    {},
    { stream: true, env: { KEY: "k-123456", UNSET: undefined }, api_key_env: "KEY" },
  );
  assert.deepEqual(JSON.parse(answer.text), [
    {
      endpoint: { name: "mine", url: "http://h:8000/ask", model_id: "m-1", region: null },
      stream: true,
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        authorization: "Bearer k-123456",
      },
      env: { KEY: "k-123456" },
    },
    { prompt: "Why?" },
  ]);
});

const complaints: readonly [string, string, string, Making?][] = [
  [
    "a syntax error",
    "export default class {\n  answer( {\n}",
    "it can't be imported: Expected ',', got '<eof>' (line 3, column 2)",
  ],
  [
    "an import that is not there",
    'import x from "../nothing.ts"; export default x;',
    'it can\'t be imported: Module not found "file:///…/nothing.ts" (line 1, column 15)',
  ],
  [
    "a package that is not there",
    'import x from "no-such-package"; export default x;',
    'it can\'t be imported: Import "no-such-package" not a dependency and not in import map from "file:///…/mine.ts"',
  ],
  [
    "an error at its top",
    'throw new Error("not today"); export default class {}',
    "it can't be imported: not today",
  ],
  [
    "no export",
    "class Predictor {}",
    "it exports no class; expected one as default, or under the name Predictor",
  ],
  [
    "an object",
    "export default { request() {} };",
    "it exports no class; expected one as default, or under the name Predictor",
  ],
  [
    "a constructor that throws",
    'export default class { constructor() { throw new Error("no key"); } }',
    "its class can't be made: no key",
  ],
  ["a function", "export default () => 1;", "its class can't be made: made is not a constructor"],
  [
    "no endpointName",
    "export default class { request() {} answer() {} }",
    "its class has no property endpointName; expected a text: how it calls the endpoint",
  ],
  [
    "neither form",
    'export default class { endpointName = "e"; }',
    "its class has no method request(); expected request() and answer(), or predict()",
  ],
  [
    "half a form",
    'export default class { endpointName = "e"; request() {} }',
    "its class has no method answer(); expected request() and answer(), or predict()",
  ],
  [
    "both forms",
    'export default class { endpointName = "e"; request() {} answer() {} predict() {} }',
    "its class has both request() and predict(); expected request() and answer(), or predict()",
  ],
  [
    "an unknown framing",
    'export default class { endpointName = "e"; framing = "xml"; request() {} answer() {} }',
    'its class has a framing that is unknown; expected "sse" or "json_lines"',
  ],
  [
    "no event() where answers are streamed",
    'export default class { endpointName = "e"; request() {} answer() {} }',
    "its class has no method event(), so its answers can't be read piece by piece; expected event(), or stream: false in " +
    "inference_spec",
    { stream: true },
  ],
];
for (const [name, text, complaint, making] of complaints) {
  Deno.test(`${name} is one message that names the module`, async () => {
    assert.equal(
      (await complaintOf(text, making)).replace(/file:\/\/\/\S*\//g, "file:///…/"),
      `Cannot use the predictor "mine.ts": ${complaint}. docs/predictors.md says what it has to be.`,
    );
  });
}

Deno.test("a module that is not there is named", async () => {
  const endpoint = {
    predictor: "x.ts",
    url: "http://h/",
    model_id: "m",
    endpoint_name: "e",
    region: null,
    api_key_env: null,
    options: { module: "/no/such/x.ts" },
  };
  await assert.rejects(predictorFor({ endpoint, stream: false }), {
    name: "UserError",
    message: /^Cannot use the predictor "\/no\/such\/x\.ts": it can't be imported: Module not found/,
  });
});
