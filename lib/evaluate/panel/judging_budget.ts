/** The most that judging may take: looked at before every call. */

import type { JudgingCap } from "./judging_options.ts";

/** Money is set aside for a call by an upper estimate, and given back when the call is over, so that the cap holds. */
export class JudgingBudget {
  /** The cap that was met; null: none. */
  reached: "dollars" | "calls" | null = null;
  readonly #dollars: number | null;
  readonly #calls: number | null;
  #spent: number;
  #made: number;
  #reserved = 0;
  #settled = Promise.withResolvers<void>();

  /** @param spent, made in earlier starts */
  constructor({ dollars = null, calls = null }: JudgingCap, spent: number, made: number) {
    this.#dollars = dollars;
    this.#calls = calls;
    this.#spent = spent;
    this.#made = made;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Whether a call that costs at most so much may be made. Waits for what is in flight where only that stands in the way. */
  async take(estimate: number): Promise<boolean> {
    for (;;) {
      if (this.#calls !== null && this.#made >= this.#calls) return this.#refuse("calls");
      if (this.#dollars === null || this.#spent + this.#reserved + estimate <= this.#dollars) {
        this.#made++;
        this.#reserved += estimate;
        return true;
      }
      if (this.#reserved === 0) return this.#refuse("dollars");
      await this.#settled.promise;
    }
  }

  /** The call is over. */
  settle(estimate: number, cost: number): void {
    this.#reserved = Math.max(0, this.#reserved - estimate);
    // What is left of a sum that has come down to nothing is rounding.
    if (this.#reserved < 1e-12) this.#reserved = 0;
    this.#spent += cost;
    this.#settled.resolve();
    this.#settled = Promise.withResolvers();
  }

  #refuse(by: "dollars" | "calls"): false {
    this.reached ??= by;
    return false;
  }
}
