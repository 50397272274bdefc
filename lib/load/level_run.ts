/** One level as a worker sends it. */

import {
  type Clock,
  type Level,
  type LevelEnd,
  type PlannedRequest,
  type Status,
  systemClock,
} from "../core/mod.ts";
import type { Attempt } from "./attempt.ts";
import { closedLoop } from "./closed_loop.ts";
import type { ProgressMessage } from "./messages.ts";
import { openLoop } from "./open_loop.ts";
import { RequestSender, type SenderContext } from "./request_sender.ts";
import { startDelays } from "./stagger.ts";
import { Tally } from "./tally.ts";

/** What the levels of a worker share. */
export interface LevelContext extends SenderContext {
  /** On the time line of the transport; keeps the due times of the open loop. */
  readonly clock: Clock;
  /** Mean service time by endpoint name, of what was sent so far. */
  readonly expected: Map<string, number>;
}

/** Open loop, for requests that take a millisecond to make: how long ahead they are made, and when it is too late to begin. */
const signing = { horizon_ms: 100, spare_ms: 2 } as const;

/** A level under way. */
export class LevelRun {
  readonly #level: Level;
  readonly #requests: readonly PlannedRequest[];
  readonly #context: LevelContext;
  readonly #counts = new Tally();
  #latencies: number[] = [];
  readonly #sender: RequestSender;

  constructor(level: Level, requests: readonly PlannedRequest[], context: LevelContext) {
    this.#level = level;
    this.#requests = requests;
    this.#context = context;
    this.#sender = new RequestSender(level, context);
  }

  /** Totals so far; latencies are told once. */
  progress(): ProgressMessage {
    const message = { progress: this.#level.level, ...this.#counts.counts() };
    if (this.#latencies.length === 0) return message;
    const e2e_ms = this.#latencies;
    this.#latencies = [];
    return { ...message, e2e_ms };
  }

  /**
   * Sends the requests and resolves when all of them have ended.
   *
   * @param start_ms open loop: when the level begins, on the context's clock
   * @param signal ends the level: nothing new is sent
   */
  async run(start_ms: number, signal: AbortSignal): Promise<LevelEnd> {
    const { endpoint, stop_error_rate } = this.#level;
    const { expected } = this.#context;
    const common = { requests: this.#requests, signal, stop_error_rate };
    const { gave_up, timed_out } = this.#level.concurrency === null
      ? {
        timed_out: false,
        ...await openLoop({
          ...common,
          start_ms,
          max_in_flight: this.#level.max_in_flight,
          clock: this.#context.clock,
          ...this.#sender.signs ? signing : {},
          prepare: (planned) => this.#sender.prepare(planned),
          send: (planned, scheduled_ms) => this.#send(planned, scheduled_ms),
        }),
      }
      : await closedLoop({
        ...common,
        delays: this.#delays(this.#level.concurrency),
        duration_ms: this.#level.duration_ms,
        drain_ms: this.#level.drain_ms,
        clock: systemClock,
        ...this.#sender.signs ? { prepare: (planned: PlannedRequest) => this.#sender.prepare(planned) } : {},
        send: (planned) => this.#send(planned, null),
      });
    const { done, service_ms } = this.#counts;
    if (done > 0) expected.set(endpoint.endpoint_name, service_ms / done);
    return gave_up ? "error_rate" : timed_out ? "duration" : "requests";
  }

  #delays(concurrency: number): number[] {
    const { seed, expected } = this.#context;
    const { level, endpoint } = this.#level;
    const expected_ms = expected.get(endpoint.endpoint_name) ?? null;
    const delays = startDelays({ seed, level, concurrency, expected_ms });
    const slots = [...new Set(this.#requests.map(({ slot }) => slot))].sort((a, b) => a - b);
    return slots.map((slot) => delays[slot]!);
  }

  async #send(planned: PlannedRequest, scheduled_ms: number | null): Promise<Status> {
    return this.#count(planned, await this.#sender.send(planned, scheduled_ms));
  }

  #count({ phase }: PlannedRequest, attempt: Attempt): Status {
    const { status, service_ms } = attempt;
    this.#counts.take(attempt);
    if (this.#level.ci_width !== null && status === "ok" && phase === "measure" && service_ms !== null) {
      this.#latencies.push(service_ms);
    }
    return status;
  }
}
