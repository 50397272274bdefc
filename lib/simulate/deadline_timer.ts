/**
 * Wakes the event loop at a deadline. A timer of the event loop is a millisecond late; a thread that sleeps on shared
 * memory and wakes it through `Atomics.waitAsync` is about a tenth of that.
 */

/** Positions in shared memory: two 32-bit counters (orders to the thread, its wake-ups), then two times. */
const orders = 0;
const wakes = 1;
/** The deadline that is set, and the one that the thread has seen come last. */
const set = 0;
const come = 1;

/** One deadline at a time, in milliseconds of `time.ts`. */
export class DeadlineTimer {
  readonly #signals: Int32Array<SharedArrayBuffer>;
  readonly #times: Float64Array<SharedArrayBuffer>;
  readonly #thread: Worker;
  readonly #watching: Promise<void>;
  #closed = false;

  /** @param onDue called once for each deadline that has come; must not throw */
  constructor(onDue: () => void) {
    const memory = new SharedArrayBuffer(24);
    this.#signals = new Int32Array(memory, 0, 2);
    this.#times = new Float64Array(memory, 8, 2);
    this.#times.fill(Infinity);
    this.#thread = new Worker(new URL("./deadline_thread.ts", import.meta.url), { type: "module" });
    this.#thread.postMessage(memory);
    this.#watching = this.#watch(onDue);
  }

  /** Sets the deadline in place of the one before; null = none. */
  arm(at: number | null): void {
    const deadline = at ?? Infinity;
    if (this.#closed || deadline === this.#times[set]) return;
    this.#order(deadline);
  }

  /** Ends the thread; resolves when it has. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#order(NaN);
    Atomics.add(this.#signals, wakes, 1);
    Atomics.notify(this.#signals, wakes);
    await this.#watching;
    this.#thread.terminate();
  }

  #order(deadline: number): void {
    this.#times[set] = deadline;
    Atomics.add(this.#signals, orders, 1);
    Atomics.notify(this.#signals, orders);
  }

  async #watch(onDue: () => void): Promise<void> {
    let seen = 0;
    while (!this.#closed) {
      const current = Atomics.load(this.#signals, wakes);
      if (current === seen) {
        const wait = Atomics.waitAsync(this.#signals, wakes, current);
        if (wait.async) await wait.value;
        continue;
      }
      seen = current;
      // It may have come just as another one took its place, and is then nobody's any more.
      if (this.#times[come] !== this.#times[set]) continue;
      this.#times[set] = Infinity;
      onDue();
    }
  }
}
