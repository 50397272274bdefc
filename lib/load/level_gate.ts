/** Lets all workers into a level together: load of the next one must not mix with the end of this one. */

import type { LevelEnd, Plan } from "../core/mod.ts";
import { tooManyFailed } from "./error_rate.ts";
import type { ProgressMessage, ToWorker } from "./messages.ts";
import type { LoadProgress } from "./progress.ts";
import { WidthRule } from "./stop_rule.ts";

/** Time from the order to begin to the zero of the due times: every worker of this machine has heard by then. */
export const localNotice_ms = 20;

/** A worker, as far as the gate knows it. */
export interface GateWorker {
  tell(message: ToWorker): void;
}

export interface LevelGateOptions {
  readonly plan: Plan;
  readonly crew: readonly GateWorker[];
  readonly progress: Pick<LoadProgress, "begin" | "end">;
  /** Called when a level is over, before the next one begins. */
  readonly onEnd: (level: number, ended_by: LevelEnd) => void;
  /** Milliseconds since the origin that the workers were given. */
  readonly now: () => number;
  /** Time from the order to begin to the zero of the due times, where they are on other machines; all of them begin together then. */
  readonly notice_ms?: number | undefined;
  /** Waited for between two levels. null: there is no such level. @default nothing */
  readonly between?: ((ended: number | null, begins: number | null) => Promise<void>) | undefined;
}

export class LevelGate {
  readonly #options: LevelGateOptions;
  /** Due time from which a level is sent: not 0 where an earlier segment has sent its beginning. */
  readonly #zeros: readonly number[];
  /** Levels with something to send: the end of another one is an earlier segment's to tell. */
  readonly #planned: ReadonlySet<number>;
  readonly #ends: [number, LevelEnd][] = [];
  /** Who still counts. */
  readonly #crew: Set<GateWorker>;
  /** Who is not done with the level under way. */
  #busy: Set<GateWorker>;
  #totals = new Map<GateWorker, ProgressMessage>();
  #level = -1;
  #end: LevelEnd = "requests";
  #width: WidthRule | null = null;
  #pausing = false;
  #paused: Promise<void> = Promise.resolve();

  constructor(options: LevelGateOptions) {
    this.#options = options;
    this.#crew = new Set(options.crew);
    this.#busy = new Set(options.crew);
    this.#zeros = zerosOf(options.plan);
    this.#planned = new Set(options.plan.requests.map(({ level }) => level));
  }

  /** The levels that ended, each with its reason. */
  get ends(): readonly (readonly [number, LevelEnd])[] {
    return this.#ends;
  }

  /** Resolves when nothing is done between levels any more. Rejects when that failed. */
  get settled(): Promise<void> {
    return this.#paused;
  }

  /** A worker has read its shard; the first level begins when all have. */
  ready(worker: GateWorker): void {
    this.#left(worker);
  }

  /** Totals of a worker in the level under way, with latencies that are new; ends it when too many failed, or enough is known. */
  heard(worker: GateWorker, message: ProgressMessage): void {
    const { progress: level, e2e_ms = [] } = message;
    if (level !== this.#level || this.#end !== "requests") return;
    this.#totals.set(worker, message);
    if (this.#failedTooOften()) this.#leave("error_rate");
    else if (this.#width?.metBy(e2e_ms) === true) this.#leave("ci_width");
  }

  /** A worker is done with a level; when it gave up, the others leave it too. */
  done(worker: GateWorker, level: number, ended_by: LevelEnd): void {
    if (ended_by === "error_rate") this.#tell({ skip: level });
    if (ended_by === "error_rate" || this.#end === "requests") this.#end = ended_by;
    this.#left(worker);
  }

  /** Nobody waits for a worker any more. What it has sent counts; a level that all have lost is not over. */
  lost(worker: GateWorker): void {
    this.#crew.delete(worker);
    if (this.#crew.size > 0) this.#left(worker);
  }

  #failedTooOften(): boolean {
    const { stop_error_rate = null } = this.#options.plan.header.levels[this.#level] ?? {};
    const totals = [...this.#totals.values()];
    return tooManyFailed(
      totals.reduce((sum, { errors }) => sum + errors, 0),
      totals.reduce((sum, { done, cancelled }) => sum + done - cancelled, 0),
      stop_error_rate,
    );
  }

  /** Ends the level under way. */
  #leave(end: LevelEnd): void {
    this.#end = end;
    this.#tell({ skip: this.#level });
  }

  #left(worker: GateWorker): void {
    if (!this.#busy.delete(worker) || this.#busy.size > 0 || this.#pausing) return;
    const { plan, progress, onEnd, between } = this.#options;
    const ended = this.#level;
    if (this.#planned.has(ended)) {
      this.#ends.push([ended, this.#end]);
      onEnd(ended, this.#end);
    }
    if (ended >= 0) progress.end(ended);
    this.#level++;
    const level = plan.header.levels[this.#level];
    this.#totals = new Map();
    this.#end = "requests";
    const width = level?.ci_width ?? null;
    this.#width = width === null ? null : new WidthRule(width);
    if (between === undefined) return this.#begin();
    this.#pausing = true;
    this.#paused = between(ended < 0 ? null : ended, level === undefined ? null : this.#level).finally(() => {
      this.#pausing = false;
      this.#begin();
    });
    // Whoever asks hears of it.
    this.#paused.catch(() => {});
  }

  #begin(): void {
    const { plan, progress, now, notice_ms } = this.#options;
    const level = this.#level;
    if (plan.header.levels[level] === undefined) return;
    this.#busy = new Set(this.#crew);
    progress.begin(level);
    const begin_ms = now() + (notice_ms ?? localNotice_ms);
    this.#tell({
      start: level,
      at_ms: begin_ms - this.#zeros[level]!,
      ...notice_ms === undefined ? {} : { begin_ms },
    });
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#crew) worker.tell(message);
  }
}

/** The first due time of each level, or 0 where its very first request is still to be sent. */
function zerosOf({ header, requests }: Plan): number[] {
  const zeros = header.levels.map(() => Infinity);
  for (const { level, index, due_ms } of requests) {
    zeros[level] = Math.min(zeros[level]!, index === 0 ? 0 : due_ms ?? 0);
  }
  return zeros.map((zero) => zero === Infinity ? 0 : zero);
}
