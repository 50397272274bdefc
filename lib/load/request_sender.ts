/** Sends the requests of one level, each with the attempts that it takes; every attempt is a line of the journal. */

import { type Level, type Payload, type PlannedRequest, seededRandom, systemClock } from "../core/mod.ts";
import { type Predictor, waitBeforeRetry } from "../predict/mod.ts";
import type { Journal } from "../storage/mod.ts";
import type { AheadOptions } from "../transport/mod.ts";
import {
  type Attempt,
  attempt,
  type AttemptContext,
  type AttemptOptions,
  prepare,
  type Prepared,
} from "./attempt.ts";
import { Balancer } from "./balancer.ts";
import type { InFlight } from "./in_flight.ts";
import { promptsFileOf } from "./level_spec.ts";
import { Preamble } from "./preamble.ts";

/** What the senders of a worker share. */
export interface SenderContext {
  readonly seed: number;
  readonly attempts: AttemptContext;
  readonly inFlight: InFlight;
  readonly journal: Journal;
  /** Prompts by payload file and id. */
  readonly payloads: ReadonlyMap<string, ReadonlyMap<string, Payload>>;
  /** What talks to the level's endpoint: one for each of its copies. */
  readonly predictors: readonly Predictor[];
}

/** Decides over attempts beside the retry policy. */
export interface Overseer {
  /**
   * Resolves when an attempt may go out, to when it was due by the transport's clock; null: nothing more is sent.
   *
   * @param made the attempt's number within this segment, from 1
   */
  ready(planned: PlannedRequest, made: number): Promise<{ readonly scheduled_ms: number | null } | null>;
  /** Takes note of an attempt; what it gives goes into the journal. `again`: it is made again, and the policy does not count it. */
  ended(planned: PlannedRequest, attempt: Attempt): { readonly attempt: Attempt; readonly again: boolean };
}

/** A request that was made ahead of its time, and the copy that it was made for. */
interface Ready {
  readonly made: Prepared | Promise<Prepared>;
  readonly copy: number;
}

export class RequestSender {
  readonly #level: Level;
  readonly #context: SenderContext;
  readonly #preamble: Preamble;
  /** Requests that are due soon and for which there was time. */
  readonly #prepared = new Map<PlannedRequest, Ready>();
  /** Whether making a request takes work that is worth doing ahead. */
  readonly signs: boolean;
  /** null: the endpoint has one copy. */
  readonly #balancer: Balancer | null;

  constructor(level: Level, context: SenderContext) {
    this.#level = level;
    this.#context = context;
    this.#preamble = new Preamble(level, context.seed);
    const { seed, predictors, attempts: { worker, transport } } = context;
    this.signs = predictors.some(({ signs }) => signs === true);
    this.#balancer = predictors.length === 1 ? null : new Balancer(
      predictors.length,
      seededRandom(seed, ["copy", worker, level.level]),
      () => transport.now(),
    );
  }

  /**
   * Makes an attempt of a request, so that nothing but sending is left. It serves the next one that is sent of that request.
   *
   * @param attempt its number within this segment, from 1
   */
  prepare(planned: PlannedRequest, attempt = 1): void | Promise<unknown> {
    if (this.#prepared.has(planned)) return;
    const copy = this.#balancer?.take() ?? 0;
    const made = prepare(this.#options(planned, attempt, copy), this.#context.attempts.transport);
    this.#prepared.set(planned, { made, copy });
    if (!(made instanceof Promise)) return;
    // What went wrong with it is found by the attempt, which has the same promise.
    return made.then((ready) => {
      if (this.#prepared.get(planned)?.made === made) this.#prepared.set(planned, { made: ready, copy });
    }, () => {});
  }

  /** Makes a request, and sees to it that a connection rests for it that has not rested for longer. Never rejects. */
  async connectAhead(
    planned: PlannedRequest,
    { attempt = 1, ...ahead }: AheadOptions & { readonly attempt?: number },
  ): Promise<void> {
    await this.prepare(planned, attempt);
    const made = await Promise.resolve(this.#prepared.get(planned)?.made).catch(() => undefined);
    if (made === undefined || !("request" in made)) return;
    await this.#context.attempts.transport.connectAhead(made.request, ahead);
  }

  /** Gives back what was made ahead for a request that is not sent. */
  forget(planned: PlannedRequest): void {
    const ready = this.#prepared.get(planned);
    if (ready === undefined) return;
    this.#prepared.delete(planned);
    this.#balancer?.release(ready.copy);
  }

  /**
   * Sends a request, again if the policy says so. One that met a stale connection says nothing of the endpoint: the first of
   * them is followed by another at once, whatever the policy. Another attempt goes to another copy, if there is one.
   *
   * @returns the last attempt
   */
  send(planned: PlannedRequest, scheduled_ms: number | null): Promise<Attempt>;
  /** The same under an overseer, who also knows when it was due. @returns null: no attempt was made */
  send(planned: PlannedRequest, overseer: Overseer): Promise<Attempt | null>;
  async send(planned: PlannedRequest, by: Overseer | number | null): Promise<Attempt | null> {
    const level = this.#level;
    const overseer = typeof by === "number" ? null : by;
    const { seed, attempts: context, inFlight, journal } = this.#context;
    const earlier = planned.attempts_before ?? 0;
    let first_sent_ms: number | null = null;
    let spared = 0;
    let stale = false;
    let copy: number | null = null;
    let last: Attempt | null = null;
    for (let made = 1;; made++) {
      const scheduled_ms = overseer === null ? by as number | null : await due(overseer, planned, made);
      if (scheduled_ms === undefined) {
        this.forget(planned);
        return last;
      }
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
      const judged = overseer?.ended(planned, result) ?? { attempt: result, again: false };
      last = judged.attempt;
      journal.append(last.record);
      first_sent_ms ??= last.sent_ms;
      if (last.status === "ok" || context.signal.aborted) return last;
      if (judged.again || last.stale && !stale) {
        spared++;
        stale ||= last.stale;
        continue;
      }
      const wait_ms = waitBeforeRetry(level.retry, last, {
        attempts: made - spared,
        random: seededRandom(seed, ["retry", planned.request_id, earlier + made]).next(),
        longest_ms: level.timeout_ms,
      });
      if (wait_ms === null || !await this.#waited(wait_ms)) return last;
    }
  }

  /** What one attempt needs; `made` counts the attempts of this segment, `copy` those of the endpoint. */
  #options(planned: PlannedRequest, made: number, copy: number): AttemptOptions {
    const level = this.#level;
    const file = promptsFileOf(level);
    const payload = this.#context.payloads.get(file)?.get(planned.payload_id);
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

  /** What was made ahead for a request, if it would still go to that copy. */
  #readyFor(planned: PlannedRequest): Ready | undefined {
    const ready = this.#prepared.get(planned);
    if (ready === undefined) return;
    this.#prepared.delete(planned);
    if (this.#balancer === null || this.#balancer.stillFits(ready.copy)) return ready;
    this.#balancer.release(ready.copy);
  }

  /** Waits; whether there was no stop meanwhile. */
  async #waited(ms: number): Promise<boolean> {
    try {
      const end = systemClock.now() + ms;
      await this.#context.inFlight.during((signal) => systemClock.sleepUntil(end, signal));
      return true;
    } catch {
      return !this.#context.attempts.signal.aborted;
    }
  }
}

/** When an attempt was due; undefined: it is not to be made. */
async function due(
  overseer: Overseer,
  planned: PlannedRequest,
  made: number,
): Promise<number | null | undefined> {
  return (await overseer.ready(planned, made))?.scheduled_ms;
}
