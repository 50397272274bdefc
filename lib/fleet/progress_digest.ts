/** Progress of one worker, told less often than its process tells it: a large fleet has one controller. */

import type { FromWorker } from "../load/mod.ts";

type Progress = Extract<FromWorker, { progress: number }>;

/** Keeps progress for a while; whatever else is said goes at once, after what was kept. */
export class ProgressDigest {
  readonly #say: (message: FromWorker) => void;
  readonly #wait_ms: number;
  #kept: Progress | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param wait_ms longest time from a worker's progress until it is told on */
  constructor(wait_ms: number, say: (message: FromWorker) => void) {
    this.#wait_ms = wait_ms;
    this.#say = say;
  }

  take(message: FromWorker): void {
    if (!("progress" in message)) {
      this.flush();
      return this.#say(message);
    }
    if (this.#kept !== null && this.#kept.progress !== message.progress) this.flush();
    const latencies = [...this.#kept?.e2e_ms ?? [], ...message.e2e_ms ?? []];
    this.#kept = { ...message, ...latencies.length === 0 ? {} : { e2e_ms: latencies } };
    this.#timer ??= setTimeout(() => this.flush(), this.#wait_ms);
  }

  /** Tells what is kept. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#kept !== null) this.#say(this.#kept);
    this.#kept = null;
  }
}
