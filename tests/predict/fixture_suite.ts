/** Tests over the byte fixtures of `testdata/wire/` for readers whose fixtures name the fields that they are about. */

import assert from "node:assert/strict";
import type { Answer, AnswerReader, Exchange, Parameters, Predictor, Prompt } from "../../lib/predict/mod.ts";
import { read } from "./wire_fixtures.ts";

/** What a predictor makes of a prompt; fails if it signs, or calls by itself. */
export function exchangeOf(
  predictor: Predictor,
  prompt: Prompt = { prompt: "" },
  parameters: Parameters = {},
): Exchange {
  const begun = predictor.begin(prompt, parameters);
  assert.ok("request" in begun);
  return begun;
}

/** The body of the request for a prompt. */
export function bodyOf(
  predictor: Predictor,
  prompt: Prompt,
  parameters: Parameters = {},
): Record<string, unknown> {
  return JSON.parse(String(exchangeOf(predictor, prompt, parameters).request.body));
}

const timed = ["first_token_event", "first_visible_event", "last_token_event"] as const;

/** What a fixture's JSON file says, by the names that it has there. */
function facts(answer: Answer, names: readonly string[]): Record<string, unknown> {
  const { error, chunk_ms, first_visible_ms } = answer;
  const all: Record<string, unknown> = {
    ...answer,
    chunks: chunk_ms.length,
    first_token_event: chunk_ms[0] ?? null,
    first_visible_event: first_visible_ms,
    last_token_event: chunk_ms.at(-1) ?? null,
    error_kind: error?.kind ?? null,
  };
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

/** Cuts a stream behind each empty line, so that one event is one read. */
export function events(bytes: Uint8Array): Uint8Array[] {
  return cut(bytes, (i) => bytes[i - 1] === 10 || (bytes[i - 1] === 13 && bytes[i - 2] === 10));
}

/** Cuts a stream behind each line, so that one line is one read. */
export function lines(bytes: Uint8Array): Uint8Array[] {
  return cut(bytes, () => true);
}

function cut(bytes: Uint8Array, atLineFeed: (i: number) => boolean): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 1; i < bytes.length; i++) {
    if (bytes[i] !== 10 || !atLineFeed(i)) continue;
    pieces.push(bytes.subarray(start, i + 1));
    start = i + 1;
  }
  return start < bytes.length ? [...pieces, bytes.subarray(start)] : pieces;
}

const folder = new URL("../testdata/wire/", import.meta.url);

/** Names of the fixtures that begin so, without `.txt`. */
function fixtureNames(prefix: string): string[] {
  return [...Deno.readDirSync(folder)]
    .map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && name.endsWith(".txt"))
    .map((name) => name.slice(0, -".txt".length))
    .sort();
}

/**
 * Tests all fixtures of a protocol: event by event, cut at every byte, byte by byte, in one read, and ended cleanly after every
 * byte, which must never pass for the whole answer.
 *
 * @param prefix of the names of the fixtures
 * @param reader a new one for each response
 * @param split cuts a stream into events
 */
export function testFixtures(
  prefix: string,
  reader: () => AnswerReader,
  split: (bytes: Uint8Array) => Uint8Array[],
  type = "text/event-stream",
): void {
  for (const name of fixtureNames(prefix)) {
    const bytes = Deno.readFileSync(new URL(`${name}.txt`, folder));
    const expected: Record<string, unknown> = JSON.parse(
      Deno.readTextFileSync(new URL(`${name}.json`, folder)),
    );
    const names = Object.keys(expected);
    const untimedNames = names.filter((name) => !timed.some((other) => other === name));
    const untimed = (pieces: readonly Uint8Array[]) => facts(read(reader(), pieces, { type }), untimedNames);

    Deno.test(`${name}: event by event it gives the text, tokens and times worked out by hand`, () => {
      const answer = read(reader(), split(bytes), { type });
      assert.deepEqual(facts(answer, names), expected);
      assert.equal(answer.coalesced_chunks, 0);
    });

    Deno.test(`${name}: cut at any byte it gives the same answer`, () => {
      const rest = Object.fromEntries(untimedNames.map((name) => [name, expected[name]]));
      for (let cut = 1; cut < bytes.length; cut++) {
        assert.deepEqual(untimed([bytes.subarray(0, cut), bytes.subarray(cut)]), rest, `cut at ${cut}`);
      }
      assert.deepEqual(untimed([...bytes].map((byte) => new Uint8Array([byte]))), rest, "byte by byte");
    });

    Deno.test(`${name}: in one read all chunks but the first are marked as coalesced`, () => {
      const chunks = Number(expected["chunks"]);
      assert.equal(read(reader(), [bytes], { type }).coalesced_chunks, Math.max(0, chunks - 1));
    });

    Deno.test(`${name}: ended cleanly after any byte it is the whole answer or an error`, () => {
      for (let length = 0; length < bytes.length; length++) {
        const { error, text, stop_reason } = read(reader(), [bytes.subarray(0, length)], { type });
        if (error !== null) continue;
        assert.deepEqual([text, stop_reason], [expected["text"], expected["stop_reason"]], `${length} bytes`);
      }
    });
  }
}
