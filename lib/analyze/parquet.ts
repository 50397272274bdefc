/** The journals of a run as one table, `requests.parquet`. */

import { join } from "node:path";
import { pl } from "nodejs-polars";
import { columnNames, columns, type CountedTokens, messageOf, UserError } from "../core/mod.ts";
import { eachJsonLine, readJournal } from "../storage/mod.ts";
import { polarsSchema } from "./frame.ts";
import { joinJournals, type JournalFile, type Part, partsOf, typical } from "./journal_parts.ts";

/** Journals of at most so many bytes make one file; of longer ones each file holds as many. */
const bytesOfPart = 256 * 2 ** 20;

/**
 * Builds `requests.parquet` of a run from all of its journals, one row an attempt, with the columns and types of
 * `core/`'s `columns`, zstd-compressed. Where no server counted tokens, the counts of `data/completion_tokens.jsonl` are
 * laid over the records. Header lines and torn last lines are left out.
 *
 * Journals of more than 256 MiB together become a folder of that name, with a file for each 256 MiB; `pl.scanParquet` reads either.
 * Files are built one by one, each beside its place and renamed; those that are there and newer than what they are made of are
 * kept, up to the first that is not.
 *
 * @param part bytes of journals that a file is made of
 * @returns the path of the table
 * @throws {UserError} if there is no journal, or one is damaged other than by a torn last line
 */
export async function buildParquet(run_dir: string, part = bytesOfPart): Promise<string> {
  const table = join(run_dir, "requests.parquet");
  const journals = await journalsOf(run_dir);
  const counts = join(run_dir, "data", "completion_tokens.jsonl");
  const countedAt = await changedAt(counts);
  const parts = partsOf(journals, part, countedAt);
  const places = parts.length === 1 ? [table] : parts.map((_, i) => join(table, partName(i)));
  const first = await firstOld(places, parts);
  if (first === parts.length && !await hasMore(table, parts.length)) return table;

  await makeRoom(table, parts.length, first);
  const scratch = await Deno.makeTempDir({ dir: run_dir, prefix: ".requests-" });
  try {
    const origins = {
      journals: journals.map(({ path }) => path),
      counts: countedAt > -Infinity ? counts : null,
    };
    for (let i = first; i < parts.length; i++) {
      const lines = join(scratch, "requests.jsonl");
      await joinJournals(parts[i]!.pieces, lines);
      const built = join(scratch, "requests.parquet");
      await convert(lines, built, origins);
      await Deno.remove(lines);
      // As old as the journals were when they were read, so that what is appended meanwhile is seen the next time.
      await Deno.utime(built, parts[i]!.changed / 1000, parts[i]!.changed / 1000);
      await Deno.rename(built, places[i]!);
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return table;
}

const partName = (index: number) => `part-${String(index + 1).padStart(5, "0")}.parquet`;

/** The first of the files that is missing or older than what it is made of. */
async function firstOld(places: readonly string[], parts: readonly Part[]): Promise<number> {
  for (const [i, place] of places.entries()) {
    // A folder stands where one file belongs, or a file where a folder does.
    if (!await isFile(place) || await changedAt(place) < parts[i]!.changed) return i;
  }
  return parts.length;
}

/** Whether a folder holds files beyond those of the table. */
async function hasMore(table: string, parts: number): Promise<boolean> {
  return parts > 1 && await isFile(join(table, partName(parts)));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** Takes away what is built again, and what there are no journals for any more. */
async function makeRoom(table: string, parts: number, first: number): Promise<void> {
  const whole = await isFile(table);
  if (parts === 1) {
    if (!whole) await removeAll(table);
    return;
  }
  if (whole) await Deno.remove(table);
  await Deno.mkdir(table, { recursive: true });
  const kept = new Set(Array.from({ length: first }, (_, i) => partName(i)));
  for await (const { name } of Deno.readDir(table)) {
    if (!kept.has(name)) await Deno.remove(join(table, name));
  }
}

async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The journals in order of their names, with the times of their last change in milliseconds. */
async function journalsOf(run_dir: string): Promise<JournalFile[]> {
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
      return { path, size: (await Deno.stat(path)).size, changed: await changedAt(path) };
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
    const rowGroupSize = 65_536;
    await table.sinkParquet(destination, { compression: "zstd", maintainOrder: true, rowGroupSize })
      .collect();
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
