/** Responses of real protocols as bytes (`tests/testdata/wire/FAMILY/NAME.txt`) with what they say, worked out by hand (`NAME.json`). */

import assert from "node:assert/strict";
import type { Answer, AnswerReader, Exchange, Parameters, Predictor, Prompt } from "../../lib/predict/mod.ts";
import type { TransportFailure } from "../../lib/transport/mod.ts";

export interface WireFixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly content_type: string;
  readonly prompt: string;
  /** What `facts` gives when each event is one read, stamped 1, 2, 3, ... */
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Where the fixtures of a protocol lie, by the first word of their names; those of AWS's services are in `aws/`. */
export function fixtureFolder(name: string): URL {
  const family = /^(bedrock|sagemaker)_/.test(name)
    ? "aws"
    : name.startsWith("openai_")
    ? "openai"
    : "containers";
  return new URL(`../testdata/wire/${family}/`, import.meta.url);
}

/**
 * The fixtures whose names begin so, by name.
 *
 * @param type content type of those that do not say it
 */
export function wireFixtures(prefix: string, type = "text/event-stream"): WireFixture[] {
  const folder = fixtureFolder(prefix);
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && name.endsWith(".txt")).sort()
    .map((file) => {
      const name = file.replace(/\.txt$/, "");
      const { content_type = type, prompt = "", ...expected } = JSON.parse(
        Deno.readTextFileSync(new URL(`${name}.json`, folder)),
      );
      return { name, bytes: Deno.readFileSync(new URL(file, folder)), content_type, prompt, expected };
    });
}

/** What a predictor makes of a prompt; fails if it signs, or calls by itself. */
export function exchangeOf(
  predictor: Predictor,
  prompt: Prompt | string = "Why?",
  parameters: Parameters = {},
): Exchange {
  const made = predictor.begin(typeof prompt === "string" ? { prompt } : prompt, parameters);
  assert.ok("request" in made);
  return made;
}

/** The body of the request for a prompt. */
export function bodyOf(
  predictor: Predictor,
  prompt?: Prompt | string,
  parameters?: Parameters,
): Record<string, unknown> {
  return JSON.parse(String(exchangeOf(predictor, prompt, parameters).request.body));
}

/** Reads pieces, each as one read, stamped 1, 2, 3, ... */
export function read(
  reader: AnswerReader,
  pieces: readonly (Uint8Array | string)[],
  {
    status = 200,
    type = "text/event-stream",
    headers = {} as Record<string, string>,
    failure = null as TransportFailure | null,
  } = {},
): Answer {
  reader.onHead({
    status,
    reason: "",
    headers: new Map([["content-type", type], ...Object.entries(headers)]),
  }, 0);
  pieces.forEach((piece, i) =>
    reader.onData(typeof piece === "string" ? new TextEncoder().encode(piece) : piece, i + 1)
  );
  return reader.finish(failure);
}

/** What an answer says, in the terms of the fixtures: all of it, or what goes by these names. */
export function facts(answer: Answer, names: readonly string[] = standard): Record<string, unknown> {
  const { error, chunk_ms, first_visible_ms } = answer;
  const all: Record<string, unknown> = {
    ...answer,
    chunks: chunk_ms.length,
    first_token_event: chunk_ms[0] ?? null,
    first_visible_event: first_visible_ms,
    last_token_event: chunk_ms.at(-1) ?? null,
    error_kind: error?.kind ?? null,
    error_message: error?.message ?? null,
  };
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}

const timed: readonly string[] = ["first_token_event", "first_visible_event", "last_token_event"];
const standard: readonly string[] = [
  ...["text", "chunks", ...timed, "prompt_tokens", "completion_tokens", "token_source"],
  ...["stop_reason", "served_model", "terminated", "error_kind", "error_message"],
];

/** Cuts a body behind each event: a blank line, or the line itself where the body is JSON Lines. */
function events({ bytes, content_type }: WireFixture): Uint8Array[] {
  const lines = /jsonlines|ndjson/.test(content_type);
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    const blank = bytes[i - 1] === 10 || (bytes[i - 1] === 13 && bytes[i - 2] === 10);
    if (bytes[i] !== 10 || !(lines || blank)) continue;
    pieces.push(bytes.subarray(start, i + 1));
    start = i + 1;
  }
  return start < bytes.length ? [...pieces, bytes.subarray(start)] : pieces;
}

/** Tests of each fixture: event by event it says what is expected, cut in two anywhere and byte by byte it says the same. */
export function testFixtures(
  fixtures: readonly WireFixture[],
  reader: (fixture: WireFixture) => AnswerReader,
): void {
  for (const fixture of fixtures) {
    const { name, bytes, content_type: type, expected } = fixture;
    const names = Object.keys(expected);
    const answer = (pieces: readonly Uint8Array[]) => read(reader(fixture), pieces, { type });
    const untimedNames = names.filter((name) => !timed.includes(name));
    const untimed = (pieces: readonly Uint8Array[]) => facts(answer(pieces), untimedNames);

    Deno.test(`${name}: event by event it gives the text, tokens and times worked out by hand`, () => {
      const whole = answer(events(fixture));
      assert.deepEqual(facts(whole, names), expected);
      assert.equal(whole.coalesced_chunks, 0);
    });

    Deno.test(`${name}: cut at any byte it gives the same answer`, () => {
      const rest = Object.fromEntries(untimedNames.map((name) => [name, expected[name]]));
      for (let cut = 1; cut < bytes.length; cut++) {
        assert.deepEqual(untimed([bytes.subarray(0, cut), bytes.subarray(cut)]), rest, `cut at ${cut}`);
      }
      assert.deepEqual(untimed([...bytes].map((byte) => new Uint8Array([byte]))), rest, "byte by byte");
    });

    Deno.test(`${name}: in one read all chunks but the first are marked as coalesced`, () => {
      assert.equal(answer([bytes]).coalesced_chunks, Math.max(0, Number(expected["chunks"]) - 1));
    });
  }
}

/** Tests of each fixture of a protocol with an end of its own: ended cleanly after any byte it is the whole answer or an error. */
export function testCleanEnds(
  fixtures: readonly WireFixture[],
  reader: (fixture: WireFixture) => AnswerReader,
): void {
  for (const fixture of fixtures) {
    const { name, bytes, content_type: type, expected } = fixture;
    Deno.test(`${name}: ended cleanly after any byte it is the whole answer or an error`, () => {
      for (let length = 0; length < bytes.length; length++) {
        const { error, text, stop_reason } = read(reader(fixture), [bytes.subarray(0, length)], { type });
        if (error !== null) continue;
        assert.deepEqual([text, stop_reason], [expected["text"], expected["stop_reason"]], `${length} bytes`);
      }
    });
  }
}

/** A stream that ends anywhere before the byte at `end`, cleanly or not, must be no answer. */
export function testEveryEarlyEnd(fixture: WireFixture, end: number, reader: () => AnswerReader): void {
  const { name, bytes, content_type: type } = fixture;

  Deno.test(`${name}: a stream that ends anywhere before its end is an error`, () => {
    for (let length = 0; length < end; length++) {
      const { error, terminated } = read(reader(), [bytes.subarray(0, length)], { type });
      assert.deepEqual([error?.kind, terminated], ["stream", false], `${length} bytes`);
    }
    assert.equal(read(reader(), [bytes.subarray(0, end)], { type }).error, null);
  });

  Deno.test(`${name}: a connection that breaks is the transport's failure, whatever had come`, () => {
    const failure: TransportFailure = { kind: "network", message: "reset" };
    for (let length = 1; length < end; length++) {
      const answer = read(reader(), [bytes.subarray(0, length)], { type, failure });
      assert.equal(answer.error?.kind, "network", `${length} bytes`);
    }
  });
}
