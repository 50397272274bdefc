/** The due times of an open-loop level, drawn before the first request is sent. */

import type { Phase, Random } from "../core/mod.ts";
import { flat, ramp, type RateProfile, steps } from "./rate_profile.ts";

/** The schedule asked for. */
export interface Schedule {
  readonly arrival: "constant" | "poisson" | "gamma" | "ramp" | "step";
  /** Arrivals per second: one for `constant`, `poisson`, `gamma`; the rates in order for `ramp` and `step`. */
  readonly rates_rps: readonly number[];
  /** Shape of the gamma distribution of the gaps: 1 is Poisson, less is burstier; null = even gaps where not `poisson`. */
  readonly burstiness: number | null;
  readonly warmup_requests: number;
  /** Measured requests; null = as many as come in `duration_ms`. */
  readonly requests: number | null;
  /** Length of the measure phase; null = until `requests` have come. Needed by `ramp` and `step`. */
  readonly duration_ms: number | null;
  readonly drain_ms: number;
}

/** One request to come. */
export interface DueTime {
  /** Milliseconds from the level's start, in whole microseconds. */
  readonly due_ms: number;
  readonly phase: Phase;
}

/**
 * Draws the due times of a level, ascending.
 *
 * The arrivals form a renewal process of unit rate whose time is stretched by the rate profile, so that `ramp` and `step`
 * keep the randomness they are given. Warm-up requests come first, at the first rate; the measure phase begins with the
 * last of them; arrivals go on at the last rate for `drain_ms`. Even gaps lie symmetrically in a phase: the first arrival
 * comes half a gap after its start.
 */
export function drawSchedule(schedule: Schedule, random: Random): DueTime[] {
  const { rates_rps, warmup_requests, requests, duration_ms, drain_ms } = schedule;
  const gap = gapsOf(schedule, random);
  const half = gap === even ? 0.5 : 0;
  const due: DueTime[] = [];
  const add = (ms: number, phase: Phase) => due.push({ due_ms: micros(ms), phase });

  let units = -half;
  const before = flat(rates_rps[0]!);
  for (let i = 0; i < warmup_requests; i++) {
    units += gap();
    add(before.when(units), "warmup");
  }
  const begun = warmup_requests === 0 ? 0 : units + half;
  const start_ms = before.when(begun);

  const profile = profileOf(schedule);
  const most = requests ?? Infinity;
  const end = duration_ms === null ? Infinity : profile.expected(duration_ms);
  let measured = 0;
  let next = units + gap() - begun;
  for (; measured < most && next < end; measured++) {
    add(start_ms + profile.when(next), "measure");
    units = next;
    next += gap();
  }

  const after = flat(rates_rps.at(-1)!);
  const ended = measured < most ? end : units + half;
  const ended_ms = start_ms + profile.when(ended);
  for (; after.when(next - ended) < drain_ms; next += gap()) {
    add(ended_ms + after.when(next - ended), "drain");
  }
  return due;
}

/** Arrivals per second over the measure phase. */
export function meanRate({ arrival, rates_rps }: Pick<Schedule, "arrival" | "rates_rps">): number {
  const sum = rates_rps.reduce((total, rate) => total + rate, 0);
  if (arrival !== "ramp") return sum / rates_rps.length;
  // Trapezoids of equal width: both ends count half.
  return (sum - (rates_rps[0]! + rates_rps.at(-1)!) / 2) / (rates_rps.length - 1);
}

function profileOf({ arrival, rates_rps, duration_ms }: Schedule): RateProfile {
  if (arrival === "ramp") return ramp(rates_rps, duration_ms!);
  return arrival === "step" ? steps(rates_rps, duration_ms!) : flat(rates_rps[0]!);
}

const even = () => 1;

/** Gaps of mean 1. */
function gapsOf({ arrival, burstiness }: Schedule, random: Random): () => number {
  if (arrival === "poisson" || burstiness === 1) return () => random.exponential(1);
  return arrival === "constant" || burstiness === null ? even : () => gamma(burstiness, random) / burstiness;
}

/**
 * A gamma variate of the given shape and scale 1, by rejection from a transformed normal one.
 * Source: G. Marsaglia and W. W. Tsang, A simple method for generating gamma variables, ACM TOMS 26(3), 2000.
 */
export function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < x * x / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
