/** How figures of single requests are spread over each cell, in a few numbers however many requests there are. */

import { quantile, sorted } from "../metrics/mod.ts";
import { type Cell, eachCell, release } from "./attempts.ts";
import type { Requests } from "./frame.ts";

/** Figures of a request whose spread people feel. */
export const spreadFigures = ["ttft_ms", "response_ms"] as const;
export type SpreadFigure = (typeof spreadFigures)[number];

/** One figure over the successes of the measure phase of one cell. */
export interface Distribution {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  readonly figure: SpreadFigure;
  /** Successes behind it. */
  readonly n: number;
  /** Milliseconds at 0, 0.5, 1, ..., 100 %, linear between ranks: 201 numbers, ascending. */
  readonly quantiles: readonly number[];
}

/** Steps between the least and the greatest value. */
const steps = 200;

/** The distributions of a table of attempts (as `openRequests` gives it), by cell and figure; none where a figure has no value. */
export function distributions(requests: Requests): Distribution[] {
  return eachCell(requests).toArray().flatMap(distributionsOf);
}

/** Those of one cell. */
export function distributionsOf({ attempts, experiment_name, payload_file, ...load }: Cell): Distribution[] {
  const { concurrency, request_rate_rps } = load;
  const successes = attempts.labelled("phase", "measure").labelled("status", "ok");
  return spreadFigures.flatMap((figure) => {
    const values = successes.known(figure);
    release(attempts.columns);
    if (values.length === 0) return [];
    const of = { experiment_name, payload_file, concurrency, request_rate_rps };
    return [{ ...of, figure, n: values.length, quantiles: quantilesOf(values) }];
  });
}

function quantilesOf(values: Float64Array): number[] {
  const samples = sorted(values);
  return Array.from({ length: steps + 1 }, (_, i) => quantile(samples, i / steps * 1000)!);
}
