/** How figures of single requests are spread over each cell, in a few numbers however many requests there are. */

import { pl } from "nodejs-polars";
import { quantile, sorted } from "../metrics/mod.ts";
import { byCell } from "./attempts.ts";
import { type DataFrame, lazily, type Requests } from "./frame.ts";

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
const cell = ["experiment_name", "payload_file", "concurrency", "request_rate_rps"] as const;

/**
 * The distributions of a table of attempts (as `openRequests` gives it), by cell and figure; none where a figure has no value.
 * Values stay in Polars until they are one array of numbers.
 */
export function distributions(requests: Requests): Distribution[] {
  const successes = lazily(requests)
    .filter(pl.col("phase").eq(pl.lit("measure")).and(pl.col("status").eq(pl.lit("ok"))))
    .select(...[...cell, ...spreadFigures].map((name) => pl.col(name)))
    .collectSync();
  if (successes.height === 0) return [];
  return successes.partitionBy([...cell]).flatMap((part) => {
    const of = cellOf(part);
    return spreadFigures.flatMap((figure) => {
      const values = part.getColumn(figure).dropNulls().toTypedArray() as Float64Array;
      if (values.length === 0) return [];
      return [{ ...of, figure, n: values.length, quantiles: quantilesOf(values) }];
    });
  }).sort((a, b) => byCell(a, b) || spreadFigures.indexOf(a.figure) - spreadFigures.indexOf(b.figure));
}

function cellOf(part: DataFrame): Omit<Distribution, "figure" | "n" | "quantiles"> {
  const [row] = part.select(...cell).head(1).toRecords();
  return row as ReturnType<typeof cellOf>;
}

function quantilesOf(values: Float64Array): number[] {
  const samples = sorted(values);
  return Array.from({ length: steps + 1 }, (_, i) => quantile(samples, i / steps * 1000)!);
}
