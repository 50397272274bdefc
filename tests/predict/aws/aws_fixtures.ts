/** Recorded answers of AWS's services in `tests/testdata/wire/aws`: `.bin` are event streams, `.txt` whole bodies. */

import assert from "node:assert/strict";
import type { Answer, AnswerReader } from "../../../lib/predict/mod.ts";

const folder = new URL("../../testdata/wire/aws/", import.meta.url);
const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** What a fixture's `.json` says, worked out by hand. Events are counted from 1. */
export type Facts = ReturnType<typeof factsOf>;

export function factsOf(answer: Answer) {
  const { chunk_ms, error } = answer;
  return {
    text: answer.text,
    chunks: chunk_ms.length,
    first_token_event: chunk_ms[0] ?? null,
    first_visible_event: answer.first_visible_ms,
    last_token_event: chunk_ms.at(-1) ?? null,
    coalesced_chunks: answer.coalesced_chunks,
    prompt_tokens: answer.prompt_tokens,
    completion_tokens: answer.completion_tokens,
    cached_prompt_tokens: answer.cached_prompt_tokens,
    cache_write_tokens: answer.cache_write_tokens,
    reasoning_tokens: answer.reasoning_tokens,
    token_source: answer.token_source,
    stop_reason: answer.stop_reason,
    server_latency_ms: answer.server_latency_ms,
    served_model: answer.served_model,
    served_latency_mode: answer.served_latency_mode,
    served_service_tier: answer.served_service_tier,
    terminated: answer.terminated,
    error_kind: error?.kind ?? null,
    error_message: error?.message ?? null,
  };
}

/** A fixture's bytes and facts. */
export function fixture(name: string): { bytes: Uint8Array<ArrayBuffer>; expected: Facts } {
  return {
    bytes: Deno.readFileSync(new URL(name, folder)),
    expected: JSON.parse(Deno.readTextFileSync(new URL(name.replace(/\.[a-z]+$/, ".json"), folder))),
  };
}

/** The messages of an event stream, by the length that each begins with; the last may be cut off. */
export function framesOf(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return frames;
}

const eventStream = "application/vnd.amazon.eventstream";

export interface Reading {
  readonly type?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly failure?: Parameters<AnswerReader["finish"]>[0];
}

/** What a reader makes of an answer that comes in these reads, stamped 1, 2, 3, ... */
export function read(reader: AnswerReader, pieces: readonly Uint8Array[], reading: Reading = {}): Answer {
  const { type = eventStream, status = 200, headers = {}, failure = null } = reading;
  const all = new Map([["content-type", type], ["x-amzn-requestid", "r-1"], ...Object.entries(headers)]);
  reader.onHead({ status, reason: "", headers: all }, 0.5);
  pieces.forEach((piece, i) => reader.onData(piece, i + 1));
  return reader.finish(failure);
}

/** The same reads of a body that comes whole. */
export function readWhole(reader: AnswerReader, body: string | Uint8Array, reading: Reading = {}): Answer {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return read(reader, [bytes], { type: "application/json", ...reading });
}

/** Facts without what depends on how the answer was cut into reads. */
const untimed = (facts: Facts) => ({
  ...facts,
  first_token_event: 0,
  first_visible_event: 0,
  last_token_event: 0,
  coalesced_chunks: 0,
});

/** Defines the tests of all fixtures that a protocol has. */
export function testFixtures(pattern: RegExp, open: () => AnswerReader): void {
  for (const name of names.filter((each) => pattern.test(each))) {
    const { bytes, expected } = fixture(name);
    if (name.endsWith(".txt")) {
      Deno.test(`${name}: a whole answer gives the text and counts worked out by hand`, () => {
        const answer = readWhole(open(), bytes);
        assert.deepEqual(factsOf(answer), expected);
        assert.equal(answer.server_request_id, "r-1");
      });
    } else if (name.endsWith(".bin")) {
      Deno.test(`${name}: message by message it gives the text, tokens and times worked out by hand`, () => {
        const answer = read(open(), framesOf(bytes));
        assert.deepEqual(factsOf(answer), expected);
        assert.equal(answer.server_request_id, "r-1");
      });

      Deno.test(`${name}: cut at any byte it gives the same answer`, () => {
        const whole = untimed(expected);
        for (let cut = 1; cut < bytes.length; cut++) {
          const answer = read(open(), [bytes.subarray(0, cut), bytes.subarray(cut)]);
          assert.deepEqual(untimed(factsOf(answer)), whole, `cut at ${cut}`);
        }
        const single = read(open(), [...bytes].map((byte) => Uint8Array.of(byte)));
        assert.deepEqual(untimed(factsOf(single)), whole, "byte by byte");
      });

      Deno.test(`${name}: in one read all chunks but the first are marked as coalesced`, () => {
        assert.equal(read(open(), [bytes]).coalesced_chunks, Math.max(0, expected.chunks - 1));
      });
    }
  }
}

/** Ends a fixture at every byte before `end`, cleanly and by a cut: it must never pass for a whole answer. */
export function neverWhole(name: string, open: () => AnswerReader, end: number): void {
  const { bytes } = fixture(name);
  assert.ok(end > 0 && end <= bytes.length);
  for (let length = 0; length < end; length++) {
    const kept = bytes.subarray(0, length);
    assert.equal(read(open(), [kept]).error?.kind, "stream", `${length} bytes, then the end`);
    const cut = { kind: "stream", message: "the peer closed" } as const;
    assert.deepEqual(read(open(), [kept], { failure: cut }).error, cut, `${length} bytes, then a cut`);
  }
}
