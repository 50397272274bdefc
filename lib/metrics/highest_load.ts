/** The highest load at which enough requests are good, from levels that were measured. */

import {
  type CellSummary,
  type Estimate,
  type HighestLoad,
  type LoadLimit,
  loadOf,
  type ServiceLevel,
} from "../core/mod.ts";
import { fallingFit } from "./monotone_fit.ts";

/** What of a level says how it bears its load; `goodput.share` is by the objectives that the answer is for. */
export type LoadLevel =
  & Pick<CellSummary, "concurrency" | "request_rate_rps" | "transactions_per_minute" | "goodput">
  & { readonly steadiness: Pick<CellSummary["steadiness"], "saturated"> };

interface Point {
  readonly load: number;
  readonly per_minute: number | null;
  readonly share: Estimate;
  readonly mean: number;
  readonly weight: number;
}

/**
 * The highest load at which at least `share` of the finished requests meet the objectives, from the levels of one experiment
 * and payload file, in any order, either all closed or all open.
 *
 * The share of good requests over the load is fitted by one that never rises, and read between levels along straight lines.
 * A level whose queue grew (`saturated`) keeps no objective for long, whatever it showed while it was measured: its share
 * counts as 0; how sure its end of the interval is, the share itself decides. Concurrency is rounded down.
 *
 * The 95 % interval rests on nothing but that more load never helps. Its lower end is the last of the levels from the lowest
 * upwards that each keep the objectives by the lower end of their own share's interval; its upper end the last of the levels from
 * the highest downwards that each miss them by the upper end. Each of the two can err only at the first level on the wrong
 * side of the truth, so in 2.5 % of the cases. An end is open (null) when no level is that clear, and then it is flagged.
 */
export function highestLoad(
  levels: readonly LoadLevel[],
  { share }: Pick<ServiceLevel, "share">,
): HighestLoad {
  const points = levels.flatMap(pointOf).sort((a, b) => a.load - b.load);
  const whole = levels.some(({ concurrency }) => concurrency !== null);
  const n = points.reduce((sum, { weight }) => sum + weight, 0);
  if (points.length === 0) return { found: "unknown", load: none(n), transactions_per_minute: none(n) };
  const fit = fallingFit(points);
  const low = points.slice(0, runLength(points, (one) => clearlyKeeps(one, share))).at(-1)?.load ?? null;
  const failing = runLength(points.toReversed(), (one) => clearlyMisses(one, share));
  const high = failing === 0 ? null : points[points.length - failing]!.load;
  const above = fit.findIndex((fitted) => fitted < share);
  const found = above === -1 ? "at_least" : above === 0 ? "below" : "between";
  const value = found === "below" ? null : crossing(points, fit, above, share, whole);
  return {
    found,
    load: {
      ...{ value, low, high, n },
      flagged: (low === null && found !== "below") || (high === null && found !== "at_least"),
    },
    transactions_per_minute: throughputAt(points, { value, low, high }, n),
  };
}

/** The highest load of each experiment and payload file, closed and open levels apart, in the order of the cells. */
export function loadLimits(cells: readonly CellSummary[], serviceLevel: ServiceLevel): LoadLimit[] {
  const groups = Map.groupBy(
    cells,
    ({ experiment_name, payload_file, concurrency }) =>
      JSON.stringify([experiment_name, payload_file, concurrency !== null]),
  );
  return [...groups.values()].map((levels) => {
    const { experiment_name, payload_file, concurrency } = levels[0]!;
    return {
      experiment_name,
      payload_file,
      closed: concurrency !== null,
      levels: levels.map(loadOf).sort((a, b) => a - b),
      ...highestLoad(levels, serviceLevel),
    };
  });
}

function pointOf({ goodput, steadiness, transactions_per_minute: per_minute, ...level }: LoadLevel): Point[] {
  const { share } = goodput;
  if (share.value === null) return [];
  const saturated = steadiness.saturated === true;
  const shown = saturated ? { ...share, value: 0, low: 0 } : share;
  return [{ load: loadOf(level), per_minute, share: shown, mean: shown.value!, weight: share.n }];
}

const clearlyKeeps = ({ share: { low } }: Point, share: number) => low !== null && low >= share;
const clearlyMisses = ({ share: { high } }: Point, share: number) => high !== null && high < share;

/** How many items from the first on have it. */
function runLength<T>(items: readonly T[], has: (item: T) => boolean): number {
  const end = items.findIndex((item) => !has(item));
  return end === -1 ? items.length : end;
}

/** Where the fit comes down to the share; the last load where it never does. */
function crossing(
  points: readonly Point[],
  fit: readonly number[],
  above: number,
  share: number,
  whole: boolean,
): number {
  if (above === -1) return points.at(-1)!.load;
  const [from, to] = [points[above - 1]!, points[above]!];
  const [before, after] = [fit[above - 1]!, fit[above]!];
  const load = from.load + (to.load - from.load) * (before - share) / (before - after);
  return whole ? Math.floor(load) : load;
}

function throughputAt(
  points: readonly Point[],
  { value, low, high }: { value: number | null; low: number | null; high: number | null },
  n: number,
): Estimate {
  const curve = points.flatMap(({ load, per_minute }) => per_minute === null ? [] : [{ load, per_minute }]);
  const at = (load: number | null) => load === null ? null : alongLines(curve, load);
  const most = high === null ? null : Math.max(
    at(high) ?? -Infinity,
    at(value) ?? -Infinity,
    ...curve.filter(({ load }) => load <= high && load >= (low ?? value ?? high)).map((one) =>
      one.per_minute
    ),
  );
  return {
    value: at(value),
    low: at(low),
    high: most === null || !Number.isFinite(most) ? null : most,
    n,
    flagged: value === null || low === null || high === null,
  };
}

/** Between known points, along the line of the two next to it; at the ends, as the last one. */
function alongLines(curve: readonly { load: number; per_minute: number }[], load: number): number | null {
  const after = curve.findIndex((one) => one.load >= load);
  if (after === -1) return curve.at(-1)?.per_minute ?? null;
  const to = curve[after]!;
  const from = curve[after - 1];
  if (from === undefined || to.load === load) return to.per_minute;
  return from.per_minute + (to.per_minute - from.per_minute) * (load - from.load) / (to.load - from.load);
}

function none(n: number): Estimate {
  return { value: null, low: null, high: null, n, flagged: true };
}
