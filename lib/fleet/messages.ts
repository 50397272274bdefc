/** What controller and remote workers say to each other, beside what a worker says on this machine, too. */

import type { Certificate } from "../core/mod.ts";
import type { FromWorker, ToWorker } from "../load/mod.ts";
import type { ClockOffset } from "./clock_sync.ts";
import type { LagCounts } from "./lag_histogram.ts";

/** A worker on another machine is told where its part of the run lies; paths are those of the run's storage. */
export interface Assignment {
  /** The segment of the run; a worker serves no other. */
  readonly segment: string;
  readonly worker: string;
  /** Of this worker's shard in the storage. */
  readonly shard: string;
  /** Names of the prompt files that it needs, below `data/prompts`. */
  readonly prompts: readonly string[];
  /** The order that its process gets, but for what only its own machine knows: paths and the origin of its clock. */
  readonly clock: "auto" | "kernel" | "user";
  readonly origin_at: string;
  /** Zero of all stamps on the controller's clock, in milliseconds. */
  readonly origin_ms: number;
  /** The worker's clock as measured. */
  readonly offset: ClockOffset;
  /** Values of environment variables that its endpoints need: keys. */
  readonly env: Readonly<Record<string, string>>;
  /** Parts of its journal are shipped so often; of its vital signs ten times less. */
  readonly ship_ms: number;
  /** Its progress is told so often. */
  readonly progress_ms: number;
}

/** What a worker's machine is certified for before the load: its share of the plan's. null: the plan has none of that kind. */
export interface CertifyOrder {
  readonly streams: number | null;
  readonly rate_rps: number | null;
  readonly seconds: number;
}

export type ToFleet =
  /** Tell what your clock says. */
  | { readonly ask: number }
  /** Measure how far your machine's client can be believed. */
  | { readonly certify: CertifyOrder }
  | { readonly assignment: Assignment }
  /** For the process that sends. */
  | { readonly tell: ToWorker }
  /** Nothing more comes: end. */
  | { readonly leave: true };

/** What a worker's machine says of itself. */
export interface NodeFacts {
  readonly host: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly deno: string;
  readonly version: string;
}

export type FromFleet =
  | { readonly node: NodeFacts }
  /** The answer to `ask`, on the worker's clock. */
  | { readonly answer: number; readonly heard_ms: number; readonly answered_ms: number }
  | { readonly certificate: Certificate }
  /** From the process that sends. */
  | { readonly said: FromWorker }
  /** A part of the journal is in the storage, whole. */
  | { readonly part: JournalPart }
  /** The process that sends has ended, and all parts are in the storage. */
  | { readonly ended: { readonly code: number; readonly complaint: string } };

/** Some lines of a worker's journal, in the storage for good. */
export interface JournalPart {
  /** From 1, without a gap. */
  readonly number: number;
  /** In the storage. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** `requests` or `vitals`. */
  readonly kind: "requests" | "vitals";
  /** Send lags of its lines; empty where nothing was due. */
  readonly lags: LagCounts;
}
