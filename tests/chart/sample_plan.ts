/** A plan made up for tests of chart and report: no simulation behind it. */

import { type CapacityPlan, fleetAt, type FleetOption, minutesPerMonth } from "../../lib/core/mod.ts";
import { estimate } from "./sample_cells.ts";

const unknown = { value: null, low: null, high: null, n: 0, flagged: true };

const hourly = (
  experiment_name: string,
  capacity: number,
  hour: number,
  more: Partial<FleetOption> = {},
): FleetOption => ({
  experiment_name,
  model_id: "model",
  instance_type: `${experiment_name}.xlarge`,
  instance_count: 1,
  basis: "instance",
  measured_per_minute: estimate(capacity, 300),
  capacity_per_minute: estimate(capacity, 300),
  replicas: { ...estimate(Math.ceil(2000 / capacity), 300), low: 3, high: 5 },
  other_conditions: { round_robin: 3, least_busy: 3, bursts: 6 },
  predicted_latency_ms: 812,
  headroom: 0.12,
  cost_per_month: Math.ceil(2000 / capacity) * hour * 730,
  cost_per_month_with_spare: (Math.ceil(2000 / capacity) + 1) * hour * 730,
  cost_per_transaction: Math.ceil(2000 / capacity) * hour * 730 / (2000 * minutesPerMonth),
  cost_per_replica_month: hour * 730,
  serves: true,
  reason: null,
  ...more,
});

const api = (experiment_name: string, each: number): FleetOption => ({
  ...hourly(experiment_name, 1, 1),
  basis: "token",
  capacity_per_minute: unknown,
  replicas: unknown,
  other_conditions: { round_robin: null, least_busy: null, bursts: null },
  headroom: null,
  cost_per_month: each * 2000 * minutesPerMonth,
  cost_per_month_with_spare: each * 2000 * minutesPerMonth,
  cost_per_transaction: each,
  cost_per_replica_month: null,
  reason: "the provider's rate limits are not known",
});

/** 2,000 requests a minute on 4 small ones, a large one, or an API; and one option that can't. */
export const sampleOptions: readonly FleetOption[] = [
  hourly("sim-small", 560, 1.2),
  hourly("sim-large", 3500, 6.5, { replicas: { ...estimate(1, 300), low: 1, high: 1 } }),
  api("sim-tokens", 0.0005),
  hourly("sim-slow", 1, 1, {
    ...{ capacity_per_minute: unknown, replicas: unknown, predicted_latency_ms: null, headroom: null },
    ...{ cost_per_month: null, cost_per_month_with_spare: null, cost_per_transaction: null, serves: false },
    other_conditions: { round_robin: null, least_busy: null, bursts: null },
    reason: "even at the lowest measured load the p95 is 3 s, L 2 s",
  }),
];

export function samplePlan(options: readonly FleetOption[] = sampleOptions): CapacityPlan {
  return {
    payload_file: "payload_en_500-1000.jsonl",
    measured: { prompt_tokens: 740, output_tokens: 52 },
    workload: {
      ...{ requests_per_minute: 2000, prompt_tokens: null, output_tokens: null, from: "config" },
      ...{ latency_seconds: 2, latency_statistic: "p95" },
    },
    options,
    best: options.find(({ serves }) => serves) ?? null,
    scale: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map((requests_per_minute) => {
      const fleets = options.map((option) => ({
        experiment_name: option.experiment_name,
        ...fleetAt(option, requests_per_minute),
      }));
      const [cheapest] = fleets.filter(({ cost_per_month }) => cost_per_month !== null)
        .sort((a, b) => a.cost_per_month! - b.cost_per_month!);
      return { requests_per_minute, fleets, cheapest: cheapest?.experiment_name ?? null };
    }),
    notes: [],
  };
}
