/** One option of the plan: an experiment's instances, or its API, with what they cost. */

import {
  type CellSummary,
  type FleetOption,
  hoursPerMonth,
  loadOf,
  minutesPerMonth,
  showMoney,
  type Tariff,
  tariffOf,
} from "../../core/mod.ts";
import { fleetFigures } from "./hourly_option.ts";
import type { MeasuredLevel } from "./measured_level.ts";
import type { PlanInput } from "./plan_input.ts";
import { tokenFigures, tokenPriceOf } from "./token_option.ts";
import type { TrafficPair } from "./traffic.ts";
import { differences, type SettledWorkload } from "./workload.ts";

/** The option of one experiment. @param cells all of it for the payload file that speaks for the workload, at least one */
export function fleetOption(
  cells: readonly CellSummary[],
  settled: SettledWorkload,
  input: PlanInput,
  traffic: TrafficPair,
): FleetOption {
  const { workload } = settled;
  const { experiment_name, model_id, instance_type, instance_count } = cells[0]!;
  const tariff = tariffOf({ experiment_name, instance_type, model_id }, input.prices);
  const limit = { statistic: workload.latency_statistic, limit_ms: workload.latency_seconds * 1000 };
  const { levels, left } = soundLevels(cells, input);
  const rate = workload.requests_per_minute;
  const figures = tariff?.basis === "token"
    ? tokenFigures(levels, rate, limit)
    : fleetFigures(levels, rate, limit, traffic, input.seed);
  const faults = faultsOf(cells);
  const able = tariff?.basis === "token"
    ? figures.measured_per_minute.value !== null
    : figures.replicas.value !== null;
  const cost = costOf(tariff, instance_count, figures.replicas.value, cells, settled);
  const per_10k = cost.cost_per_transaction === null ? null : cost.cost_per_transaction * 10_000;
  const budget = input.budgets.cost_per_10k_txn_budget;
  const money = (amount: number) => showMoney(amount, input.prices.meta.currency);
  const { reasons, ...rest } = figures;
  const all = [
    ...faults,
    ...left,
    ...reasons,
    ...able && differences(settled).length > 0
      ? ["not measured at the lengths asked for, and not scaled to them"]
      : [],
    ...tariff === null ? ["no price given"] : [],
    ...able && budget !== null && per_10k !== null && per_10k > budget
      ? [`10,000 transactions cost ${money(per_10k)}, the budget is ${money(budget)}`]
      : [],
  ];
  return {
    experiment_name,
    model_id,
    instance_type,
    instance_count,
    basis: tariff?.basis ?? null,
    ...rest,
    ...able
      ? cost
      : { ...cost, cost_per_month: null, cost_per_month_with_spare: null, cost_per_transaction: null },
    serves: able && faults.length === 0,
    reason: all.length === 0 ? null : all.join("; "),
  };
}

/** The levels up to the first that fails more often than its budget allows, and what is to be said of the rest. */
function soundLevels(
  cells: readonly CellSummary[],
  { times, budgets }: PlanInput,
): { readonly levels: MeasuredLevel[]; readonly left: string[] } {
  const measured = [...cells].sort((a, b) => loadOf(a) - loadOf(b)).flatMap((cell): MeasuredLevel[] => {
    const found = times.find((one) =>
      one.experiment_name === cell.experiment_name && one.payload_file === cell.payload_file &&
      one.concurrency === cell.concurrency && one.request_rate_rps === cell.request_rate_rps
    );
    return found === undefined || found.times_ms.length === 0 ? [] : [{ cell, times_ms: found.times_ms }];
  });
  const sound = (open: boolean) => {
    const own = measured.filter(({ cell }) => (cell.concurrency === null) === open);
    const end = own.findIndex(({ cell }) => (cell.error_rate.value ?? 1) > budgets.error_rate_budget);
    return end === -1 ? own : own.slice(0, end);
  };
  const levels = [...sound(false), ...sound(true)];
  const dropped = measured.length - levels.length;
  return {
    levels,
    left: dropped === 0 ? [] : [
      `${dropped} of ${measured.length} load levels left out: more requests failed than the budget allows there or below`,
    ],
  };
}

/** Budgets of the answers that no level keeps, in words. */
function faultsOf(cells: readonly CellSummary[]): string[] {
  const words = {
    accuracy: "the accuracy",
    similarity: "the mean similarity",
    unjudged: "the fraction of answers without a verdict",
  } as const;
  return (Object.keys(words) as (keyof typeof words)[])
    .filter((name) => cells.every(({ criteria }) => criteria[name] !== "pass"))
    .map((name) =>
      cells.some(({ criteria }) => criteria[name] === "fail")
        ? `${words[name]} misses its budget`
        : `${words[name]} is not known`
    );
}

function costOf(
  tariff: Tariff | null,
  instance_count: number,
  replicas: number | null,
  cells: readonly CellSummary[],
  settled: SettledWorkload,
) {
  const month = settled.workload.requests_per_minute * minutesPerMonth;
  if (tariff?.basis === "token") {
    const each = tokenPriceOf(cells, tariff, settled);
    const cost = each === null ? null : each * month;
    return {
      cost_per_month: cost,
      cost_per_month_with_spare: cost,
      cost_per_transaction: each,
      cost_per_replica_month: null,
    };
  }
  const each = tariff === null ? null : tariff.hourly * instance_count * hoursPerMonth;
  const cost = each === null || replicas === null ? null : each * replicas;
  return {
    cost_per_month: cost,
    cost_per_month_with_spare: cost === null ? null : cost + each!,
    cost_per_transaction: cost === null ? null : cost / month,
    cost_per_replica_month: each,
  };
}
