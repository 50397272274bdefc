/** One replica at work: requests in, moments of their ends out. Time is told, never asked for. */

import type { ReplicaModel } from "./replica_model.ts";

/**
 * A queue whose server is shared: with n requests at work each advances at the pace of n, so that all of them count on one
 * common progress, and a request ends when the progress has grown by its work. Times must not run backwards.
 */
export class Replica {
  /** When the next request ends, unless another one starts before; Infinity: none is at work. */
  nextEnd = Infinity;
  /** Requests at work and in line. */
  inFlight = 0;
  readonly #model: ReplicaModel;
  readonly #ended: (request: number, at: number) => void;
  /** A heap of those at work: progress at which each ends, and who it is. */
  readonly #targets: Float64Array;
  readonly #requests: Int32Array;
  #working = 0;
  #progress = 0;
  #time = 0;
  /** Who waits, with the rank of the work, from `#head` on. */
  #line: number[] = [];
  #head = 0;

  constructor(model: ReplicaModel, ended: (request: number, at: number) => void) {
    this.#model = model;
    this.#ended = ended;
    this.#targets = new Float64Array(model.slots + 1);
    this.#requests = new Int32Array(model.slots + 1);
  }

  /** Takes a request in, after `advance` to the same moment. @param rank which of the measured times it takes, in [0, 1) */
  arrive(request: number, rank: number): void {
    this.inFlight++;
    if (this.#working < this.#model.slots) this.#start(request, rank);
    else this.#line.push(request, rank);
    this.#foresee();
  }

  /** Lets requests end that do so by then. */
  advance(until: number): void {
    while (this.nextEnd <= until) {
      this.#time = this.nextEnd;
      this.#progress = this.#targets[0]!;
      this.#ended(this.#requests[0]!, this.#time);
      this.#pop();
      this.inFlight--;
      if (this.#head < this.#line.length) {
        this.#start(this.#line[this.#head]!, this.#line[this.#head + 1]!);
        this.#head += 2;
        if (this.#head > 4096 && this.#head * 2 > this.#line.length) {
          this.#line = this.#line.slice(this.#head);
          this.#head = 0;
        }
      }
      this.#foresee();
    }
    if (this.#working > 0) this.#progress += (until - this.#time) / this.#model.pace_ms[this.#working]!;
    this.#time = until;
  }

  #foresee(): void {
    this.nextEnd = this.#working === 0
      ? Infinity
      : this.#time + Math.max(0, this.#targets[0]! - this.#progress) * this.#model.pace_ms[this.#working]!;
  }

  #start(request: number, rank: number): void {
    const works = this.#model.work[this.#working + 1]!;
    const target = this.#progress + works[Math.floor(rank * works.length)]!;
    const [targets, requests] = [this.#targets, this.#requests];
    let position = this.#working++;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (targets[parent]! <= target) break;
      targets[position] = targets[parent]!;
      requests[position] = requests[parent]!;
      position = parent;
    }
    targets[position] = target;
    requests[position] = request;
  }

  #pop(): void {
    const [targets, requests] = [this.#targets, this.#requests];
    const last = --this.#working;
    const target = targets[last]!;
    const request = requests[last]!;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= last) break;
      if (child + 1 < last && targets[child + 1]! < targets[child]!) child++;
      if (targets[child]! >= target) break;
      targets[position] = targets[child]!;
      requests[position] = requests[child]!;
      position = child;
    }
    targets[position] = target;
    requests[position] = request;
  }
}
