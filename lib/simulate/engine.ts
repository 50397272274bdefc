/**
 * The timing model: when a continuous-batching engine would hand out each token. Pure: it is told the time, never asks
 * for it, so the same arrivals give the same deadlines however late the caller looks.
 *
 * A request takes one of `slots`, or waits in line (first come, first served). Prompts are prefilled one after the other at
 * `prefill_tokens_per_s`; the first token follows `base_ms` after its own prefill. Each further token is due one decode
 * step after the deadline of the one before; a step takes longer the more slots are taken at that moment.
 */

import { Heap } from "./heap.ts";

/** Parameters of the model. Times in milliseconds. */
export interface Timing {
  /** From the end of the prefill to the first token. */
  readonly base_ms: number;
  /** Prompt tokens a second, shared by all requests. */
  readonly prefill_tokens_per_s: number;
  /** One decode step with a single request running. */
  readonly decode_ms: number;
  /** What each further running request adds to a step. */
  readonly decode_ms_per_sequence: number;
  /** Requests that run at once; the rest wait. */
  readonly slots: number;
  /** Each wait (base, step) is multiplied by a factor drawn uniformly from [1 - jitter, 1 + jitter). 0 = none. */
  readonly jitter: number;
}

/** By how much a request is served at another pace than the timing model's. */
export interface Pace {
  /** What its prefill and base time are multiplied by. */
  readonly ttft_factor: number;
  /** What its tokens a second are multiplied by. */
  readonly speed_factor: number;
}

/** What a request asks of the engine. */
export interface Work {
  readonly prompt_tokens: number;
  /** At least 1. */
  readonly completion_tokens: number;
  /** Uniform numbers in [0, 1) for this request's jitter. */
  readonly draw: () => number;
  /** Absent: the model's own. */
  readonly pace?: Pace;
}

/** Something that is due: the request got its slot, or its token number `index` (from 0) is to be sent. */
export interface Step<T> {
  readonly kind: "admitted" | "token";
  readonly at: number;
  readonly request: T;
  /** 0 for `admitted`. */
  readonly index: number;
  readonly last: boolean;
}

interface Sequence<T> {
  readonly request: T;
  readonly work: Work;
  running: boolean;
  gone: boolean;
}

interface Entry<T> {
  readonly step: Step<T>;
  readonly sequence: Sequence<T>;
}

/** The state of one engine. Times given to it must not run backwards; earlier ones count as the latest seen. */
export class Engine<T> {
  readonly #timing: Timing;
  readonly #steps = new Heap<Entry<T>>();
  readonly #queue: Sequence<T>[] = [];
  readonly #sequences = new Map<T, Sequence<T>>();
  #running = 0;
  #prefillFree = -Infinity;
  #time = -Infinity;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** Requests that hold a slot. */
  get running(): number {
    return this.#running;
  }

  /** Requests that wait for a slot. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Hands in a request at a moment. Throws RangeError for an answer without tokens. */
  submit(request: T, work: Work, at: number): void {
    if (!(work.completion_tokens >= 1)) {
      throw new RangeError(`Cannot run a request of ${work.completion_tokens} tokens: expected at least 1`);
    }
    const sequence: Sequence<T> = { request, work, running: false, gone: false };
    this.#sequences.set(request, sequence);
    this.#time = Math.max(this.#time, at);
    if (this.#running < this.#timing.slots) this.#admit(sequence, this.#time);
    else this.#queue.push(sequence);
  }

  /** Takes a request out (its client left); its slot goes to the next in line. Unknown and ended ones are ignored. */
  cancel(request: T, at: number): void {
    const sequence = this.#sequences.get(request);
    if (sequence === undefined) return;
    this.#time = Math.max(this.#time, at);
    this.#end(sequence, this.#time);
  }

  /** When the next step is due; null when nothing is. */
  next(): number | null {
    return this.#front()?.step.at ?? null;
  }

  /** Takes the earliest step due at or before `until`; null when there is none. */
  take(until: number): Step<T> | null {
    const entry = this.#front();
    if (entry === null || entry.step.at > until) return null;
    this.#steps.pop();
    const { step, sequence } = entry;
    this.#time = Math.max(this.#time, step.at);
    if (step.kind === "token") {
      if (step.last) this.#end(sequence, step.at);
      else this.#plan(sequence, step.index + 1, step.at + this.#decodeStep(sequence));
    }
    return step;
  }

  #front(): Entry<T> | null {
    let entry = this.#steps.peek();
    while (entry?.sequence.gone) {
      this.#steps.pop();
      entry = this.#steps.peek();
    }
    return entry;
  }

  #admit(sequence: Sequence<T>, at: number): void {
    const { base_ms, prefill_tokens_per_s } = this.#timing;
    const { request, work } = sequence;
    sequence.running = true;
    this.#running++;
    const share = work.pace?.ttft_factor ?? 1;
    const prefill = work.prompt_tokens / prefill_tokens_per_s * 1000 * share;
    this.#prefillFree = Math.max(this.#prefillFree, at) + prefill;
    this.#steps.push(at, { step: { kind: "admitted", at, request, index: 0, last: false }, sequence });
    this.#plan(sequence, 0, this.#prefillFree + base_ms * share * this.#factor(sequence));
  }

  #plan(sequence: Sequence<T>, index: number, at: number): void {
    const { request, work } = sequence;
    const last = index === work.completion_tokens - 1;
    this.#steps.push(at, { step: { kind: "token", at, request, index, last }, sequence });
  }

  #end(sequence: Sequence<T>, at: number): void {
    sequence.gone = true;
    this.#sequences.delete(sequence.request);
    if (!sequence.running) {
      this.#queue.splice(this.#queue.indexOf(sequence), 1);
      return;
    }
    this.#running--;
    const following = this.#queue.shift();
    if (following !== undefined) this.#admit(following, at);
  }

  #decodeStep(sequence: Sequence<T>): number {
    const { decode_ms, decode_ms_per_sequence } = this.#timing;
    const step = decode_ms + decode_ms_per_sequence * (this.#running - 1);
    return step / (sequence.work.pace?.speed_factor ?? 1) * this.#factor(sequence);
  }

  #factor(sequence: Sequence<T>): number {
    const { jitter } = this.#timing;
    return jitter === 0 ? 1 : 1 + jitter * (2 * sequence.work.draw() - 1);
  }
}
