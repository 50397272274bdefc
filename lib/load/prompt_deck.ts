/** Which prompt each request of a level carries. */

import type { Random } from "../core/mod.ts";

/** A prompt that can be dealt. */
export interface Prompt {
  readonly payload_id: string;
  /** null = not known. */
  readonly prompt_tokens: number | null;
}

/** A prompt with how often it has come in this level, itself included. */
export interface Dealt {
  readonly payload_id: string;
  readonly prompt_use: number;
}

/** Deals prompts in rounds: none comes again before all have come. */
export class PromptDeck {
  readonly #prompts: readonly Prompt[];
  readonly #random: Random;
  readonly #byLength: boolean;
  #left: Prompt[] = [];
  #round = 0;

  /** @param byLength whether every prompt is asked for by its length, as a replayed trace does; else the order is shuffled */
  constructor(prompts: readonly Prompt[], random: Random, byLength = false) {
    this.#prompts = prompts;
    this.#random = random;
    this.#byLength = byLength;
  }

  /** The next prompt: by length the one nearest to `tokens` of those left in the round, of two equally near the shorter. */
  next(tokens = 0): Dealt {
    if (this.#left.length === 0) {
      this.#round++;
      const order = this.#random.shuffled(this.#prompts);
      // Taken from the end.
      this.#left = this.#byLength ? order.sort((a, b) => lengthOf(a) - lengthOf(b)) : order.reverse();
    }
    const { payload_id } = this.#byLength ? this.#nearest(tokens) : this.#left.pop()!;
    return { payload_id, prompt_use: this.#round };
  }

  #nearest(tokens: number): Prompt {
    let from = 0;
    let to = this.#left.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (lengthOf(this.#left[middle]!) < tokens) from = middle + 1;
      else to = middle;
    }
    const below = from === 0 ? Infinity : tokens - lengthOf(this.#left[from - 1]!);
    const above = from === this.#left.length ? Infinity : lengthOf(this.#left[from]!) - tokens;
    return this.#left.splice(below <= above ? from - 1 : from, 1)[0]!;
  }
}

const lengthOf = ({ prompt_tokens }: Prompt) => prompt_tokens ?? 0;
