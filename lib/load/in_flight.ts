/** The attempts under way, so that a stop reaches each of them. */

/**
 * Hands out a signal for each attempt. Thousands of listeners on one signal would not do: it goes through all of them
 * whenever one comes or leaves.
 */
export class InFlight {
  readonly #open = new Set<AbortController>();
  readonly #stop: AbortSignal;

  /** @param stop aborts every signal handed out */
  constructor(stop: AbortSignal) {
    this.#stop = stop;
    stop.addEventListener("abort", () => this.#open.forEach((attempt) => attempt.abort()), { once: true });
  }

  /** Calls `work` with a signal of its own. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = new AbortController();
    if (this.#stop.aborted) own.abort();
    this.#open.add(own);
    try {
      return await work(own.signal);
    } finally {
      this.#open.delete(own);
    }
  }
}
