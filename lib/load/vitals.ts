/**
 * How the workers of a run were doing while they sent, from the files that their monitors left: whether the client had
 * reserves, and what an event cost it.
 */

import { join } from "node:path";
import type { ClientLoad } from "../core/mod.ts";
import { estimatePercentile, sorted } from "../metrics/mod.ts";
import { parseJsonLines } from "../storage/mod.ts";

/** One line of `vitals/<segment>-<worker>.jsonl`. */
export interface VitalSigns {
  /** Milliseconds from the segment's origin. */
  readonly at_ms: number;
  /** CPU milliseconds of all threads since the process began. */
  readonly cpu_ms: number;
  /** How late each timer since the last line was, in milliseconds. */
  readonly lags_ms: readonly number[];
}

/** The vital signs of one worker in one segment, by time. */
export interface WorkerVitals {
  readonly segment: string;
  readonly worker: string;
  readonly signs: readonly VitalSigns[];
}

const folder = "vitals";

/** Where the vital signs of a worker are kept. */
export function vitalsPath(run_dir: string, segment: string, worker: string): string {
  return join(run_dir, folder, `${segment}-${worker}.jsonl`);
}

/** Reads what the workers of a run left, of all segments; empty for a run without. A torn last line is left out. */
export async function readVitals(run_dir: string): Promise<WorkerVitals[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(join(run_dir, folder))) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return await Promise.all(
    names.sort().map(async (name) => {
      const [segment = "", worker = ""] = name.replace(/\.jsonl$/, "").split("-");
      return { segment, worker, signs: await readSigns(join(run_dir, folder, name)) };
    }),
  );
}

async function readSigns(path: string): Promise<VitalSigns[]> {
  const text = await Deno.readTextFile(path);
  return parseJsonLines(text.slice(0, text.lastIndexOf("\n") + 1), path);
}

/**
 * CPU milliseconds that a worker spent between two moments, by the rate between the first and the last reading within,
 * which hold less than the whole of it; null without two readings.
 */
export function cpuBetween(signs: readonly VitalSigns[], from_ms: number, to_ms: number): number | null {
  const inside = signs.filter(({ at_ms }) => at_ms >= from_ms && at_ms <= to_ms);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || last.at_ms <= first.at_ms) return null;
  return (last.cpu_ms - first.cpu_ms) / (last.at_ms - first.at_ms) * (to_ms - from_ms);
}

/** Lateness of the timers in the lines that reach into a span, in milliseconds; a line begins where the one before ends. */
export function lagsBetween(signs: readonly VitalSigns[], from_ms: number, to_ms: number): number[] {
  return signs.flatMap(({ at_ms, lags_ms }, i) =>
    at_ms > from_ms && (signs[i - 1]?.at_ms ?? at_ms) < to_ms ? lags_ms : []
  );
}

/** Sums up what the client of a run had left; null when there are too few readings to say anything. */
export function clientLoad(workers: readonly WorkerVitals[]): ClientLoad | null {
  let busiest_cpu = 0;
  let [cpu_ms, time_ms] = [0, 0];
  for (const { signs } of workers) {
    const [first, last] = [signs[0], signs.at(-1)];
    if (first === undefined || last === undefined) continue;
    cpu_ms += last.cpu_ms - first.cpu_ms;
    time_ms += last.at_ms - first.at_ms;
    let from = 0;
    for (const { at_ms, cpu_ms } of signs) {
      while (at_ms - (signs[from + 1]?.at_ms ?? at_ms) >= 1000) from++;
      const span_ms = at_ms - signs[from]!.at_ms;
      if (span_ms >= 1000) busiest_cpu = Math.max(busiest_cpu, (cpu_ms - signs[from]!.cpu_ms) / span_ms);
    }
  }
  if (time_ms === 0) return null;
  const mean_cpu = cpu_ms / time_ms;
  const lags = sorted(workers.flatMap(({ signs }) => signs.flatMap(({ lags_ms }) => lags_ms)));
  return {
    busiest_cpu: Math.max(busiest_cpu, mean_cpu),
    mean_cpu,
    lag_p99_ms: estimatePercentile(lags, 990).value,
    lag_max_ms: lags.at(-1) ?? null,
  };
}
