/** What tells cells (experiment x payload file x load) apart, and in which order they come. */

import type { RequestRecord } from "../core/mod.ts";

/** The columns that say to which cell an attempt belongs. */
export const cellColumns = ["experiment_name", "payload_file", "concurrency", "request_rate_rps"] as const;

type CellName = Pick<RequestRecord, "experiment_name" | "payload_file" | "concurrency"> & {
  readonly request_rate_rps?: number | null;
};

/** What tells cells apart, as one text. */
export function cellKey(of: CellName): string {
  return JSON.stringify([of.experiment_name, of.payload_file, of.concurrency, of.request_rate_rps ?? null]);
}

const byName = new Intl.Collator("en", { numeric: true });

/** Compares by experiment, payload file (`0-500` before `500-1000` before `1000-2000`), concurrency and rate. */
export function byCell(
  a: CellName & { readonly experiment_name: string; readonly payload_file: string },
  b: CellName & { readonly experiment_name: string; readonly payload_file: string },
): number {
  return byName.compare(a.experiment_name, b.experiment_name) ||
    byName.compare(a.payload_file, b.payload_file) ||
    (a.concurrency ?? 0) - (b.concurrency ?? 0) ||
    (a.request_rate_rps ?? 0) - (b.request_rate_rps ?? 0);
}
