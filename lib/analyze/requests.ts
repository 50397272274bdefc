/** The frame of all attempts of a run. */

import { pl } from "nodejs-polars";
import { buildParquet } from "./parquet.ts";
import type { DataFrame } from "./frame.ts";

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
