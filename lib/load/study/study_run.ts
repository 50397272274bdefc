/** A study as a worker sends it: all of its levels together. */

import type { Clock, Level, LevelEnd, PlannedRequest, StudyGap, StudySchedule } from "../../core/mod.ts";
import type { Attempt } from "../attempt.ts";
import { promptsFileOf } from "../level_spec.ts";
import type { ProgressMessage, StudyNews } from "../messages.ts";
import { type Overseer, RequestSender, type SenderContext } from "../request_sender.ts";
import { Tally } from "../tally.ts";
import { HopelessVariants } from "./hopeless_variants.ts";
import { type Keys, KeyWatch } from "./key_watch.ts";
import { lastValues } from "./last_values.ts";
import type { MachineClock } from "./machine_clock.ts";
import { neverReached, Outage } from "./outage.ts";
import { Quotas, type Taken } from "./quotas.ts";
import { aborted, RunningTime } from "./running_time.ts";
import { studyLoop } from "./study_loop.ts";
import { TimeLeft } from "./time_left.ts";

export interface StudyRunOptions {
  readonly seed: number;
  readonly schedule: StudySchedule;
  /** By their numbers. */
  readonly levels: readonly Level[];
  /** In the order of sending. */
  readonly requests: readonly PlannedRequest[];
  /** What a level is sent with; asked for once for each that has something to send. */
  readonly contextOf: (level: Level) => SenderContext;
  /** On the time line of the transports. */
  readonly clock: Pick<Clock, "now" | "sleepUntil">;
  readonly machine: Pick<MachineClock, "read" | "sleptSince" | "utc_ms" | "stalled_ms">;
  readonly keys: Keys;
  readonly onGap: (gap: StudyGap) => void;
  readonly onNotice: (notice: string) => void;
}

/** Connecting ahead of a call is given up after so long: the call itself shows what is wrong. */
const longestConnect_ms = 10_000;
/** So long before a quota has room a connection is seen to. */
const ahead_ms = 1000;

/** A study under way. */
export class StudyRun implements Overseer {
  readonly #options: StudyRunOptions;
  readonly #time: RunningTime;
  readonly #senders = new Map<number, RequestSender>();
  readonly #contexts = new Map<number, SenderContext>();
  readonly #quotas: Quotas;
  readonly #outage: Outage;
  readonly #keys: KeyWatch;
  readonly #hopeless: HopelessVariants;
  readonly #tallies: readonly Tally[];
  readonly #taken = new Map<PlannedRequest, Taken>();
  /** Calls that are made again for an outage, and are counted already. */
  readonly #resent = new WeakSet<PlannedRequest>();
  readonly #left: TimeLeft;
  #last: string | null = null;
  #signal: AbortSignal = new AbortController().signal;

  constructor(options: StudyRunOptions) {
    const { schedule, levels, requests, clock, machine } = options;
    this.#options = options;
    const busy = new Set(requests.map(({ level }) => level));
    for (const level of levels) {
      if (!busy.has(level.level)) continue;
      const context = options.contextOf(level);
      this.#contexts.set(level.level, context);
      this.#senders.set(level.level, new RequestSender(level, context));
    }
    this.#time = new RunningTime(clock, () => machine.stalled_ms);
    this.#quotas = new Quotas(schedule.quotas);
    const gaps = {
      clock,
      time: this.#time,
      utc_ms: (at: number) => machine.utc_ms(at),
      onGap: options.onGap,
    };
    this.#outage = new Outage(gaps, busy.size);
    this.#keys = new KeyWatch(gaps, options.keys);
    this.#hopeless = new HopelessVariants(levels);
    this.#tallies = levels.map(() => new Tally());
    this.#left = new TimeLeft(schedule, requests);
  }

  /** Totals of every level so far. */
  progress(): ProgressMessage[] {
    return [...this.#senders.keys()].map((level) => ({ progress: level, ...this.#tallies[level]!.counts() }));
  }

  news(): StudyNews {
    return { last: this.#last, left_s: this.#left.seconds(this.#time.now(), this.#tallies) };
  }

  /**
   * Sends the calls and resolves when all that were begun have ended, to why each level with something to send is over.
   *
   * @param stop nothing more is begun; what is under way is the senders' own
   * @param enough the same, but because enough is known
   */
  async run(stop: AbortSignal, enough: AbortSignal): Promise<Map<number, LevelEnd>> {
    const { seed, schedule, requests } = this.#options;
    this.#signal = AbortSignal.any([stop, enough]);
    const { timed_out } = await studyLoop({
      seed,
      schedule,
      requests,
      time: this.#time,
      ahead: (planned) => this.#connectAhead(planned, 1),
      send: (planned) => this.#send(planned),
      wanted: ({ level }) => !this.#hopeless.has(level),
      again: () => this.#outage.next(),
      signal: this.#signal,
    });
    this.#outage.close();
    this.#keys.close();
    const planned = Map.groupBy(requests, ({ level }) => level);
    return new Map(
      [...planned].map(([level, own]): [number, LevelEnd] => {
        if (this.#hopeless.has(level)) return [level, "error_rate"];
        if (this.#tallies[level]!.done >= own.length) return [level, "requests"];
        return [
          level,
          stop.aborted ? "requests" : enough.aborted ? "precision" : timed_out ? "duration" : "requests",
        ];
      }),
    );
  }

  async #send(planned: PlannedRequest): Promise<void> {
    const last = await this.#senders.get(planned.level)!.send(planned, this);
    if (last === null) return;
    const tally = this.#tallies[planned.level]!;
    if (this.#resent.has(planned)) tally.retake(last);
    else tally.take(last);
    if (!neverReached(last)) return;
    const again = { ...planned, attempts_before: last.number };
    this.#resent.add(again);
    this.#outage.suspect(again);
  }

  /** When an attempt may go out: nothing is in the way, and the quotas have room. Its connection is seen to before. */
  async ready(
    planned: PlannedRequest,
    made: number,
  ): Promise<{ readonly scheduled_ms: number | null } | null> {
    const { clock, machine } = this.#options;
    const { level } = planned;
    const tokens = this.#tokensOf(planned);
    const signal = this.#signal;
    let connected = false;
    while (!signal.aborted) {
      machine.read();
      if (await this.#keys.ready(planned, signal)) this.#senders.get(level)!.forget(planned);
      await this.#outage.ready(planned, signal);
      const endTurn = await this.#quotas.turn(level);
      try {
        while (!signal.aborted && !this.#keys.blocks(planned) && !this.#outage.blocks(planned)) {
          const wait_ms = this.#quotas.wait_ms(level, clock.now(), tokens);
          if (wait_ms > ahead_ms) {
            connected = false;
            await this.#waited(wait_ms - ahead_ms);
          } else if (!connected) {
            connected = true;
            await this.#connectAhead(planned, made);
          } else if (wait_ms > 0) await this.#waited(wait_ms);
          else {
            this.#taken.set(planned, this.#quotas.take(level, clock.now(), tokens));
            return { scheduled_ms: planned.due_ms === null ? null : this.#time.clockAt(planned.due_ms) };
          }
        }
      } finally {
        endTurn();
      }
    }
    this.#keys.leave(planned);
    this.#outage.leave(planned);
    return null;
  }

  ended(planned: PlannedRequest, ended: Attempt): { readonly attempt: Attempt; readonly again: boolean } {
    const { machine, onNotice, levels } = this.#options;
    machine.read();
    const attempt = machine.sleptSince(ended.sent_ms ?? ended.ended_ms) ? ended.cut() : ended;
    const { prompt_tokens, completion_tokens, sent_ms } = attempt;
    const counted = prompt_tokens === null || completion_tokens === null
      ? null
      : prompt_tokens + completion_tokens;
    this.#taken.get(planned)?.settle(sent_ms, counted);
    this.#taken.delete(planned);
    const lost = this.#outage.ended(planned, attempt);
    const late = this.#keys.ended(planned, attempt);
    const cut = attempt.status === "cancelled" && !this.#stopped(planned.level);
    const again = lost || late || cut;
    if (!again && this.#hopeless.joinedBy(planned.level, attempt)) {
      const name = levels[planned.level]!.endpoint.experiment_name;
      onNotice(
        `${name} is left out from now on: its last 20 calls were all refused (${attempt.error_message}).`,
      );
    }
    if (attempt.status === "ok") this.#last = lastValues(levels[planned.level]!, attempt);
    return { attempt, again };
  }

  async #connectAhead(planned: PlannedRequest, attempt: number): Promise<void> {
    const { idle_connection_ms } = this.#options.schedule;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), longestConnect_ms);
    await this.#senders.get(planned.level)!.connectAhead(planned, {
      attempt,
      older_than_ms: idle_connection_ms,
      signal: giveUp.signal,
    });
    clearTimeout(timer);
  }

  /** Waits for room in a quota: so long, or until a call has ended. */
  async #waited(ms: number): Promise<void> {
    const { clock } = this.#options;
    if (ms === Infinity) await aborted(this.#signal, this.#quotas.changed);
    else await clock.sleepUntil(clock.now() + ms, this.#signal).catch(() => {});
  }

  /** The tokens that a call may take: those of its prompt and the cap on its answer. */
  #tokensOf({ level, payload_id, max_tokens = 0 }: PlannedRequest): number {
    const { payloads } = this.#contexts.get(level)!;
    const file = promptsFileOf(this.#options.levels[level]!);
    return (payloads.get(file)?.get(payload_id)?.prompt_tokens ?? 0) + max_tokens;
  }

  #stopped(level: number): boolean {
    return this.#contexts.get(level)!.attempts.signal.aborted;
  }
}
