/** A straight line through few values. */

import type { Interval } from "../core/mod.ts";
import { t975 } from "./normal.ts";

/**
 * The slope of the line through equally spaced values by least squares, with its 95 % interval by their scatter about the line
 * (Student's t for two degrees of freedom less than values). RangeError under three values.
 */
export function lineThrough(values: readonly number[]): Interval {
  const n = values.length;
  if (n < 3) throw new RangeError(`Cannot draw a line through ${n} values: expected three at least`);
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const value = values.reduce((sum, one, i) => sum + (i - middle) * (one - mean), 0) / squares;
  const scatter = values.reduce((sum, one, i) => sum + (one - mean - value * (i - middle)) ** 2, 0);
  const half = t975(n - 2) * Math.sqrt(scatter / (n - 2) / squares);
  return { value, low: value - half, high: value + half };
}
