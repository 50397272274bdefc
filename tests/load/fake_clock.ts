import type { Clock } from "../../lib/core/mod.ts";

/** A clock that jumps to the next thing due whenever everyone waits. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #due: { at: number; wake: () => void }[] = [];
  now = () => this.#now;
  date = () => new Date(this.#now);
  sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      this.#due.push({ at, wake: resolve });
    });
  }
  async run(until: Promise<unknown>): Promise<void> {
    let over = false;
    until.finally(() => over = true);
    for (;;) {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      if (over) return;
      this.#due.sort((a, b) => a.at - b.at);
      const next = this.#due.shift();
      if (next === undefined) throw new Error("everyone waits for nothing");
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
