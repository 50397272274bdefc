/** Watches what a load takes while it is sent, and stops it at a limit of the run. */

import { join } from "node:path";
import type { Endpoint, LevelEnd, Plan, RequestRecord } from "../../core/mod.ts";
import { remainingPlan } from "../../load/mod.ts";
import { LineFollower } from "../../run/mod.ts";
import type { StepContext } from "../context.ts";
import { hasLimits, limitReached } from "../limits.ts";
import { Spending } from "../spending.ts";

export interface LimitWatchOptions {
  readonly endpoints: readonly Endpoint[];
  /** Of earlier starts of the load. */
  readonly earlier: readonly RequestRecord[];
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
  readonly #folder: string;
  readonly #segment: string;
  readonly #now: () => number;
  readonly #journals = new Map<string, LineFollower>();
  readonly #stop = new AbortController();
  #begun: number;
  #reason: string | null = null;
  /** What is said when the plan was cut, but failed levels left part of what was allowed unsent. */
  #cut: string | null = null;

  constructor({ config, loaded, run }: StepContext, options: LimitWatchOptions) {
    const { endpoints, earlier, segment, now = () => performance.now() } = options;
    this.#limits = config.limits;
    this.#currency = loaded.prices.meta.currency;
    this.#spending = new Spending(endpoints, loaded.prices);
    for (const record of earlier) this.#spending.takeEarlier(record);
    this.#folder = run.paths.requests;
    this.#segment = segment;
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
    for (const record of this.#news()) this.#spending.take(record);
    this.#reason ??= limitReached(
      this.#limits,
      this.#spending.spent(this.#now() - this.#begun),
      this.#spending.inFlight(),
      this.#currency,
    );
    if (this.#reason !== null) this.#stop.abort();
  }

  *#news(): Generator<RequestRecord> {
    for (const { name } of Deno.readDirSync(this.#folder)) {
      if (!name.startsWith(`${this.#segment}-`) || !name.endsWith(".jsonl")) continue;
      const path = join(this.#folder, name);
      const journal = this.#journals.getOrInsertComputed(path, () => new LineFollower(path));
      for (const line of journal.read()) {
        const record = JSON.parse(line) as Partial<RequestRecord>;
        if (record.request_id !== undefined) yield record as RequestRecord;
      }
    }
  }
}

/** Whether a load that was stopped at a limit has anything left to send. */
export function isCut(
  plan: Plan,
  records: readonly RequestRecord[],
  ends: ReadonlyMap<number, LevelEnd>,
): boolean {
  return remainingPlan(plan, records, ends).requests.length > 0;
}
