/** An axis for the wall clock, UTC: where its ticks stand and what they say. */

import type { Axis } from "./axis.ts";
import { showDay } from "./study_wording.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 7, 14, 28, 91].map((count) => count * day),
];

/** The axis from a time to another, UTC milliseconds, with about so many ticks at full minutes, hours or days. */
export function timeAxis(from_ms: number, until_ms: number, ticks = 8): Axis {
  const end = Math.max(until_ms, from_ms + minute);
  const step = steps.find((size) => (end - from_ms) / size <= ticks) ?? 365 * day;
  const first = Math.ceil(from_ms / step) * step;
  const count = Math.max(0, Math.floor((end - first) / step) + 1);
  return {
    type: "linear",
    domain: [from_ms, end],
    ticks: Array.from({ length: count }, (_, i) => first + i * step),
    budget: null,
  };
}

/** The tick's text: the day where one begins, else the time of day. */
export function showTimeTick(at_ms: number): string {
  return at_ms % day === 0 ? showDay(at_ms) : new Date(at_ms).toISOString().slice(11, 16);
}
