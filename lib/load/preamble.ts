/** What stands before a prompt: a prefix that all requests share, and a salt that none shares. */

import { type Level, type Payload, seededRandom } from "../core/mod.ts";

/** Common English words of one token each in the usual vocabularies; what they say does not matter. */
const words = (
  "the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one " +
  "you were all her she there would their we him been has when who will no more if out so up said what its about than " +
  "into them can only other time new some could these two may first then do any like my now over such our man me even " +
  "most made after also did many off before must well back through years much where your way down should because long " +
  "each just state those people too make world very still see men work here life both being under never day same another"
).split(" ");

/** Tokens of a text; what counts them is the caller's. */
export type CountTokens = (text: string) => number;

/** A token for each of these words and each full stop: what the usual vocabularies make of them, but for a few. */
const estimate: CountTokens = (text) => text.split(" ").length + text.split(".").length - 1;

/** The first `count` words of the seed's text, with a full stop now and then. The same seed gives the same text. */
export function prefixText(seed: number, count: number): string {
  const random = seededRandom(seed, "shared prefix");
  return Array.from({ length: count }, (_, i) => {
    const word = words[random.below(words.length)]!;
    return i % 12 === 11 ? `${word}.` : word;
  }).join(" ");
}

/**
 * How many words make a shared prefix of about so many tokens.
 *
 * @param count counts tokens. @default an estimate: a token for each word and each full stop
 * @returns the words, and the tokens they were counted to be: at most one word's more than asked
 */
export function sharedPrefix(
  tokens: number,
  seed: number,
  count: CountTokens = estimate,
): { readonly tokens: number; readonly words: number } {
  if (tokens < 1) return { tokens: 0, words: 0 };
  const counted = (words: number) => count(prefixText(seed, words));
  let low = 0;
  let high = 1;
  while (counted(high) < tokens) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (counted(middle) < tokens) low = middle;
    else high = middle;
  }
  return { tokens: counted(high), words: high };
}

/** Puts what belongs before the prompts of a level there. */
export class Preamble {
  readonly #prefix: string;
  readonly #salted: boolean;

  constructor(
    { shared_prefix, cache_busting }: Pick<Level, "shared_prefix" | "cache_busting">,
    seed: number,
  ) {
    this.#prefix = shared_prefix === null ? "" : `${prefixText(seed, shared_prefix.words)}\n\n`;
    this.#salted = cache_busting;
  }

  /**
   * The prompt as it is sent. The salt follows the shared prefix: with both, the prefix alone can be found in a cache.
   *
   * @param salt unique to the attempt
   */
  before(prompt: string, salt: string): string {
    return `${this.#prefix}${this.#salted ? `[${salt}]\n` : ""}${prompt}`;
  }

  /** A payload whose conversation, if it has one, begins with the same: its first message has it. */
  beforeMessages(payload: Payload, salt: string): Payload {
    const [first, ...rest] = payload.messages ?? [];
    if (first === undefined || this.before("", salt) === "") return payload;
    return { ...payload, messages: [{ ...first, content: this.before(first.content, salt) }, ...rest] };
  }
}
