/** `fleet.jsonl` in the run directory: which machines sent, how their clocks went, which were lost. */

import { join } from "node:path";
import { type LineLog, openLineLog, readLineLog } from "../storage/mod.ts";
import type { LagCounts } from "./lag_histogram.ts";
import type { NodeFacts } from "./messages.ts";

/** Of one worker in one segment; `at` is UTC, ISO 8601. */
export type FleetLine =
  & { readonly at: string; readonly segment: string; readonly worker: string }
  & (
    | { readonly event: "node"; readonly node: NodeFacts; readonly round_trip_ms: number }
    /** What its machine is certified for; null: no rung says anything. */
    | {
      readonly event: "certificate";
      readonly trusted_streams: number | null;
      readonly trusted_rate_rps: number | null;
      readonly fault: string | null;
    }
    /** Its clock minus the controller's, as measured between two levels; null: before the first, after the last. */
    | {
      readonly event: "clock";
      readonly after_level: number | null;
      readonly before_level: number | null;
      readonly at_ms: number;
      readonly offset_ms: number;
      readonly error_ms: number;
    }
    /** How far its stamps of a level may be off; over the limit they are not trusted. */
    | {
      readonly event: "skew";
      readonly level: number;
      readonly skew_ms: number;
      readonly limit_ms: number;
      readonly trusted: boolean;
    }
    /** Nothing of it counts from then on; `unfinished` requests of its share have no outcome. null: it was lost before the first level. */
    | {
      readonly event: "lost";
      readonly host: string | null;
      readonly level: number | null;
      readonly reason: string;
      readonly unfinished: number;
    }
    /** All that counts of it is at home; nothing more of it will be. */
    | {
      readonly event: "settled";
      readonly parts: number;
      readonly bytes: number;
      readonly lags: LagCounts;
      /** Whether its clock and its machine leave its figures to be believed. */
      readonly trusted: boolean;
    }
  );

/** Without what is the same for all. */
export type FleetEvent = FleetLine extends infer Line
  ? Line extends FleetLine ? Omit<Line, "at" | "segment" | "worker"> : never
  : never;

const pathOf = (run_dir: string) => join(run_dir, "fleet.jsonl");

/** Keeps what happens to the fleet of one segment. */
export class FleetLog {
  readonly #log: LineLog<FleetLine>;
  readonly #segment: string;

  private constructor(log: LineLog<FleetLine>, segment: string) {
    this.#log = log;
    this.#segment = segment;
  }

  static async open(run_dir: string, segment: string): Promise<FleetLog> {
    return new FleetLog(await openLineLog<FleetLine>(pathOf(run_dir)), segment);
  }

  /** Resolves when the line outlives this process. */
  note(worker: string, event: FleetEvent): Promise<void> {
    const line = { at: new Date().toISOString(), segment: this.#segment, worker, ...event };
    return this.#log.append(line as FleetLine);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** What happened to the fleet of a run, in all its segments; empty for a run without one. */
export async function readFleetLog(run_dir: string): Promise<readonly FleetLine[]> {
  try {
    return (await readLineLog<FleetLine>(pathOf(run_dir))).values;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
