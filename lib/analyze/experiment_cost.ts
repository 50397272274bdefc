/** What the experiments of a run cost. */

import type { Endpoint, ExperimentCost, Prices } from "../core/mod.ts";
import { instanceCost, tariffOf, totalTokenCost } from "../metrics/mod.ts";
import { type Attempt, attemptsOf, type Cell, cellsOf, known } from "./attempts.ts";
import type { DataFrame } from "./frame.ts";

/**
 * The cost of each experiment, sorted by name: everything that was sent counts, warm-up, retries and drain included.
 *
 * The duration is the time during which at least one level of the experiment ran, from its first send to its last end
 * within each segment. An instance is paid for that time, tokens by what the records say; the tokens of a failed
 * attempt are mostly not known and then cost nothing here.
 */
export function experimentCosts(
  requests: DataFrame,
  options: { readonly endpoints: readonly Endpoint[]; readonly prices: Prices },
): ExperimentCost[] {
  if (requests.height === 0) return [];
  const groups = Map.groupBy(cellsOf(attemptsOf(requests)), (cell) => cell.experiment_name);
  return [...groups].map(([experiment_name, cells]) => {
    const attempts = cells.flatMap((cell) => cell.attempts);
    const endpoint = options.endpoints.find((one) => one.experiment_name === experiment_name);
    const instance_type = endpoint?.instance_type ?? attempts[0]!.instance_type ?? "";
    const model_id = endpoint?.model_id ?? attempts[0]!.model_id ?? "";
    const instance_count = endpoint?.instance_count ?? 1;
    const duration_s = secondsOf(cells);
    const tariff = tariffOf({ instance_type, model_id }, options.prices);
    return {
      experiment_name,
      instance_type,
      instance_count,
      basis: tariff?.basis ?? null,
      duration_s,
      requests: new Set(attempts.map(({ request_id }) => request_id)).size,
      prompt_tokens: sum(known(attempts, "prompt_tokens")),
      completion_tokens: sum(known(attempts, "completion_tokens")),
      cost: tariff === null
        ? null
        : tariff.basis === "instance"
        ? instanceCost(tariff.hourly, instance_count, duration_s)
        : totalTokenCost(attempts, tariff.price),
    };
  });
}

/** Seconds covered by the levels together; levels that ran at the same time count once. */
function secondsOf(cells: readonly Cell[]): number {
  const stretches = cells.flatMap(({ attempts }) =>
    [...Map.groupBy(attempts, ({ segment }) => segment)].map(([segment, ofSegment]) => ({
      segment,
      ...stretchOf(ofSegment),
    }))
  );
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

/** From the first send to the last end; nothing when nothing was sent. */
function stretchOf(attempts: readonly Attempt[]): { start: number; end: number } {
  let start = Infinity;
  let end = -Infinity;
  for (const { sent_ms, ended_ms } of attempts) {
    if (sent_ms === null) continue;
    start = Math.min(start, sent_ms);
    end = Math.max(end, ended_ms ?? sent_ms);
  }
  return { start, end };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
