/** Where an axis begins and ends, whether it is logarithmic, where its ticks stand and what they say. */

import { showNumber } from "../core/mod.ts";

/** A numeric axis. */
export interface Axis {
  readonly type: "linear" | "log";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  /** The budget when it lies on the axis; null when it is too far from the figures to be drawn, or absent. */
  readonly budget: number | null;
}

export interface AxisOptions {
  /** A limit that should be seen together with the figures. */
  readonly budget?: number | null;
  /** About how many ticks there is room for. Default 5. */
  readonly ticks?: number;
}

/** Beyond this ratio between largest and smallest figure a linear axis hides the small ones. */
const logRatio = 25;

/**
 * The axis for some figures: from zero when they are of one size, logarithmic when the largest is over 25 times the
 * smallest. A budget that would press the figures into a corner (over 2.5 times beyond them, 10 times on a logarithmic
 * axis) is left out, which `budget: null` tells.
 */
export function axisFor(figures: readonly number[], { budget = null, ticks = 5 }: AxisOptions = {}): Axis {
  const finite = figures.filter((figure) => Number.isFinite(figure));
  let [least, greatest] = finite.reduce(
    ([low, high], figure) => [Math.min(low, figure), Math.max(high, figure)],
    [Infinity, -Infinity],
  );
  if (finite.length === 0) [least, greatest] = [0, budget ?? 1];
  const log = least > 0 && greatest / least > logRatio;
  const reach = log ? 10 : 2.5;
  const seen = budget !== null && budget > 0 && budget <= greatest * reach &&
    (!log || budget * reach >= least);
  if (seen) [least, greatest] = [Math.min(least, budget), Math.max(greatest, budget)];
  return {
    ...(log ? logAxis(least, greatest, ticks) : linearAxis(greatest, ticks)),
    budget: seen ? budget : null,
  };
}

function linearAxis(greatest: number, count: number): Omit<Axis, "budget"> {
  const top = greatest > 0 ? greatest * 1.06 : 1;
  const step = [1, 2, 2.5, 5, 10].map((m) => m * 10 ** Math.floor(Math.log10(top / count)))
    .find((candidate) => top / candidate <= count)!;
  const last = Math.ceil(top / step - 1e-9);
  const ticks = Array.from({ length: last + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  return { type: "linear", domain: [0, ticks.at(-1)!], ticks };
}

function logAxis(least: number, greatest: number, count: number): Omit<Axis, "budget"> {
  const [low, high] = [least / 1.25, greatest * 1.25];
  const decades: number[] = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) decades.push(e);
  const within = (mantissas: number[]) =>
    decades.flatMap((e) => mantissas.map((m) => Number((m * 10 ** e).toPrecision(12))))
      .filter((tick) => tick >= low && tick <= high);
  const fine = within([1, 2, 5]);
  return { type: "log", domain: [low, high], ticks: fine.length <= count * 1.6 ? fine : within([1]) };
}

/** Where a value stands on an axis of so many pixels, from its beginning. */
export function along(axis: Axis, value: number, length: number): number {
  const [low, high] = axis.domain;
  if (axis.type === "linear") return (value - low) / (high - low) * length;
  return Math.log(value / low) / Math.log(high / low) * length;
}

/** The unit in which latencies of this size are read: milliseconds up to one second, else seconds. */
export function latencyUnit(
  milliseconds: readonly number[],
): { readonly name: "ms" | "s"; readonly ms: number } {
  return milliseconds.some((value) => value >= 1000) ? { name: "s", ms: 1000 } : { name: "ms", ms: 1 };
}

/** A tick's text. */
export function showTick(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : showNumber(value, 4);
}
