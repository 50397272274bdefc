/** The attempts under way, so that a stop reaches each of them. */

/**
 * Hands out a signal for each attempt. Thousands of listeners on one signal would not do: it goes through all of them
 * whenever one comes or leaves.
 */
export class InFlight {
  readonly #open = new Set<AbortController>();
  readonly #stop: AbortSignal;
  readonly #may: () => boolean;

  /**
   * @param stop aborts every signal handed out
   * @param may asked before every attempt: false, and it is not made. @default there is no time to it
   */
  constructor(stop: AbortSignal, may: () => boolean = () => true) {
    this.#stop = stop;
    this.#may = may;
    stop.addEventListener("abort", () => this.#open.forEach((attempt) => attempt.abort()), { once: true });
  }

  /** Ends those that are under way now, as a stop would; later ones are not touched. */
  cut(): void {
    for (const attempt of this.#open) attempt.abort();
  }

  /** Calls `work` with a signal of its own. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = new AbortController();
    if (this.#stop.aborted || !this.#may()) own.abort();
    this.#open.add(own);
    try {
      return await work(own.signal);
    } finally {
      this.#open.delete(own);
    }
  }
}
