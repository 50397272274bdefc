/** How many of what serve a workload, and what that costs: the engineering question. */

import { type CapacityPlan, fleetAt, type FleetOption, type FleetStep } from "../../core/mod.ts";
import { fleetOption } from "./fleet_option.ts";
import type { PlanInput } from "./plan_input.ts";
import { drawTraffic } from "./traffic.ts";
import { differences, type SettledWorkload, settleWorkload } from "./workload.ts";

/** Requests that a simulated replica or fleet is held against. */
const simulatedRequests = 20_000;

/** The rates of the table, in requests a minute. */
const scaleRates = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000] as const;

/**
 * The plan: one option an experiment. null when nothing was measured. The same input gives the same plan.
 *
 * @throws {RangeError} if the wish names a payload file that was not measured
 */
export function capacityPlan(input: PlanInput): CapacityPlan | null {
  const settled = settleWorkload(input.wish, input);
  if (settled === null) return null;
  const { payload_file, measured, workload } = settled;
  const traffic = drawTraffic(simulatedRequests, input.seed);
  const cells = input.cells.filter((cell) => cell.payload_file === payload_file);
  const options = [...Map.groupBy(cells, ({ experiment_name }) => experiment_name).values()]
    .map((own) => fleetOption(own, settled, input, traffic))
    .sort(byMerit);
  return {
    payload_file,
    measured,
    workload,
    options,
    best: options.find(({ serves }) => serves) ?? null,
    scale: scaleRates.map((rate) => stepAt(rate, options)),
    notes: notesOf(settled),
  };
}

/** Those that serve first, then by cost, then by replicas, then by name. */
function byMerit(a: FleetOption, b: FleetOption): number {
  const order = (x: number | null, y: number | null) =>
    (x ?? Infinity) === (y ?? Infinity) ? 0 : (x ?? Infinity) - (y ?? Infinity);
  return Number(b.serves) - Number(a.serves) || order(a.cost_per_month, b.cost_per_month) ||
    order(a.replicas.value, b.replicas.value) || a.experiment_name.localeCompare(b.experiment_name, "en");
}

function stepAt(requests_per_minute: number, options: readonly FleetOption[]): FleetStep {
  const fleets = options.map((option) => ({
    experiment_name: option.experiment_name,
    ...fleetAt(option, requests_per_minute),
  }));
  const priced = fleets.filter(({ cost_per_month }) => cost_per_month !== null)
    .sort((a, b) => a.cost_per_month! - b.cost_per_month!);
  return { requests_per_minute, fleets, cheapest: priced[0]?.experiment_name ?? null };
}

/** Where the workload is not what was measured. Nothing is scaled to it but the price of tokens. */
function notesOf(settled: SettledWorkload): string[] {
  const told = differences(settled);
  if (told.length === 0) return [];
  return [
    `${settled.payload_file} is the nearest payload file, and not the workload: ${
      told.join("; ")
    }. Times are as measured, not scaled; tokens are priced as asked for.`,
  ];
}
