/** Runs an engine in real time: what it decides is delivered at its deadline. */

import { DeadlineTimer } from "./deadline_timer.ts";
import { Engine, type Timing, type Work } from "./engine.ts";
import { now } from "./time.ts";

/** Who is told what is due. Must not throw. */
export interface Receiver {
  /** The request got its slot. */
  admitted(): void;
  /** Token `index` (from 0) was due at `at`. */
  token(index: number, at: number, last: boolean): void;
}

export class Scheduler {
  readonly #engine: Engine<Receiver>;
  readonly #timer: DeadlineTimer;
  #armed = -Infinity;

  constructor(timing: Timing) {
    this.#engine = new Engine(timing);
    this.#timer = new DeadlineTimer(() => this.#run(Math.max(now(), this.#armed)));
  }

  /** Hands in a request that was received at `at`; its receiver hears of it until its last token or `cancel`. */
  submit(receiver: Receiver, work: Work, at: number): void {
    this.#deliver(at);
    this.#engine.submit(receiver, work, at);
    this.#run(now());
  }

  cancel(receiver: Receiver): void {
    const at = now();
    this.#deliver(at);
    this.#engine.cancel(receiver, at);
    this.#run(at);
  }

  close(): Promise<void> {
    return this.#timer.close();
  }

  #run(until: number): void {
    this.#deliver(until);
    const next = this.#engine.next();
    this.#armed = next ?? -Infinity;
    this.#timer.arm(next);
  }

  #deliver(until: number): void {
    for (let step = this.#engine.take(until); step !== null; step = this.#engine.take(until)) {
      if (step.kind === "admitted") step.request.admitted();
      else step.request.token(step.index, step.at, step.last);
    }
  }
}
