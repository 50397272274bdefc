/** Prompts made up to an exact length: `synthetic:tokens=500,rows=200,shared_prefix=100`. */

import { type Random, seededRandom, sha256, UserError } from "../core/mod.ts";
import type { SourceRow } from "./data_row.ts";
import type { RowSource } from "./row_source.ts";
import { fillers, words } from "./synthetic_words.ts";

/** What such a name says. */
export interface SyntheticName {
  /** Tokens of the whole prompt, the template's own text included. */
  readonly tokens: number;
  /** Number of prompts; no two are the same. @default 100 */
  readonly rows: number;
  /** Tokens at the beginning of the made-up text that all rows have in common. @default 0 */
  readonly shared_prefix: number;
}

/** The one column of the rows. */
export const syntheticColumn = "prompt";

const prefix = "synthetic:";
const most = 10_000_000;

/** Whether a name in `s3_read_data.source_data_files` asks for made-up prompts. */
export function isSyntheticSource(name: string): boolean {
  return name.trim().startsWith(prefix);
}

/**
 * Reads a name.
 *
 * @throws {UserError} If a part of it is unknown, missing or out of its range
 */
export function parseSyntheticName(name: string): SyntheticName {
  const values = { tokens: 0, rows: 100, shared_prefix: 0 };
  for (const part of name.trim().slice(prefix.length).split(",")) {
    const [, key, value] = /^\s*(tokens|rows|shared_prefix)\s*=\s*(\d+)\s*$/.exec(part) ?? [];
    if (key === undefined) throw unusable(name, `"${part.trim()}" has another form`);
    values[key as keyof SyntheticName] = Number(value);
  }
  const { tokens, rows, shared_prefix } = values;
  if (tokens < 1 || tokens > most) throw unusable(name, `tokens is ${tokens}`, `1 to ${most}`);
  if (rows < 1 || rows > most) throw unusable(name, `rows is ${rows}`, `1 to ${most}`);
  if (shared_prefix >= tokens) {
    throw unusable(name, `shared_prefix is ${shared_prefix}`, `fewer than its ${tokens} tokens`);
  }
  return values;
}

export interface SyntheticOptions {
  readonly seed: number;
  /** Tokens of a text by the run's tokenizer. */
  readonly count: (text: string) => number;
  /** The prompt that a text makes, in the run's template. */
  readonly render: (text: string) => string;
}

/**
 * Makes such a name a source among the others.
 *
 * @throws {UserError} If the name has another form
 */
export function openSynthetic(name: string, options: SyntheticOptions): RowSource {
  parseSyntheticName(name);
  return { name, files: [], bytes: 0, drawn: null, notices: [], made: () => syntheticRows(name, options) };
}

/**
 * Makes the rows, each `{prompt: text}`. The same name, seed, tokenizer and template give the same rows. The texts are
 * random common words; nobody has answers to them.
 *
 * @throws {UserError} If the template alone is longer, or there are not so many different prompts of that length
 */
export async function* syntheticRows(
  name: string,
  { seed, count, render }: SyntheticOptions,
): AsyncGenerator<SourceRow> {
  const { tokens, rows, shared_prefix } = parseSyntheticName(name);
  const empty = count(render(""));
  if (empty + shared_prefix >= tokens) {
    throw unusable(
      name,
      `the template alone is ${empty} tokens${shared_prefix === 0 ? "" : `, the prefix ${shared_prefix}`}`,
      `fewer than the ${tokens} asked for`,
    );
  }
  const shared = shared_prefix === 0
    ? ""
    : filled("", shared_prefix, count, seededRandom(seed, ["synthetic prefix", name]));
  const seen = new Set<string>();
  for (let row = 0; row < rows; row++) {
    const where = `${name}, row ${row + 1}`;
    const text = shared === null ? null : another(row);
    if (text === null) {
      throw unusable(
        name,
        `only ${row} different prompts of that length can be made by this tokenizer`,
        "fewer rows",
      );
    }
    yield { value: { [syntheticColumn]: text }, where, bytes: 0 };
  }

  function another(row: number): string | null {
    for (let attempt = 0; attempt < 200; attempt++) {
      const random = seededRandom(seed, ["synthetic", name, row, attempt]);
      const text = filled(shared!, tokens, (text) => count(render(text)), random);
      if (text === null || seen.has(sha256(text))) continue;
      seen.add(sha256(text));
      return text;
    }
    return null;
  }
}

/** Random words after `start` until the text has exactly so many tokens; null when no ending fits. */
function filled(
  start: string,
  tokens: number,
  count: (text: string) => number,
  random: Random,
): string | null {
  const chosen: string[] = [];
  const text = (length: number) => {
    while (chosen.length < length) chosen.push(words[random.below(words.length)]!);
    return [...start === "" ? [] : [start], ...chosen.slice(0, length)].join(" ");
  };
  const length = longest(tokens, (words) => count(text(words)));
  for (let shorter = length; shorter >= Math.max(0, length - 12); shorter--) {
    const ended = withEnding(text(shorter), tokens, count, random);
    if (ended !== null) return ended;
  }
  return null;
}

/** The greatest number of words that is not too long; as most words are one token each, a few counts tell. */
function longest(tokens: number, countOf: (words: number) => number): number {
  const base = countOf(0);
  let low = { words: 0, tokens: base };
  let high = Infinity;
  let rate = 1;
  for (let step = 0; high - low.words > 1 && low.tokens < tokens; step++) {
    const guess = low.words + Math.max(1, Math.floor((tokens - low.tokens) / Math.max(rate, 0.01)));
    const words = step < 8 || high === Infinity ? Math.min(guess, high - 1) : (low.words + high) >> 1;
    const counted = countOf(words);
    if (counted > base) rate = (counted - base) / words;
    if (counted > tokens) high = words;
    else low = { words, tokens: counted };
  }
  return low.words;
}

/** The same filler as often as it takes. */
function withEnding(
  text: string,
  tokens: number,
  count: (text: string) => number,
  random: Random,
): string | null {
  const missing = tokens - count(text);
  if (missing === 0 && text !== "") return text;
  if (missing < 0) return null;
  for (const filler of random.shuffled(fillers)) {
    let ended = text;
    for (let times = 1; times <= missing; times++) {
      ended += text === "" && times === 1 ? filler.trimStart() : filler;
      const still = tokens - count(ended);
      if (still === 0) return ended;
      if (still < 0) break;
    }
  }
  return null;
}

function unusable(
  name: string,
  found: string,
  expected = "synthetic:tokens=500, and if need be rows=200 and shared_prefix=100, parted by commas",
): UserError {
  return new UserError({
    action: "make the prompts",
    thing: name,
    found,
    expected,
    remedy: "Change s3_read_data.source_data_files.",
  });
}
