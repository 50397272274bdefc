/** The highest arrival rate of a load. */

import type { LevelSpec } from "./level_spec.ts";

/** The most arrivals within any one second; times in milliseconds, ascending. */
export function busiestSecond(times_ms: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (const [i, at_ms] of times_ms.entries()) {
    while (at_ms - times_ms[from]! >= 1000) from++;
    most = Math.max(most, i - from + 1);
  }
  return most;
}

/** The highest rate that a level asks for, in arrivals a second; of a trace its busiest second. null in closed loop. */
export function peakRate(
  { arrival, rates_rps = [], trace = [] }: Pick<LevelSpec, "arrival" | "rates_rps" | "trace">,
): number | null {
  if (arrival === "closed") return null;
  return arrival === "trace" ? busiestSecond(trace.map(({ at_ms }) => at_ms)) : Math.max(...rates_rps);
}
