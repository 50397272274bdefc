/** How late the timers of this process are: what a busy machine does to an event loop beside the workers. */

const every_ms = 10;

export class LoopLag {
  readonly #now: () => number;
  readonly #samples: { readonly at: number; readonly late_ms: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  start(): void {
    const due = this.#now() + every_ms;
    this.#timer = setTimeout(() => {
      const at = this.#now();
      this.#samples.push({ at, late_ms: at - due });
      this.start();
    }, every_ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Lateness of the timers that fired between two moments, in milliseconds. */
  between(from: number, to: number): number[] {
    return this.#samples.filter(({ at }) => at >= from && at <= to).map(({ late_ms }) =>
      Math.max(0, late_ms)
    );
  }
}
