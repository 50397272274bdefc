/** The frame of all attempts of a run. */

import { pl } from "nodejs-polars";
import type { LazyDataFrame } from "nodejs-polars";
import { buildParquet } from "./parquet.ts";
import { type DataFrame, lazily, type Requests } from "./frame.ts";
import { eachPiece } from "./table_pieces.ts";

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
  return await (await scanRequests(run_dir)).collect();
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
export async function promptLengths(
  requests: Requests,
  of: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const lengths = new Map<string, number>();
  const known = eachPiece(
    requests,
    (piece) => piece.select("request_id", "prompt_tokens").filter(pl.col("prompt_tokens").isNotNull()),
  );
  for await (const piece of known) {
    const ids = piece.getColumn("request_id").toArray() as string[];
    const tokens = piece.getColumn("prompt_tokens").toArray() as number[];
    for (const [i, id] of ids.entries()) if (of.has(id)) lengths.set(id, tokens[i]!);
  }
  return lengths;
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
export async function sampleRequests(requests: Requests, most = 2000): Promise<RequestSample> {
  const counts = new Map<string, number>();
  for await (const piece of eachPiece(requests, (one) => dotsOf(one).select("experiment_name"))) {
    for (const part of piece.partitionBy(["experiment_name"], true)) {
      const name = part.getColumn("experiment_name").get(0) as string;
      counts.set(name, (counts.get(name) ?? 0) + part.height);
    }
  }
  const drawn = new Map([...counts].map(([name, count]) => [name, new Draw(count, most)]));
  for await (const piece of eachPiece(requests, dotsOf)) {
    for (const part of piece.partitionBy(["experiment_name"], true)) {
      drawn.get(part.getColumn("experiment_name").get(0) as string)!.take(part);
    }
  }
  return {
    points: [...drawn.values()].flatMap(({ points }) => points),
    total: [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
}

function dotsOf(piece: LazyDataFrame): LazyDataFrame {
  const known = ["experiment_name", "concurrency", "prompt_tokens", "e2e_ms"];
  return piece.filter(pl.col("phase").eq(pl.lit("measure")))
    .select(
      pl.col("experiment_name"),
      pl.when(pl.col("concurrency").isNull()).then(pl.col("request_rate_rps"))
        .otherwise(pl.col("concurrency")).cast(pl.Float64).alias("concurrency"),
      pl.col("prompt_tokens"),
      pl.col("e2e_ms"),
    )
    .filter(known.map((name) => pl.col(name).isNotNull()).reduce((all, one) => all.and(one)));
}

/** Some of the dots of one experiment, which come in pieces. */
class Draw {
  readonly points: SampledRequest[];
  /** Which dots are drawn, ascending, each with its place among the points; null: all. */
  readonly #drawn: { readonly dot: number; readonly place: number }[] | null;
  #seen = 0;
  #taken = 0;

  constructor(count: number, most: number) {
    this.points = [];
    this.#drawn = count <= most
      ? null
      : (pl.DataFrame({ dot: pl.Series("dot", Uint32Array.from({ length: count }, (_, i) => i)) })
        .sample({ n: most, seed: 1 }).getColumn("dot").toArray() as number[])
        .map((dot, place) => ({ dot, place })).sort((a, b) => a.dot - b.dot);
  }

  take(part: DataFrame): void {
    const until = this.#seen + part.height;
    if (this.#drawn === null) this.points.push(...part.toRecords() as unknown as SampledRequest[]);
    else {
      const from = this.#taken;
      while (this.#taken < this.#drawn.length && this.#drawn[this.#taken]!.dot < until) this.#taken++;
      const own = this.#drawn.slice(from, this.#taken);
      const wanted = pl.DataFrame({
        dot: pl.Series("dot", own.map(({ dot }) => dot - this.#seen), pl.UInt32),
      });
      const records = part.withRowIndex("dot").join(wanted, { on: "dot", how: "semi" }).sort("dot").drop(
        "dot",
      )
        .toRecords();
      for (const [i, { place }] of own.entries()) {
        this.points[place] = records[i] as unknown as SampledRequest;
      }
    }
    this.#seen = until;
  }
}
