/** One level as a worker sends it. */

import {
  type Clock,
  type Level,
  type LevelEnd,
  type Payload,
  type PlannedRequest,
  seededRandom,
  type Status,
  systemClock,
} from "../core/mod.ts";
import { type Predictor, waitBeforeRetry } from "../predict/mod.ts";
import type { Journal } from "../storage/mod.ts";
import { attempt, type AttemptContext, type AttemptOptions, prepare, type Prepared } from "./attempt.ts";
import { Balancer } from "./balancer.ts";
import { closedLoop } from "./closed_loop.ts";
import type { InFlight } from "./in_flight.ts";
import { promptsFileOf } from "./level_spec.ts";
import type { ProgressMessage } from "./messages.ts";
import { openLoop } from "./open_loop.ts";
import { Preamble } from "./preamble.ts";
import { startDelays } from "./stagger.ts";

/** What the levels of a worker share. */
export interface LevelContext {
  readonly seed: number;
  readonly attempts: AttemptContext;
  readonly inFlight: InFlight;
  readonly journal: Journal;
  /** Prompts by payload file and id. */
  readonly payloads: ReadonlyMap<string, ReadonlyMap<string, Payload>>;
  /** What talks to the level's endpoint: one for each of its copies. */
  readonly predictors: readonly Predictor[];
  /** On the time line of the transport; keeps the due times of the open loop. */
  readonly clock: Clock;
  /** Mean service time by endpoint name, of what was sent so far. */
  readonly expected: Map<string, number>;
}

/** Open loop, for requests that take a millisecond to make: how long ahead they are made, and when it is too late to begin. */
const signing = { horizon_ms: 100, spare_ms: 2 } as const;

/** A request that was made ahead of its time, and the copy that it was made for. */
interface Ready {
  readonly made: Prepared | Promise<Prepared>;
  readonly copy: number;
}

/** A level under way. */
export class LevelRun {
  readonly #level: Level;
  readonly #requests: readonly PlannedRequest[];
  readonly #context: LevelContext;
  readonly #preamble: Preamble;
  readonly #counts = { done: 0, errors: 0, cancelled: 0, service_ms: 0 };
  #latencies: number[] = [];
  /** Requests that are due soon and for which there was time. */
  readonly #prepared = new Map<PlannedRequest, Ready>();
  readonly #signs: boolean;
  /** null: the endpoint has one copy. */
  readonly #balancer: Balancer | null;

  constructor(level: Level, requests: readonly PlannedRequest[], context: LevelContext) {
    this.#level = level;
    this.#requests = requests;
    this.#context = context;
    this.#preamble = new Preamble(level, context.seed);
    const { seed, predictors, attempts: { worker, transport } } = context;
    this.#signs = predictors.some(({ signs }) => signs === true);
    this.#balancer = predictors.length === 1 ? null : new Balancer(
      predictors.length,
      seededRandom(seed, ["copy", worker, level.level]),
      () => transport.now(),
    );
  }

  /** Totals so far; latencies are told once. */
  progress(): ProgressMessage {
    const message = { progress: this.#level.level, ...this.#counts };
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
          ...this.#signs ? signing : {},
          prepare: (planned) => this.#prepare(planned),
          send: (planned, scheduled_ms) => this.#send(planned, scheduled_ms),
        }),
      }
      : await closedLoop({
        ...common,
        delays: this.#delays(this.#level.concurrency),
        duration_ms: this.#level.duration_ms,
        drain_ms: this.#level.drain_ms,
        clock: systemClock,
        ...this.#signs ? { prepare: (planned: PlannedRequest) => this.#prepare(planned) } : {},
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

  /** What one attempt needs; `made` counts the attempts of this segment, `copy` those of the endpoint. */
  #options(planned: PlannedRequest, made: number, copy: number): AttemptOptions {
    const level = this.#level;
    const file = promptsFileOf(level);
    const payload = this.#context.payloads.get(file)!.get(planned.payload_id);
    if (payload === undefined) throw new Error(`no payload ${planned.payload_id} in ${file}`);
    const salt = `${planned.request_id}-${(planned.attempts_before ?? 0) + made}`;
    return {
      planned,
      level,
      payload: this.#preamble.beforeMessages(payload, salt),
      predictor: this.#context.predictors[copy]!,
      replica: this.#balancer === null ? null : copy,
      prompt: this.#preamble.before(payload.prompt, salt),
      attempt: made,
    };
  }

  #prepare(planned: PlannedRequest): void | Promise<unknown> {
    const copy = this.#balancer?.take() ?? 0;
    const made = prepare(this.#options(planned, 1, copy), this.#context.attempts.transport);
    this.#prepared.set(planned, { made, copy });
    if (!(made instanceof Promise)) return;
    // What went wrong with it is found by the attempt, which has the same promise.
    return made.then((ready) => {
      if (this.#prepared.get(planned)?.made === made) this.#prepared.set(planned, { made: ready, copy });
    }, () => {});
  }

  /** What was made ahead for a request, if it would still go to that copy. */
  #readyFor(planned: PlannedRequest): Ready | undefined {
    const ready = this.#prepared.get(planned);
    if (ready === undefined) return;
    this.#prepared.delete(planned);
    if (this.#balancer === null || this.#balancer.stillFits(ready.copy)) return ready;
    this.#balancer.release(ready.copy);
  }

  /**
   * Sends a request, again if the policy says so; every attempt is a line of the journal. One that met a stale connection
   * says nothing of the endpoint: the first of them is followed by another at once, whatever the policy. Another attempt goes to
   * another copy, if there is one.
   */
  async #send(planned: PlannedRequest, scheduled_ms: number | null): Promise<Status> {
    const level = this.#level;
    const { seed, attempts: context, inFlight, journal } = this.#context;
    const earlier = planned.attempts_before ?? 0;
    let first_sent_ms: number | null = null;
    let spared = 0;
    let copy: number | null = null;
    for (let made = 1;; made++) {
      const ready = this.#readyFor(planned);
      copy = ready?.copy ?? this.#balancer?.take(copy) ?? 0;
      const options: AttemptOptions = {
        ...this.#options(planned, made, copy),
        scheduled_ms,
        first_sent_ms,
        ...ready === undefined ? {} : { prepared: ready.made },
      };
      const result = await inFlight.during((signal) => attempt(options, { ...context, signal }));
      this.#balancer?.ended(copy, result);
      journal.append(result.record);
      first_sent_ms ??= result.sent_ms;
      if (result.status === "ok" || context.signal.aborted) return this.#count(planned, result);
      if (result.stale && spared === 0) {
        spared++;
        continue;
      }
      const wait_ms = waitBeforeRetry(level.retry, result, {
        attempts: made - spared,
        random: seededRandom(seed, ["retry", planned.request_id, earlier + made]).next(),
        longest_ms: level.timeout_ms,
      });
      if (wait_ms === null || !await this.#waited(wait_ms)) return this.#count(planned, result);
    }
  }

  /** Whether the wait went by without a stop. */
  async #waited(ms: number): Promise<boolean> {
    try {
      const end = systemClock.now() + ms;
      await this.#context.inFlight.during((signal) => systemClock.sleepUntil(end, signal));
      return true;
    } catch {
      return false;
    }
  }

  #count(
    { phase }: PlannedRequest,
    { status, service_ms }: { status: Status; service_ms: number | null },
  ): Status {
    const counts = this.#counts;
    counts.done++;
    counts.service_ms += service_ms ?? 0;
    if (status === "error") counts.errors++;
    if (status === "cancelled") counts.cancelled++;
    if (this.#level.ci_width !== null && status === "ok" && phase === "measure" && service_ms !== null) {
      this.#latencies.push(service_ms);
    }
    return status;
  }
}
