/** What the `report:` section asks of a request, and of the load that the plan is made for. */

import { type LatencyStatistic, type Objectives, type ServiceLevel, serviceLevels } from "../core/mod.ts";
import type { WrittenConfig } from "./schema.ts";

type Report = WrittenConfig["report"];

/** The workload of `report.workload`, per minute; what is not said is null. */
export interface AskedWorkload {
  readonly requests_per_minute: number | null;
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_seconds: number | null;
}

/** The fraction of requests that a statistic speaks for. A mean says nothing of single requests: there 95 % are asked for. */
const shares: Readonly<Record<LatencyStatistic, number>> = { p50: 0.5, p95: 0.95, p99: 0.99, mean: 0.95 };

/** `report.objectives`: a preset, what is said beside it laid over; without any, the latency budget. */
export function serviceLevelOf(
  { latency_budget, latency_statistic, objectives }: Pick<
    Report,
    "latency_budget" | "latency_statistic" | "objectives"
  >,
): ServiceLevel {
  const { preset, share, ...own } = objectives ?? {};
  const named: ServiceLevel | null = preset === undefined ? null : serviceLevels[preset];
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const asked: Objectives = { ...named?.objectives, ...given };
  return {
    objectives: Object.keys(asked).length > 0 ? asked : { response_ms: latency_budget * 1000 },
    share: share ?? named?.share ?? shares[latency_statistic],
  };
}

/** `report.workload`, users times requests of each included; null without it. */
export function askedWorkload({ workload }: Report): AskedWorkload | null {
  if (workload === undefined) return null;
  const { users, requests_per_user_per_minute: each } = workload;
  const by_users = users === undefined || each === undefined ? null : users * each;
  return {
    requests_per_minute: workload.requests_per_minute ?? by_users,
    prompt_tokens: workload.prompt_tokens ?? null,
    output_tokens: workload.output_tokens ?? null,
    latency_seconds: workload.latency_seconds ?? null,
  };
}
