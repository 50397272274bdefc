/**
 * A clock that wakes the event loop on time. A timer of the event loop is a millisecond late; a thread that sleeps on
 * shared memory until the deadline and wakes the loop through `Atomics.waitAsync` is about a tenth of that, without
 * spinning.
 */

import type { Clock } from "../core/mod.ts";

/** A clock with a thread of its own. */
export interface DeadlineClock extends Clock {
  /** Ends the thread; who still sleeps, sleeps on. */
  close(): Promise<void>;
}

/** Positions in shared memory: two 32-bit counters (orders to the thread, its wake-ups), then the deadline. */
const orders = 0;
const wakes = 1;

/**
 * Starts the thread and resolves when it is ready.
 *
 * @param now milliseconds on the time line of the deadlines
 */
export async function startDeadlineClock(now: () => number): Promise<DeadlineClock> {
  // As text, so that the thread needs no permission to read a file.
  const source = new Blob([`(${thread.toString()})()`], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  const worker = new Worker(url, { type: "module" });
  const memory = new SharedArrayBuffer(16);
  const ready = new Promise((resolve) => worker.addEventListener("message", resolve, { once: true }));
  worker.postMessage(memory);
  await ready;
  URL.revokeObjectURL(url);
  return new ThreadClock(worker, memory, now);
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

class ThreadClock implements DeadlineClock {
  readonly now: () => number;
  readonly #worker: Worker;
  readonly #signals: Int32Array<SharedArrayBuffer>;
  readonly #deadline: Float64Array<SharedArrayBuffer>;
  readonly #watching: Promise<void>;
  /** The last is due first. */
  #sleepers: Sleeper[] = [];
  #armed = Infinity;
  #closed = false;

  constructor(worker: Worker, memory: SharedArrayBuffer, now: () => number) {
    this.now = now;
    this.#worker = worker;
    this.#signals = new Int32Array(memory, 0, 2);
    this.#deadline = new Float64Array(memory, 8, 1);
    this.#watching = this.#watch();
  }

  date(): Date {
    return new Date();
  }

  sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (at <= this.now()) return resolve();
      const sleeper: Sleeper = {
        at,
        wake() {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      let place = this.#sleepers.length;
      while (place > 0 && this.#sleepers[place - 1]!.at <= at) place--;
      this.#sleepers.splice(place, 0, sleeper);
      this.#arm();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#order(NaN);
    Atomics.add(this.#signals, wakes, 1);
    Atomics.notify(this.#signals, wakes);
    await this.#watching;
    this.#worker.terminate();
  }

  #arm(): void {
    const at = this.#sleepers.at(-1)?.at ?? Infinity;
    if (this.#closed || at >= this.#armed) return;
    this.#armed = at;
    // The thread's own clock has another zero: what both know is the time since the epoch.
    this.#order(at - this.now() + performance.now() + performance.timeOrigin);
  }

  #order(deadline: number): void {
    this.#deadline[0] = deadline;
    Atomics.add(this.#signals, orders, 1);
    Atomics.notify(this.#signals, orders);
  }

  async #watch(): Promise<void> {
    let seen = 0;
    while (!this.#closed) {
      const current = Atomics.load(this.#signals, wakes);
      if (current === seen) {
        const wait = Atomics.waitAsync(this.#signals, wakes, current);
        if (wait.async) await wait.value;
        continue;
      }
      seen = current;
      this.#armed = Infinity;
      while (this.#sleepers.length > 0 && this.#sleepers.at(-1)!.at <= this.now()) {
        this.#sleepers.pop()!.wake();
      }
      this.#arm();
    }
  }
}

/** The program of the thread: complete in itself, because it travels as text. */
function thread(): void {
  const self = globalThis as unknown as {
    onmessage: (event: MessageEvent<SharedArrayBuffer>) => void;
    postMessage(message: unknown): void;
    close(): void;
  };
  self.onmessage = ({ data }) => {
    const signals = new Int32Array(data, 0, 2);
    const deadline = new Float64Array(data, 8, 1);
    deadline[0] = Infinity;
    self.postMessage("ready");
    while (true) {
      const seen = Atomics.load(signals, 0);
      const left = deadline[0]! - (performance.timeOrigin + performance.now());
      if (Number.isNaN(left)) break;
      if (left > 0) {
        Atomics.wait(signals, 0, seen, left);
        continue;
      }
      Atomics.add(signals, 1, 1);
      Atomics.notify(signals, 1);
      Atomics.wait(signals, 0, seen);
    }
    self.close();
  };
}
