/** What was served, and over which network: plain rows that the analysis makes of the records and the report shows. */

import type { Estimate } from "./summary.ts";

/** One thing that was asked of an experiment's endpoint, and what the answers say of it. */
export interface ServedFigure {
  readonly experiment_name: string;
  readonly what: "model" | "service_tier" | "latency_mode";
  /** null: nothing was asked for. */
  readonly asked: string | null;
  /** null: the endpoint did not say. */
  readonly served: string | null;
  /** Answers of which this holds. */
  readonly answers: number;
}

/** What one copy of an endpoint got in a cell, and how it answered. */
export interface CopyFigure {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  /** From 0. */
  readonly replica: number;
  /** Of the measure phase, those that were tried again included. */
  readonly attempts: number;
  /** Of the cell's attempts. */
  readonly share: number;
  readonly failed: number;
  readonly ttft_p50_ms: Estimate | null;
  readonly e2e_p50_ms: Estimate | null;
}

/** How far an experiment's endpoint is away. */
export interface NetworkFigure {
  readonly experiment_name: string;
  /** Regions of the endpoint in the records; empty: not known. */
  readonly regions: readonly string[];
  /** New connections of the run. */
  readonly connections: number;
  /** TCP connect in milliseconds, the least of the new connections (the round trip) and their median; null without any. */
  readonly connect_least_ms: number | null;
  readonly connect_p50_ms: number | null;
  /** Median of the time to the first token of its fastest load, in milliseconds; null: not streamed, or too few answers. */
  readonly ttft_p50_ms: number | null;
}
