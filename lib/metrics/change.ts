/** How much a figure changed from one measurement to another, and whether chance alone may have done it. */

import type { Change, ChangeScale, Estimate, Interval } from "../core/mod.ts";
import { difference } from "./distinction.ts";
import { twoSided, z975 } from "./normal.ts";

/**
 * The change from a figure to another one, both measured independently: their difference by `difference`, on the scale on which its
 * interval is right. `ratio` (latencies, rates, costs: all positive) takes logarithms, so that +5 % is +5 % whatever the size, and the
 * intervals of skewed samples are near symmetric. `points` (fractions, cosines) takes them as they are; with Wilson's
 * intervals that is Newcombe's interval (Statistics in Medicine 17 (1998), 873-890, method 10).
 *
 * @returns on the scale of the sum: a difference of logarithms for `ratio`. null when one of the two is not known, or not positive for `ratio`
 */
export function shiftBetween(from: Estimate, to: Estimate, scale: ChangeScale): Interval | null {
  const before = onScale(from, scale);
  const after = onScale(to, scale);
  return before === null || after === null ? null : difference(after, before);
}

function onScale({ value, low, high }: Estimate, scale: ChangeScale): Interval | null {
  if (value === null) return null;
  if (scale === "points") return { value, low, high };
  const log = (end: number | null) => end === null || end <= 0 ? null : Math.log(end);
  return value > 0 ? { value: Math.log(value), low: log(low), high: log(high) } : null;
}

/**
 * The mean of independent shifts, each counting the same: for ratios the geometric mean. Its ends lie as far out as the root of the
 * sum of squares of theirs says. null without any.
 */
export function meanShift(shifts: readonly Interval[]): Interval | null {
  if (shifts.length === 0) return null;
  const value = shifts.reduce((sum, shift) => sum + shift.value, 0) / shifts.length;
  const reach = (end: (shift: Interval) => number | null) => {
    const distances = shifts.map((shift) => {
      const at = end(shift);
      return at === null ? Infinity : at - shift.value;
    });
    const whole = Math.hypot(...distances) / shifts.length;
    return Number.isFinite(whole) ? whole : null;
  };
  const down = reach(({ low }) => low);
  const up = reach(({ high }) => high);
  return { value, low: down === null ? null : value - down, high: up === null ? null : value + up };
}

/** The mean of shifts that may all err together, each counting the same: its ends lie out as far as theirs do on average. */
export function dependentMeanShift(shifts: readonly Interval[]): Interval | null {
  if (shifts.length === 0) return null;
  const mean = (values: readonly (number | null)[]) =>
    values.reduce((sum, value) => sum === null || value === null ? null : sum + value / values.length, 0);
  return {
    value: mean(shifts.map(({ value }) => value))!,
    low: mean(shifts.map(({ low }) => low)),
    high: mean(shifts.map(({ high }) => high)),
  };
}

/**
 * What a shift says in the reader's terms. The p-value is that of the normal distribution whose 95 % interval reaches from the shift to
 * the end on the side of no change, so that it is below 0.05 just when the interval leaves out no change. null where
 * that end is open.
 */
export function changeOf(shift: Interval | null, scale: ChangeScale): Change {
  if (shift === null) return { scale, value: null, low: null, high: null, p_value: null };
  const shown = (at: number | null) => at === null ? null : scale === "ratio" ? Math.expm1(at) : at;
  const { value, low, high } = shift;
  return { scale, value: shown(value), low: shown(low), high: shown(high), p_value: pValue(shift) };
}

function pValue({ value, low, high }: Interval): number | null {
  if (value === 0) return low === null && high === null ? null : 1;
  const end = value > 0 ? low : high;
  return end === null ? null : twoSided(z975 * value / (value - end));
}

/** Half of the width of a 95 % interval in standard errors: the standard error. null: open. */
export function standardError({ low, high }: Pick<Interval, "low" | "high">): number | null {
  return low === null || high === null ? null : (high - low) / (2 * z975);
}
