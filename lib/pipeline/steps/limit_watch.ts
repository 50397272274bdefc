/** Watches what a load takes while it is sent, and stops it at a limit of the run. */

import type { Endpoint, LevelEnd, Plan, RequestRecord } from "../../core/mod.ts";
import { type AttemptMark, remainingPlan } from "../../load/mod.ts";
import type { StepContext } from "../context.ts";
import { hasLimits, limitReached } from "../limits.ts";
import { Spending } from "../spending.ts";
import { SegmentNews } from "./segment_news.ts";

export interface LimitWatchOptions {
  readonly endpoints: readonly Endpoint[];
  /** `s2`: whose journals are read. */
  readonly segment: string;
  /** Monotonic milliseconds. @default the clock of this process */
  readonly now?: () => number;
}

/**
 * Requests are counted, and tokens priced, by the journals, which are a quarter of a second behind at most; hours by the
 * clock. A number of requests is kept exactly where the plan says how many each level sends.
 */
export class LimitWatch {
  readonly #limits: StepContext["config"]["limits"];
  readonly #spending: Spending;
  readonly #currency: string;
  readonly #news: SegmentNews;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  #begun: number;
  #reason: string | null = null;
  /** What is said when the plan was cut, but failed levels left part of what was allowed unsent. */
  #cut: string | null = null;

  constructor({ config, loaded, run }: StepContext, options: LimitWatchOptions) {
    const { endpoints, segment, now = () => performance.now() } = options;
    this.#limits = config.limits;
    this.#currency = loaded.prices.meta.currency;
    this.#spending = new Spending(endpoints, loaded.prices);
    this.#news = new SegmentNews(run.paths.requests, segment);
    this.#now = now;
    this.#begun = now();
  }

  /** Aborted when a limit is reached. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The limit that was reached, in words; null while there is none. */
  get reason(): string | null {
    return this.#reason ?? this.#cut;
  }

  /** Takes a record of an earlier start of the load; before this one begins. */
  takeEarlier(record: RequestRecord): void {
    this.#spending.takeEarlier(record);
  }

  /** The clock of this start of the load begins to run. */
  begin(): void {
    this.#begun = this.#now();
    this.look();
  }

  /** The part of a plan that `limits.requests` leaves room for. Levels that end by a rule are not cut: the watch stops them. */
  within(plan: Plan): Plan {
    const { requests } = this.#limits;
    const open = plan.header.levels.some(({ duration_ms, ci_width }) => (duration_ms ?? ci_width) !== null);
    if (requests === null || open) return plan;
    const left = Math.max(0, requests - this.#spending.spent(0).requests);
    if (left < plan.requests.length) {
      this.#cut =
        `limits.requests: ${left} of the ${plan.requests.length} that were left were within ${requests}`;
    }
    return { header: plan.header, requests: plan.requests.slice(0, left) };
  }

  /** Reads what the journals have got since, and stops the load if that is enough. */
  look(): void {
    if (!hasLimits(this.#limits)) return;
    for (const record of this.#news.read()) this.#spending.take(record);
    this.#reason ??= limitReached(
      this.#limits,
      this.#spending.spent(this.#now() - this.#begun),
      this.#spending.inFlight(),
      this.#currency,
    );
    if (this.#reason !== null) this.#stop.abort();
  }
}

/** Whether a load that was stopped at a limit has anything left to send. */
export function isCut(
  plan: Plan,
  records: readonly AttemptMark[],
  ends: ReadonlyMap<number, LevelEnd>,
): boolean {
  return remainingPlan(plan, records, ends).requests.length > 0;
}
