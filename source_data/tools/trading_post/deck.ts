/** Draws words without repeating itself and fills them into sentences. */

import { type Random, seededRandom } from "../../../lib/core/random.ts";

export type Pools = Readonly<Record<string, readonly string[]>>;

/** What a language needs for numbers and sums of money. */
export interface Wording {
  readonly pools: Pools;
  readonly numbers: readonly string[];
  readonly price: (random: Random) => string;
}

/**
 * One archive file's worth of words: names and things are drawn without replacement, so that every person and ship of
 * a context is someone else.
 *
 * Sentences are written in a small notation: `{a|b}` is one of several, `<pool>` a word of that pool (`person`, `Mr` and `Miss` are full names), `<x=pool>` the same
 * and remembered as `x`, `<x>` what was remembered, `<n:3-20>` a number, `<w:3-20>` a number in words, `<price>` a sum.
 */
export class Deck {
  readonly random: Random;
  readonly #wording: Wording;
  readonly #left = new Map<string, string[]>();
  readonly #names = new Set<string>();
  readonly #kept = new Set<string>();

  constructor(seed: number, name: readonly (string | number)[], wording: Wording) {
    this.random = seededRandom(seed, name);
    this.#wording = wording;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)]!;
  }

  /** A word of a pool that this deck has not given yet; when none is left, any that was not kept. */
  draw(pool: string): string {
    if (pool === "person") return this.#person(this.pick(["man", "woman"]));
    if (pool === "Mr") return this.#person("man");
    if (pool === "Miss") return this.#person("woman");
    if (pool === "price") return this.#wording.price(this.random);
    const words = this.#wording.pools[pool];
    if (words === undefined) throw new Error(`No pool "${pool}"`);
    let left = this.#left.get(pool) ?? [];
    if (left.length === 0) left = this.random.shuffled(words.filter((word) => !this.#kept.has(word)));
    const word = left.pop() ?? this.pick(words);
    this.#left.set(pool, left);
    return word;
  }

  /** Draws a word that no later draw gives again. */
  keep(pool: string): string {
    const word = this.draw(pool);
    this.#kept.add(word);
    return word;
  }

  /** Writes a sentence with a capital first letter; what it remembers is added to `slots`. */
  say(template: string, slots: Record<string, string> = {}): string {
    const text = this.fill(template, slots);
    return text.charAt(0).toLocaleUpperCase() + text.slice(1);
  }

  fill(template: string, slots: Record<string, string>): string {
    let text = template;
    while (/\{[^{}]*\}/.test(text)) {
      text = text.replace(/\{([^{}]*)\}/g, (_, choices: string) => this.pick(choices.split("|")));
    }
    return text.replace(/<([^<>]+)>/g, (_, slot: string) => {
      const [name, pool] = slot.split("=");
      if (pool !== undefined) return (slots[name!] = this.#word(pool));
      return slots[slot] ?? this.#word(slot);
    });
  }

  #word(slot: string): string {
    const range = /^([nw]):(\d+)-(\d+)$/.exec(slot);
    if (range === null) return this.draw(slot);
    const [, form, low, high] = range;
    const value = Number(low) + this.random.below(Number(high) - Number(low) + 1);
    return form === "w" ? this.#wording.numbers[value]! : value.toLocaleString("en-US");
  }

  #person(first: string): string {
    for (;;) {
      const name = `${this.draw(first)} ${this.draw("surname")}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }
}
