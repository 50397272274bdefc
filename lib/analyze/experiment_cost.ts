/** What the experiments of a run cost. */

import { type Endpoint, type ExperimentCost, type Prices, tariffOf } from "../core/mod.ts";
import { instanceCost, totalTokenCost } from "../metrics/mod.ts";
import type { Attempt } from "./attempt_rows.ts";
import { type Cell, eachCell, release } from "./attempts.ts";
import type { Requests } from "./frame.ts";

/** What one cell adds to the cost of its experiment. */
export interface CellUse {
  readonly experiment_name: string;
  readonly model_id: string | null;
  readonly instance_type: string | null;
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** null: without a price for tokens, or when no tokens are known. */
  readonly token_cost: number | null;
  /** When it ran, by segment, in milliseconds. */
  readonly stretches: readonly {
    readonly segment: string | null;
    readonly start: number;
    readonly end: number;
  }[];
}

interface CostOptions {
  readonly endpoints: readonly Endpoint[];
  readonly prices: Prices;
}

/**
 * The cost of each experiment, sorted by name: everything that was sent counts, warm-up, retries and drain included.
 *
 * The duration is the time during which at least one level of the experiment ran, from its first send to its last end
 * within each segment. An instance is paid for that time, tokens by what the records say; the tokens of a failed
 * attempt are mostly not known and then cost nothing here.
 */
export function experimentCosts(requests: Requests, options: CostOptions): ExperimentCost[] {
  return costsOf(eachCell(requests).map((cell) => useOf(cell, options)).toArray(), options);
}

/** The cost of each experiment from what its cells used; cells sorted by experiment. */
export function costsOf(uses: readonly CellUse[], options: CostOptions): ExperimentCost[] {
  return [...Map.groupBy(uses, (use) => use.experiment_name)].map(([experiment_name, own]) => {
    const { instance_type, instance_count, tariff } = paidFor(own[0]!, options);
    const duration_s = secondsOf(own);
    const token_costs = own.flatMap(({ token_cost }) => token_cost ?? []);
    return {
      experiment_name,
      instance_type,
      instance_count,
      basis: tariff?.basis ?? null,
      duration_s,
      requests: sum(own.map((use) => use.requests)),
      prompt_tokens: sum(own.map((use) => use.prompt_tokens)),
      completion_tokens: sum(own.map((use) => use.completion_tokens)),
      cost: tariff === null
        ? null
        : tariff.basis === "instance"
        ? instanceCost(tariff.hourly, instance_count, duration_s)
        : token_costs.length === 0
        ? null
        : sum(token_costs),
    };
  });
}

/** What a cell used, every attempt of it. */
export function useOf(cell: Cell, options: CostOptions): CellUse {
  const { experiment_name, model_id, instance_type, attempts } = cell;
  const { tariff } = paidFor(cell, options);
  const total = (name: "prompt_tokens" | "completion_tokens") => {
    const tokens = sum(attempts.known(name));
    release(attempts.columns);
    return tokens;
  };
  const use = {
    experiment_name,
    model_id,
    instance_type,
    requests: cell.requests,
    prompt_tokens: total("prompt_tokens"),
    completion_tokens: total("completion_tokens"),
    token_cost: tariff?.basis === "token" ? totalTokenCost(attempts, tariff.price) : null,
    stretches: stretchesOf(attempts),
  };
  release(attempts.columns);
  return use;
}

/** Who is paid, and for how many: what the endpoint says, else the records, as one instance. */
function paidFor(
  of: Pick<CellUse, "experiment_name" | "model_id" | "instance_type">,
  { endpoints, prices }: CostOptions,
) {
  const { experiment_name } = of;
  const endpoint = endpoints.find((one) => one.experiment_name === experiment_name);
  const instance_type = endpoint?.instance_type ?? of.instance_type ?? "";
  const model_id = endpoint?.model_id ?? of.model_id ?? "";
  const instance_count = endpoint?.instance_count ?? 1;
  const tariff = tariffOf({ experiment_name, instance_type, model_id }, prices);
  return { instance_type, instance_count, tariff };
}

/** Seconds covered by the levels together; levels that ran at the same time count once. */
function secondsOf(uses: readonly CellUse[]): number {
  const stretches = uses.flatMap((use) => use.stretches);
  let covered_ms = 0;
  for (const ofSegment of Map.groupBy(stretches, ({ segment }) => segment).values()) {
    let reached = -Infinity;
    for (const { start, end } of ofSegment.sort((a, b) => a.start - b.start)) {
      covered_ms += Math.max(0, end - Math.max(start, reached));
      reached = Math.max(reached, end);
    }
  }
  return covered_ms / 1000;
}

/** From the first send to the last end in each segment; nothing when nothing was sent. */
function stretchesOf(attempts: Iterable<Attempt>): CellUse["stretches"] {
  const stretches = new Map<string | null, { segment: string | null; start: number; end: number }>();
  for (const { segment, sent_ms, ended_ms } of attempts) {
    let stretch = stretches.get(segment);
    if (stretch === undefined) stretches.set(segment, stretch = { segment, start: Infinity, end: -Infinity });
    if (sent_ms === null) continue;
    stretch.start = Math.min(stretch.start, sent_ms);
    stretch.end = Math.max(stretch.end, ended_ms ?? sent_ms);
  }
  return [...stretches.values()];
}

function sum(values: readonly number[] | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
