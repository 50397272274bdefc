/** A Bedrock whose ConverseStream says what a test wants, when it wants it; and calls of it as a study makes them. */

import { type Level, type RequestRecord, simulatedCredentials } from "../../lib/core/mod.ts";
import { attempt } from "../../lib/load/mod.ts";
import { predictorFor } from "../../lib/predict/mod.ts";
import { type SendResult, type Transport, userTransport } from "../../lib/transport/mod.ts";
import { event } from "../aws/event_frames.ts";
import { endpoint, level, payload, planOf, spec } from "../load/made_up.ts";

const type = "application/vnd.amazon.eventstream";

/** How an answer over a socket begins. */
export const converseHead =
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nx-amzn-requestid: r-1\r\ntransfer-encoding: chunked\r\n\r\n`;

/** How it ends. */
export const lastChunk = "0\r\n\r\n";

/** Messages of an event stream as one chunk of HTTP. */
export function chunkOf(...frames: readonly Uint8Array[]): Uint8Array {
  const bytes = joined(frames);
  const encoder = new TextEncoder();
  return joined([encoder.encode(`${bytes.length.toString(16)}\r\n`), bytes, encoder.encode("\r\n")]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const begins = event("messageStart", { role: "assistant" });

export const says = (text: string): Uint8Array =>
  event("contentBlockDelta", { contentBlockIndex: 0, delta: { text } });

export const thinks = (text: string): Uint8Array =>
  event("contentBlockDelta", { contentBlockIndex: 0, delta: { reasoningContent: { text } } });

/** What the last message of an answer says. */
export interface Metadata {
  readonly input?: number;
  readonly output?: number;
  readonly cache_read?: number;
  readonly cache_write?: number;
  readonly latency_ms?: number;
  readonly served?: "standard" | "optimized";
}

/** The end of an answer, with its reason and what the service says of it. */
export function ends(stopReason: string, about: Metadata = {}): Uint8Array {
  const { input = 5, output = 2, cache_read = 0, cache_write = 0, latency_ms = 321, served } = about;
  return joined([
    event("contentBlockStop", { contentBlockIndex: 0 }),
    event("messageStop", { stopReason }),
    event("metadata", {
      usage: {
        ...{
          inputTokens: input,
          outputTokens: output,
          totalTokens: input + output + cache_read + cache_write,
        },
        ...{ cacheReadInputTokens: cache_read, cacheWriteInputTokens: cache_write },
      },
      metrics: { latencyMs: latency_ms },
      ...served === undefined ? {} : { performanceConfig: { latency: served } },
    }),
  ]);
}

/** A transport whose answer comes in these reads at these milliseconds, sent at 0; no clock runs. */
export function stamped(
  reads: readonly (readonly [at_ms: number, ...frames: Uint8Array[]])[],
  how: Partial<SendResult> = {},
): Transport & { readonly bodies: string[] } {
  const bodies: string[] = [];
  return {
    bodies,
    clock: "user",
    now: () => 0,
    close() {},
    prepare() {},
    connectAhead: () => Promise.resolve(),
    send({ body }, sink) {
      bodies.push(typeof body === "string" ? body : new TextDecoder().decode(body ?? undefined));
      sink.onHead({ status: 200, reason: "OK", headers: new Map([["content-type", type]]) }, 0);
      for (const [at_ms, ...frames] of reads) sink.onData(joined(frames), at_ms);
      return Promise.resolve({
        ...{ dns_ms: null, connect_ms: null, tls_ms: null, reused: true, ahead: false },
        ...{ sent_ms: 0, body_sent_ms: 0, headers_ms: 0, ended_ms: reads.at(-1)![0], status: 200 },
        failure: null,
        ...how,
      });
    },
  };
}

/** What is asked, as far as a test is about it. */
export interface AskedOf {
  /** @default one of its own */
  readonly transport?: Transport;
  readonly url?: string;
  readonly region?: string;
  readonly profile?: "standard" | "optimized";
  readonly level?: Partial<Level>;
  /** Cap on the answer, as a scenario gives it. */
  readonly max_tokens?: number;
}

/** The level of a variant on Bedrock. */
export function variant(
  { url = "http://127.0.0.1:9", region = "us-east-2", profile, ...asked }: AskedOf,
): Level {
  return level({
    endpoint: endpoint({
      ...{ predictor: "bedrock", url, region, model_id: "us.vendor.model-v1:0" },
      options: profile === undefined ? {} : { latency_mode: profile },
    }),
    parameters: { max_new_tokens: 50 },
    ...asked.level,
  });
}

/** One call, as the journal keeps it. */
export async function call(asked: AskedOf): Promise<RequestRecord> {
  const one = variant(asked);
  const transport = asked.transport ?? userTransport();
  const predictor = await predictorFor({
    ...{ endpoint: one.endpoint, stream: true },
    credentials: () => Promise.resolve(simulatedCredentials),
  });
  try {
    const { record } = await attempt({
      ...{ level: one, payload: payload("p3"), predictor },
      planned: {
        ...planOf([spec()]).requests[0]!,
        ...asked.max_tokens === undefined ? {} : { max_tokens: asked.max_tokens },
      },
    }, {
      ...{ transport, segment: "s1", worker: "w0", origin_at_ms: Date.now() },
      signal: new AbortController().signal,
    });
    return record();
  } finally {
    if (asked.transport === undefined) transport.close();
  }
}
