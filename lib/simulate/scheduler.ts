/** Runs an engine in real time: what it decides is delivered at its deadline. */

import { DeadlineTimer } from "./deadline_timer.ts";
import { Engine, type Timing, type Work } from "./engine.ts";
import { Freeze } from "./freeze.ts";
import { now } from "./time.ts";

/** Who is told what is due. Must not throw. */
export interface Receiver {
  /** The request got its slot. */
  admitted(): void;
  /** Token `index` (from 0) was due at `at`. */
  token(index: number, at: number, last: boolean): void;
}

/**
 * The runtime writes at once only so often (128 times) before it goes back to its event loop, and what is beyond goes out
 * later than it is stamped. With as many requests behind, the loop is gone back to on purpose.
 */
const deliveriesAtOnce = 64;

/**
 * A wake-up costs more than a token. Where deadlines lie closer than this (milliseconds), several are met by one wake-up,
 * later by this at the most.
 */
const closest_ms = 0.2;

export class Scheduler {
  readonly #engine: Engine<Receiver>;
  readonly #freeze: Freeze;
  readonly #timer: DeadlineTimer;
  /** The step that the timer is set for, in the engine's time. */
  #armed = -Infinity;
  #ran = -Infinity;

  constructor(timing: Timing, freeze = new Freeze(null)) {
    this.#engine = new Engine(timing);
    this.#freeze = freeze;
    this.#timer = new DeadlineTimer(() => this.#due());
  }

  /** Hands in a request that was received at `at`; its receiver hears of it until its last token or `cancel`. */
  submit(receiver: Receiver, work: Work, at: number): void {
    this.#deliver(this.#freeze.dueUntil(at), Infinity);
    this.#engine.submit(receiver, work, this.#freeze.engineTime(at));
    this.#deliver(this.#freeze.dueUntil(now()), deliveriesAtOnce);
    this.#arm();
  }

  cancel(receiver: Receiver): void {
    const at = now();
    this.#deliver(this.#freeze.dueUntil(at), Infinity);
    this.#engine.cancel(receiver, this.#freeze.engineTime(at));
    this.#deliver(this.#freeze.dueUntil(at), deliveriesAtOnce);
    this.#arm();
  }

  close(): Promise<void> {
    return this.#timer.close();
  }

  #due(): void {
    const at = now();
    const frozen = this.#freeze.thawed(at) !== at;
    const until = this.#freeze.dueUntil(at);
    this.#deliver(frozen ? until : Math.max(until, this.#armed), deliveriesAtOnce);
    this.#ran = now();
    this.#arm();
  }

  #arm(): void {
    const next = this.#engine.next();
    this.#armed = next ?? -Infinity;
    if (next === null) return this.#timer.arm(null);
    const real = this.#freeze.thawed(this.#freeze.realTime(next));
    this.#timer.arm(Math.max(real, this.#ran + closest_ms));
  }

  /** Delivers what is due through `until`, at most so many; both in the engine's terms. */
  #deliver(until: number, most: number): void {
    for (let delivered = 0; delivered < most; delivered++) {
      const step = this.#engine.take(until);
      if (step === null) return;
      if (step.kind === "admitted") step.request.admitted();
      else step.request.token(step.index, this.#freeze.realTime(step.at), step.last);
    }
  }
}
