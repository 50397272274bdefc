/** Drawing rows by a seed. */

import type { Random } from "../core/mod.ts";

/**
 * A sample of equal chances from a stream of which nobody knows how long it is (Vitter's algorithm R). Keeps what it has
 * chosen, nothing else.
 */
export class Reservoir<T> {
  readonly #size: number;
  readonly #random: Random;
  readonly #chosen: T[] = [];
  #offered = 0;

  /** @param size most items to choose */
  constructor(size: number, random: Random) {
    this.#size = size;
    this.#random = random;
  }

  /** How many items there were to choose from. */
  get offered(): number {
    return this.#offered;
  }

  offer(item: T): void {
    this.#offered++;
    if (this.#chosen.length < this.#size) this.#chosen.push(item);
    else {
      const place = this.#random.below(this.#offered);
      if (place < this.#size) this.#chosen[place] = item;
    }
  }

  /** The sample, in no order that means anything. */
  chosen(): readonly T[] {
    return this.#chosen;
  }
}
