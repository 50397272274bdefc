/** The frame of all attempts of a run. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import { buildParquet } from "./parquet.ts";
import { type DataFrame, lazily, type Requests } from "./frame.ts";

/**
 * Opens the attempts of a run, one row each, with the columns of `docs/columns.md`; builds `requests.parquet` first
 * where it is missing or older than a journal.
 *
 * Every phase and every attempt is there: for a figure of your own start with
 * `requests.filter(pl.col("phase").eq(pl.lit("measure")).and(pl.col("status").eq(pl.lit("ok"))))`. Times are numbers
 * in milliseconds from the origin of their segment; `sent_at` is text (ISO 8601, UTC). Read a list (`itl_us`) with
 * `toRecords()` or `explode`: Polars' `Series.get` can't.
 *
 * @throws {UserError} if the run holds no journal, or a damaged one
 */
export async function openRequests(run_dir: string): Promise<DataFrame> {
  return pl.readParquet(await buildParquet(run_dir));
}

/**
 * The same without reading anything yet: a query reads the columns that it names. A million requests with their texts are more than
 * an analysis should hold.
 *
 * @throws {UserError} if the run holds no journal, or a damaged one
 */
export async function scanRequests(run_dir: string): Promise<LazyDataFrame> {
  return pl.scanParquet(await buildParquet(run_dir));
}

/** Attempts of a table, whatever became of them. */
export interface AttemptCounts {
  readonly attempts: number;
  /** Their prompt had been sent before in their level. */
  readonly repeated: number;
  /** Sent at a load beyond the one that the client is trusted at. */
  readonly untrusted: number;
}

/** Counts the attempts that a reader is told of. */
export function attemptCounts(requests: Requests): AttemptCounts {
  const [counts] = lazily(requests).select(
    pl.len().alias("attempts"),
    pl.col("prompt_use").gt(pl.lit(1)).sum().alias("repeated"),
    pl.col("trusted").eq(pl.lit(false)).sum().alias("untrusted"),
  ).collectSync().toRecords();
  return counts as unknown as AttemptCounts;
}

/** Tokens of the prompt by request, where they are known. */
export function promptLengths(requests: Requests, of: ReadonlySet<string>): Map<string, number> {
  const table = lazily(requests).select("request_id", "prompt_tokens")
    .filter(pl.col("prompt_tokens").isNotNull()).collectSync();
  const ids = table.getColumn("request_id").toArray() as string[];
  const tokens = table.getColumn("prompt_tokens").toArray() as number[];
  return new Map(ids.flatMap((id, i) => of.has(id) ? [[id, tokens[i]!] as const] : []));
}

/** A measured success as a dot. */
export interface SampledRequest {
  readonly experiment_name: string;
  /** Requests in flight; in open loop arrivals per second. */
  readonly concurrency: number;
  readonly prompt_tokens: number;
  readonly e2e_ms: number;
}

/** Some of the measured successes, and how many there are. */
export interface RequestSample {
  readonly points: readonly SampledRequest[];
  readonly total: number;
}

/**
 * The measured successes with a known prompt length; of an experiment that has more than `most`, so many, drawn at random from a
 * fixed seed.
 */
export function sampleRequests(requests: Requests, most = 2000): RequestSample {
  const known = ["experiment_name", "concurrency", "prompt_tokens", "e2e_ms"];
  const successes = lazily(requests)
    .filter(pl.col("phase").eq(pl.lit("measure")))
    .select(
      pl.col("experiment_name"),
      pl.when(pl.col("concurrency").isNull()).then(pl.col("request_rate_rps"))
        .otherwise(pl.col("concurrency")).cast(pl.Float64).alias("concurrency"),
      pl.col("prompt_tokens"),
      pl.col("e2e_ms"),
    )
    .filter(known.map((name) => pl.col(name).isNotNull()).reduce((all, one) => all.and(one)))
    .collectSync();
  if (successes.height === 0) return { points: [], total: 0 };
  const points = successes.partitionBy(["experiment_name"], true).flatMap((own) =>
    (own.height <= most ? own : own.sample({ n: most, seed: 1 })).toRecords() as unknown as SampledRequest[]
  );
  return { points, total: successes.height };
}
