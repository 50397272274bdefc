/** The journals of a run as one table, `requests.parquet`. */

import { join } from "node:path";
import { pl } from "nodejs-polars";
import {
  type ColumnKind,
  columnNames,
  columns,
  type CountedTokens,
  messageOf,
  UserError,
} from "../core/mod.ts";
import { eachJsonLine, readJournal, writeAll } from "../storage/mod.ts";
import { polarsSchema } from "./frame.ts";

/** A value of each kind that can be taken for no other. */
const typical: Readonly<Record<ColumnKind, unknown>> = {
  text: "",
  float: 0.5,
  integer: 1,
  boolean: false,
  integers: [1],
};

/**
 * Builds `requests.parquet` of a run from all of its journals, one row an attempt, with the columns and types of
 * `core/`'s `columns`, zstd-compressed. Where no server counted tokens, the counts of `data/completion_tokens.jsonl` are
 * laid over the records. Does nothing when the table is there and neither a journal nor the counts changed after it was
 * built. Header lines and torn last lines are left out. Journals are read as streams: what grows with them is a mapped
 * file, which the system can take back. The table is written beside its place and renamed.
 *
 * @returns the path of the table
 * @throws {UserError} if there is no journal, or one is damaged other than by a torn last line
 */
export async function buildParquet(run_dir: string): Promise<string> {
  const table = join(run_dir, "requests.parquet");
  const journals = await journalsOf(run_dir);
  const counts = join(run_dir, "data", "completion_tokens.jsonl");
  const countedAt = await changedAt(counts);
  const newest = Math.max(countedAt, ...journals.map(({ changed }) => changed));
  if (await changedAt(table) >= newest) return table;

  const scratch = await Deno.makeTempDir({ dir: run_dir, prefix: ".requests-" });
  try {
    const lines = join(scratch, "requests.jsonl");
    await joinJournals(journals.map(({ path }) => path), lines);
    const built = join(scratch, "requests.parquet");
    await convert(lines, built, {
      journals: journals.map(({ path }) => path),
      counts: countedAt > -Infinity ? counts : null,
    });
    // As old as the journals were when they were read, so that what is appended meanwhile is seen the next time.
    await Deno.utime(built, newest / 1000, newest / 1000);
    await Deno.rename(built, table);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return table;
}

/** The journals in order of their names, with the times of their last change in milliseconds. */
async function journalsOf(run_dir: string): Promise<{ path: string; changed: number }[]> {
  const folder = join(run_dir, "requests");
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && entry.name.endsWith(".jsonl")) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (names.length === 0) {
    throw new UserError({
      action: "analyse the run",
      thing: run_dir,
      found: "it holds no request journal",
      expected: "requests/*.jsonl",
      remedy: "Run step 3_run_inference first.",
    });
  }
  const byName = new Intl.Collator("en", { numeric: true });
  return await Promise.all(
    names.sort(byName.compare).map(async (name) => {
      const path = join(folder, name);
      return { path, changed: await changedAt(path) };
    }),
  );
}

/** Time of the last change in milliseconds; before everything when the file does not exist. */
async function changedAt(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? -Infinity;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return -Infinity;
    throw error;
  }
}

/**
 * Writes the record lines of all journals into one file, after a first line with a typical value in every column:
 * Polars takes the types from the first line, and real lines hold nulls.
 */
async function joinJournals(journals: readonly string[], destination: string): Promise<void> {
  const output = await Deno.open(destination, { write: true, createNew: true });
  try {
    const first = Object.fromEntries(columnNames.map((name) => [name, typical[columns[name].kind]]));
    await writeAll(output, new TextEncoder().encode(JSON.stringify(first) + "\n"));
    for (const journal of journals) await copyRecords(journal, output);
  } finally {
    output.close();
  }
}

const lineFeed = 0x0a;

/** Copies what lies after a journal's first line feed and up to its last. */
async function copyRecords(journal: string, output: Deno.FsFile): Promise<void> {
  const input = await Deno.open(journal);
  try {
    const buffer = new Uint8Array(1 << 20);
    let inHeader = true;
    let unfinished: Uint8Array[] = [];
    for (let size = await input.read(buffer); size !== null; size = await input.read(buffer)) {
      let chunk = buffer.subarray(0, size);
      if (inHeader) {
        const end = chunk.indexOf(lineFeed);
        if (end < 0) continue;
        inHeader = false;
        chunk = chunk.subarray(end + 1);
      }
      const end = chunk.lastIndexOf(lineFeed) + 1;
      if (end > 0) {
        for (const part of unfinished) await writeAll(output, part);
        unfinished = [];
        await writeAll(output, chunk.subarray(0, end));
      }
      if (end < chunk.length) unfinished.push(chunk.slice(end));
    }
  } finally {
    input.close();
  }
}

interface Origins {
  readonly journals: readonly string[];
  /** null: there is nothing to lay over the records. */
  readonly counts: string | null;
}

async function convert(lines: string, destination: string, { journals, counts }: Origins): Promise<void> {
  const types = polarsSchema(columns);
  try {
    const records = pl.scanJson(lines, { inferSchemaLength: 1 })
      .filter(pl.col("request_id").neq(pl.lit(typical.text)))
      .select(...columnNames.map((name) => pl.col(name).cast(types[name]!, true)));
    const table = counts === null ? records : withCounts(records, await readCounts(counts), types);
    table.sinkParquet(destination, { compression: "zstd", maintainOrder: true }).collectSync();
  } catch (error) {
    // Polars does not say in which line: reading the journals one by one does.
    for (const journal of journals) await readJournal(journal);
    throw new UserError({
      action: "build the table of requests from",
      thing: journals.join('", "'),
      found: messageOf(error),
      expected: "records with the columns of this version of the program",
      remedy: "Analyse the run with the version that made it.",
    }, { cause: error });
  }
}

/** What a count can fill in. */
const countable = [
  "prompt_tokens",
  "completion_tokens",
  "token_source",
  "tpot_ms",
  "output_tokens_per_s",
] as const;

async function readCounts(path: string): Promise<CountedTokens[]> {
  return await Array.fromAsync(eachJsonLine<CountedTokens>(path));
}

/** The records, with what is null in them taken from the counts of the same attempt. */
function withCounts(
  records: pl.LazyDataFrame,
  counts: readonly CountedTokens[],
  types: ReturnType<typeof polarsSchema>,
): pl.LazyDataFrame {
  const counted = pl.DataFrame(counts.map((line) => ({ ...line }))).lazy().select(
    pl.col("request_id"),
    pl.col("attempt").cast(types["attempt"]!, true),
    ...countable.map((name) => pl.col(name).cast(types[name]!, true).as(`counted_${name}`)),
  );
  const filled = new Set<string>(countable);
  // A join keeps no order.
  return records.withRowIndex("row").join(counted, { on: ["request_id", "attempt"], how: "left" })
    .sort(pl.col("row")).select(
      ...columnNames.map((name) =>
        filled.has(name)
          ? pl.when(pl.col(name).isNull()).then(pl.col(`counted_${name}`)).otherwise(pl.col(name)).as(name)
          : pl.col(name)
      ),
    );
}
