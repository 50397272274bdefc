/**
 * Three faults of FMBench that made figures wrong, and that no predictor here may have: parameters that are configured but not
 * sent, a reader of streams that hangs on a last line without an end, and a latency that ends before the answer does.
 */

import assert from "node:assert/strict";
import { type Endpoint, type ProtocolName, protocols, simulatedCredentials } from "../../lib/core/mod.ts";
import { attempt } from "../../lib/load/mod.ts";
import {
  type Exchange,
  type Parameters,
  type Predictor,
  predictorFor,
  predictorNames,
} from "../../lib/predict/mod.ts";
import type { Transport, WireRequest } from "../../lib/transport/mod.ts";
import { converseFrames, frame } from "../aws/event_frames.ts";
import { endpoint as madeUp, level, payload, planOf, spec } from "../load/made_up.ts";
import { framesOf } from "./aws/aws_fixtures.ts";
import { exchangeOf, fixtureFolder, read } from "./wire_fixtures.ts";

interface Stream {
  readonly type: string;
  /** Each is one read. */
  readonly pieces: readonly Uint8Array[];
}

interface Spoken {
  readonly endpoint?: Partial<Endpoint>;
  /** Which of the two configured parameters have a place in its requests. */
  readonly carries: readonly ("temperature" | "cap")[];
  /** A whole streamed answer. */
  readonly stream?: Stream;
}

const bytesOf = (name: string) => Deno.readFileSync(new URL(name, fixtureFolder(name)));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function cut(text: string, behind: RegExp): Uint8Array[] {
  return text.split(behind).filter((piece) => piece !== "").map((piece) => encoder.encode(piece));
}

const events = (name: string): Stream => ({
  type: "text/event-stream",
  pieces: cut(decoder.decode(bytesOf(name)), /(?<=\n\n)/),
});
const lines = (name: string, type: string): Stream => ({
  type,
  pieces: cut(decoder.decode(bytesOf(name)), /(?<=\n)/),
});
const frames = (pieces: readonly Uint8Array[]): Stream => ({
  type: "application/vnd.amazon.eventstream",
  pieces,
});

const part = (bytes: Uint8Array) => frame({ ":message-type": "event", ":event-type": "PayloadPart" }, bytes);
const aws = { url: "http://127.0.0.1:9", region: "us-east-1" };
const both = ["temperature", "cap"] as const;
const restEvents = {
  format: "sse",
  end: "[DONE]",
  text: "/choices/0/text",
  stop_reason: "/choices/0/finish_reason",
} as const;

const spoken: Readonly<Record<ProtocolName, Spoken>> = {
  openai_chat: { carries: both, stream: events("openai_chat_plain.txt") },
  openai_completions: { carries: both, stream: events("openai_completions_vllm.txt") },
  // Nothing is generated, so there is nothing to cap.
  openai_embeddings: { carries: ["temperature"] },
  bedrock: { endpoint: aws, carries: both, stream: frames(converseFrames(["a", "b", "c"])) },
  bedrock_invoke: {
    endpoint: { ...aws, model_id: "meta.llama3-1-8b-instruct-v1:0" },
    carries: both,
    stream: frames(framesOf(bytesOf("bedrock_invoke_llama.bin"))),
  },
  sagemaker: { endpoint: aws, carries: both, stream: frames(events("tgi_plain.txt").pieces.map(part)) },
  djl: { carries: both, stream: lines("djl_json_lines.txt", "application/jsonlines") },
  tgi: { carries: both, stream: events("tgi_plain.txt") },
  triton: { carries: both, stream: events("triton_plain.txt") },
  ollama: { carries: both, stream: lines("ollama_generate.txt", "application/x-ndjson") },
  llama_cpp: { carries: both, stream: events("llama_cpp_plain.txt") },
  // The prompt is all that goes into its address.
  ray_serve: { carries: [] },
  rest: {
    endpoint: { options: { rest: { response: { text: "/choices/0/text" }, events: restEvents } } },
    carries: both,
    stream: events("openai_completions_vllm.txt"),
  },
};

const registered = Object.entries(spoken).filter(([name]) => predictorNames().includes(name));
const streaming = registered.flatMap(([name, { stream }]) => stream === undefined ? [] : [{ name, stream }]);

function endpointOf(name: string): Endpoint {
  return madeUp({ predictor: name, ...spoken[name as ProtocolName].endpoint });
}

function predictor(name: string, stream = true): Promise<Predictor> {
  const credentials = () => Promise.resolve(simulatedCredentials);
  return predictorFor({ endpoint: endpointOf(name), stream, env: {}, credentials });
}

async function exchange(name: string, parameters: Parameters, stream = true): Promise<Exchange> {
  const made = await (await predictor(name, stream)).begin({ prompt: "Why?" }, parameters);
  assert.ok("request" in made);
  return made;
}

/** Every entry of a request's body, at any depth, also in texts that are JSON themselves. */
function entriesOf({ body }: WireRequest): [name: string, value: unknown][] {
  const found: [string, unknown][] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string" && value.startsWith("{")) return visit(JSON.parse(value));
    if (value === null || typeof value !== "object") return;
    for (const [name, inner] of Object.entries(value)) {
      found.push([name, inner]);
      visit(inner);
    }
  };
  visit(typeof body === "string" || body === null ? body : decoder.decode(body));
  return found;
}

/** What servers call things that change what is generated. */
const sampling =
  /^(temperature|top_?p|top_?k|min_?p|seed|n|stop|stop_?sequences|do_sample|.*penalty|(max|num|n)_?.*(tokens|predict|length|len))$/i;

Deno.test("every protocol has its case here, and so has every predictor that is registered", () => {
  assert.deepEqual(Object.keys(spoken).sort(), Object.keys(protocols).sort());
  assert.deepEqual(predictorNames().filter((name) => !Object.hasOwn(spoken, name)), []);
  for (const [name, { streams }] of Object.entries(protocols)) {
    assert.equal(spoken[name as ProtocolName].stream !== undefined, streams, name);
  }
});

for (const [name, { carries }] of registered) {
  for (const stream of [true, false]) {
    const how = stream ? "streamed" : "not streamed";

    Deno.test(`${name}, ${how}: the configured temperature and cap are in the request, once each`, async () => {
      const { request } = await exchange(name, { temperature: 0.375, max_new_tokens: 77 }, stream);
      const entries = entriesOf(request);
      assert.deepEqual(
        entries.filter(([, value]) => value === 0.375).map(([key]) => key),
        carries.includes("temperature") ? ["temperature"] : [],
      );
      assert.equal(entries.filter(([, value]) => value === 77).length, carries.includes("cap") ? 1 : 0);
      assert.equal(
        (await predictor(name, stream)).maxTokens({ max_new_tokens: 77 }),
        carries.includes("cap") ? 77 : null,
      );
    });

    Deno.test(`${name}, ${how}: nothing that changes what is generated is sent unless it is configured`, async () => {
      const { request } = await exchange(name, {}, stream);
      assert.deepEqual(entriesOf(request).map(([key]) => key).filter((key) => sampling.test(key)), []);
    });
  }
}

for (const { name, stream: { type, pieces } } of streaming) {
  const answerOf = async (reads: readonly Uint8Array[]) => {
    const { text, completion_tokens, stop_reason, chunk_ms, error, terminated } = read(
      (await exchange(name, {})).reader,
      reads,
      { type },
    );
    return { text, completion_tokens, stop_reason, chunks: chunk_ms.length, error, terminated };
  };

  Deno.test(`${name}: a last line without its end is read like any other`, async () => {
    const whole = await answerOf(pieces);
    assert.deepEqual([whole.error, whole.terminated], [null, true]);
    assert.ok(whole.text !== "" && whole.chunks > 0);
    const text = decoder.decode(pieces.at(-1));
    // Messages of an event stream have lengths, not lines; the lines that a SageMaker endpoint's parts hold have a test below.
    if (type.includes("eventstream")) return;
    assert.match(text, /\n$/);
    assert.deepEqual(await answerOf([...pieces.slice(0, -1), encoder.encode(text.trimEnd())]), whole);
  });

  Deno.test(`${name}: the latency of a streamed answer ends after its last token`, async () => {
    const made = await exchange(name, {});
    const sent_ms = 100;
    const headers_ms = 105;
    const stamps = pieces.map((_, i) => 1000 * (i + 1));
    const ended_ms = stamps.at(-1)! + 500;
    const transport: Transport = {
      clock: "user",
      now: () => 0,
      close() {},
      prepare() {},
      connectAhead: () => Promise.resolve(),
      send(_request, sink) {
        sink.onHead({ status: 200, reason: "", headers: new Map([["content-type", type]]) }, headers_ms);
        pieces.forEach((piece, i) => sink.onData(piece, stamps[i]!));
        const opening = {
          dns_ms: null,
          connect_ms: null,
          tls_ms: null,
          reused: true,
          ahead: false,
          body_sent_ms: sent_ms,
        };
        return Promise.resolve({ ...opening, sent_ms, headers_ms, ended_ms, status: 200, failure: null });
      },
    };
    const endpoint = endpointOf(name);
    const { record } = await attempt({
      planned: planOf([spec()]).requests[0]!,
      level: level({ endpoint }),
      payload: payload("p"),
      predictor: await predictor(name),
      prepared: made,
    }, { transport, segment: "s", worker: "w", origin_at_ms: 0, signal: new AbortController().signal });
    const { status, first_token_ms, last_token_ms, e2e_ms, ttft_ms, chunks } = record();
    assert.equal(status, "ok");
    assert.ok(first_token_ms !== null && last_token_ms !== null && chunks! > 1);
    assert.ok(
      stamps.includes(first_token_ms) && stamps.includes(last_token_ms) && first_token_ms < last_token_ms,
    );
    assert.equal(ttft_ms, first_token_ms - sent_ms);
    assert.equal(e2e_ms, ended_ms - sent_ms);
    assert.ok(e2e_ms! > last_token_ms - sent_ms);
  });
}

if (predictorNames().includes("sagemaker")) {
  Deno.test("sagemaker: a last line without its end, within a part of an event stream, is read like any other", async () => {
    const { type, pieces } = events("tgi_plain.txt");
    const last = encoder.encode(decoder.decode(pieces.at(-1)).trimEnd());
    const expected = read(exchangeOf(await predictor("tgi")).reader, pieces, { type });
    const { text, completion_tokens, chunk_ms, error } = read(
      (await exchange("sagemaker", {})).reader,
      [...pieces.slice(0, -1), last].map(part),
      { type: "application/vnd.amazon.eventstream" },
    );
    assert.deepEqual(
      [text, completion_tokens, chunk_ms, error],
      [expected.text, expected.completion_tokens, expected.chunk_ms, null],
    );
  });
}
