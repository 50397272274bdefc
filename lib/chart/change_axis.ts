/** An axis for relative changes: a tenth more and a tenth less are equally far from no change. */

import { showNumber } from "../core/mod.ts";
import type { Axis } from "./axis.ts";

/** Beyond this ratio of the greatest to the least, ticks stand at factors. */
const wide = 3;
const factors = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 50, 100];
/** Those of them that go where there is no room. */
const between = [0.02, 0.05, 0.2, 0.3, 0.75, 1.5, 3, 5, 20, 50];
const mostTicks = 9;

/**
 * A logarithmic axis of 1 + change, with no change (1) on it and some room on both sides of it.
 *
 * @param changes as fractions: -0.2 = 20 % less
 */
export function changeAxis(changes: readonly number[]): Axis {
  const all = [
    1,
    ...changes.map((change) => 1 + change).filter((factor) => factor > 0 && Number.isFinite(factor)),
  ];
  const reach = Math.max(1.01, ...all, ...all.map((factor) => 1 / factor));
  // A third of the farther side at least on the other one: room for the words that say what it means.
  const low = Math.min(...all, 1 / reach ** 0.55) / reach ** 0.06;
  const high = Math.max(...all, reach ** 0.55) * reach ** 0.06;
  return { type: "log", domain: [low, high], ticks: ticksOf(low, high), budget: null };
}

function ticksOf(low: number, high: number): number[] {
  if (high / low > wide) {
    const within = factors.filter((factor) => factor >= low && factor <= high);
    return within.length <= mostTicks ? within : within.filter((factor) => !between.includes(factor));
  }
  const span = high - low;
  const step =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((size) => span / size <= 8) ?? 1;
  const ticks: number[] = [];
  for (let k = Math.ceil((low - 1) / step); 1 + k * step <= high; k++) {
    ticks.push(Number((1 + k * step).toPrecision(9)));
  }
  return ticks;
}

/** A factor of the axis as a change: `−20`, `0`, `+100`; the axis says that it is percent. */
export function showChangeTick(factor: number): string {
  const percent = Number(((factor - 1) * 100).toPrecision(4));
  return percent === 0 ? "0" : `${percent > 0 ? "+" : "−"}${showNumber(Math.abs(percent), 4)}`;
}
