/** The requests of a level, before they have prompts: how many, in which phase, and due when. */

import { type Phase, seededRandom } from "../core/mod.ts";
import { drawSchedule } from "./arrivals.ts";
import { type LevelSpec, loadName, measuredRequests, reserveFor } from "./level_spec.ts";

/** A request of a level before it has a prompt. */
export interface ComingRequest {
  readonly phase: Phase;
  /** null in closed loop. */
  readonly due_ms: number | null;
  /** Length of the prompt that a trace asks for; null = any. */
  readonly prompt_tokens: number | null;
  /** Cap on the answer that a trace gives; null = none. */
  readonly max_tokens: number | null;
}

/**
 * All requests of a level, in order. Every experiment gets the same due times at the same load.
 *
 * @param rows prompts there are
 */
export function comingRequests(spec: LevelSpec, rows: number, seed: number): ComingRequest[] {
  const { arrival } = spec;
  if (arrival === "closed") return closed(spec, rows);
  if (arrival === "trace") return replayed(spec);
  if (arrival === "study") throw new Error("the calls of a study are planned all together: planStudy");
  const { rates_rps = [], burstiness = null, duration_ms = null, drain_ms = 0 } = spec;
  const schedule = { ...spec, arrival, rates_rps, burstiness, duration_ms, drain_ms };
  const random = seededRandom(seed, ["arrivals", spec.payload_file, loadName(spec)]);
  return drawSchedule(schedule, random).map((due) => ({ ...due, prompt_tokens: null, max_tokens: null }));
}

function closed(spec: LevelSpec, rows: number): ComingRequest[] {
  const { warmup_requests, requests, duration_ms = null, drain_ms = 0 } = spec;
  const concurrency = spec.concurrency!;
  const measured = requests === null && duration_ms !== null
    ? reserveFor(duration_ms, concurrency)
    : measuredRequests({ ...spec, concurrency }, rows);
  const phases: readonly [Phase, number][] = [
    ["warmup", warmup_requests],
    ["measure", measured],
    ["drain", reserveFor(drain_ms, concurrency)],
  ];
  return phases.flatMap(([phase, count]) =>
    Array.from({ length: count }, () => ({ phase, due_ms: null, prompt_tokens: null, max_tokens: null }))
  );
}

/** A trace as recorded: its first requests are the warm-up; what comes up to `drain_ms` after the measure phase, the drain. */
function replayed(
  { trace = [], warmup_requests, requests, duration_ms, drain_ms = 0 }: LevelSpec,
): ComingRequest[] {
  const start_ms = warmup_requests === 0 ? 0 : trace[warmup_requests - 1]?.at_ms ?? 0;
  let end_ms = start_ms + (duration_ms ?? Infinity);
  let measured = 0;
  const coming: ComingRequest[] = [];
  for (const { at_ms, prompt_tokens, completion_tokens } of trace) {
    const phase = coming.length < warmup_requests
      ? "warmup"
      : measured < (requests ?? Infinity) && at_ms < end_ms
      ? "measure"
      : "drain";
    if (phase === "drain" && at_ms >= end_ms + drain_ms) break;
    if (phase === "measure" && ++measured === requests) end_ms = at_ms;
    coming.push({ phase, due_ms: at_ms, prompt_tokens, max_tokens: completion_tokens || null });
  }
  return coming;
}

/** Arrivals per second over the measured requests of a schedule, four digits of it; when all come at once, their number. */
export function measuredRate(coming: readonly ComingRequest[]): number {
  const due = coming.flatMap(({ phase, due_ms }) => phase === "measure" && due_ms !== null ? [due_ms] : []);
  const span_ms = (due.at(-1) ?? 0) - (due[0] ?? 0);
  return span_ms === 0 ? due.length : Number(((due.length - 1) * 1000 / span_ms).toPrecision(4));
}
