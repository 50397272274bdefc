/** Sleepers in the order of their deadlines. */

interface Sleeper {
  readonly at_ms: number;
  readonly wake: () => void;
}

export class Deadlines {
  /** Latest first: the next one is at the end. */
  readonly #sleepers: Sleeper[] = [];

  /** The next deadline; Infinity when nobody sleeps. */
  get next_ms(): number {
    return this.#sleepers.at(-1)?.at_ms ?? Infinity;
  }

  /** Calls `wake` at the deadline; returns what takes it back. */
  add(at_ms: number, wake: () => void): () => void {
    const sleeper = { at_ms, wake };
    let low = 0;
    let high = this.#sleepers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sleepers[middle]!.at_ms > at_ms) low = middle + 1;
      else high = middle;
    }
    this.#sleepers.splice(low, 0, sleeper);
    return () => {
      const place = this.#sleepers.indexOf(sleeper);
      if (place >= 0) this.#sleepers.splice(place, 1);
    };
  }

  /** Wakes whose deadline has come. Returns whether there was one. */
  wakeUntil(now_ms: number): boolean {
    let any = false;
    while (this.next_ms <= now_ms) {
      this.#sleepers.pop()!.wake();
      any = true;
    }
    return any;
  }
}
