/** Lets all workers into a level together: load of the next one must not mix with the end of this one. */

import type { LevelEnd, Plan } from "../core/mod.ts";
import type { ProgressMessage, ToWorker } from "./messages.ts";
import type { LoadProgress } from "./progress.ts";
import { WidthRule } from "./stop_rule.ts";

/** Time from the order to begin to the zero of the due times: every worker has heard by then. */
const notice_ms = 20;

export interface LevelGateOptions {
  readonly plan: Plan;
  readonly crew: readonly { tell(message: ToWorker): void }[];
  readonly progress: Pick<LoadProgress, "begin" | "end">;
  /** Called when a level is over, before the next one begins. */
  readonly onEnd: (level: number, ended_by: LevelEnd) => void;
  /** Milliseconds since the origin that the workers were given. */
  readonly now: () => number;
}

export class LevelGate {
  readonly #options: LevelGateOptions;
  /** Due time from which a level is sent: not 0 where an earlier segment has sent its beginning. */
  readonly #zeros: readonly number[];
  /** Levels with something to send: the end of another one is an earlier segment's to tell. */
  readonly #planned: ReadonlySet<number>;
  readonly #ends: [number, LevelEnd][] = [];
  #level = -1;
  #busy: number;
  #end: LevelEnd = "requests";
  #width: WidthRule | null = null;

  constructor(options: LevelGateOptions) {
    this.#options = options;
    this.#busy = options.crew.length;
    this.#zeros = zerosOf(options.plan);
    this.#planned = new Set(options.plan.requests.map(({ level }) => level));
  }

  /** The levels that ended, each with its reason. */
  get ends(): readonly (readonly [number, LevelEnd])[] {
    return this.#ends;
  }

  /** A worker has read its shard; the first level begins when all have. */
  ready(): void {
    this.#left();
  }

  /** Latencies of the level under way; ends it when they are enough. */
  samples({ progress: level, e2e_ms = [] }: ProgressMessage): void {
    if (level !== this.#level || this.#width === null || this.#width.met) return;
    if (!this.#width.metBy(e2e_ms)) return;
    this.#end = "ci_width";
    this.#tell({ skip: level });
  }

  /** A worker is done with a level; when it gave up, the others leave it too. */
  done(level: number, ended_by: LevelEnd): void {
    if (ended_by === "error_rate") this.#tell({ skip: level });
    if (ended_by === "error_rate" || this.#end === "requests") this.#end = ended_by;
    this.#left();
  }

  #left(): void {
    this.#busy--;
    if (this.#busy > 0) return;
    const { plan, crew, progress, onEnd, now } = this.#options;
    if (this.#planned.has(this.#level)) {
      this.#ends.push([this.#level, this.#end]);
      onEnd(this.#level, this.#end);
    }
    if (this.#level >= 0) progress.end(this.#level);
    this.#level++;
    const level = plan.header.levels[this.#level];
    if (level === undefined) return;
    this.#busy = crew.length;
    this.#end = "requests";
    this.#width = level.ci_width === null ? null : new WidthRule(level.ci_width);
    progress.begin(this.#level);
    this.#tell({ start: this.#level, at_ms: now() + notice_ms - this.#zeros[this.#level]! });
  }

  #tell(message: ToWorker): void {
    for (const worker of this.#options.crew) worker.tell(message);
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
