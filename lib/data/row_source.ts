/** Everything that `s3_read_data.source_data_files` names, as one stream of rows. */

import { seededRandom } from "../core/mod.ts";
import type { RowFile } from "./byte_source.ts";
import type { SourceRow } from "./data_row.ts";
import type { HubOptions } from "./hub_client.ts";
import type { OnDownload } from "./hub_download.ts";
import { fetchHubSet, type HubChoice } from "./hub_set.ts";
import { hasImage } from "./image.ts";
import { countRows, readRows, rowFilesIn } from "./row_file.ts";
import { Reservoir } from "./sampling.ts";
import { isRemoteSource } from "./source_name.ts";

export interface SourceOptions {
  /** Rows to draw from each data set of the Hub; `datasets.ds_N`. @default 100 */
  readonly sample_rows?: number;
  /** What the draw depends on; the run's `load.seed`. @default 0 */
  readonly seed?: number;
  /** Column of images: of the Hub's sets only rows that have one are drawn. */
  readonly image_col?: string | null;
  /** Where the Hub is and how to ask it. */
  readonly hub?: HubOptions & HubChoice;
  readonly onDownload?: OnDownload;
}

/** One name of the list, ready to be read. */
export interface RowSource {
  /** The path or the Hub's name. */
  readonly name: string;
  readonly files: readonly RowFile[];
  /** Size of the files on disk; an archive counts once for each of its members that is read. */
  readonly bytes: number;
  /** Numbers of the rows that were drawn, from 0, by file; null: all rows are read. */
  readonly drawn: readonly ReadonlySet<number>[] | null;
  readonly notices: readonly string[];
  /** Rows that are made, not read; absent: they are in the files. */
  readonly made?: () => AsyncIterable<SourceRow>;
}

/**
 * Makes a source ready: what lies on the Hub is fetched, and `sample_rows` of its rows are drawn by the seed, each row
 * with the same chance. Files are not looked into.
 *
 * @param name an absolute path, or `hf:org/name[/subset[/split]]`
 * @throws {UserError} If the set can't be fetched, or a zip archive is none
 */
export async function openSource(name: string, options: SourceOptions = {}): Promise<RowSource> {
  if (!isRemoteSource(name)) {
    const files = await rowFilesIn(name);
    return { name, files, bytes: await bytesOf(files), drawn: null, notices: [] };
  }
  const { files, notices } = await fetchHubSet(name, {
    ...options.hub,
    seed: options.seed ?? 0,
  }, options.onDownload);
  const { sample_rows = 100 } = options;
  const { drawn, offered } = await draw(name, files, options);
  const count = drawn.reduce((sum, { size }) => sum + size, 0);
  const those = options.image_col ? " that have an image" : "";
  const said = offered > sample_rows
    ? [`${name}: ${count} of ${offered} rows${those}, drawn by the seed (datasets.ds_N).`]
    : [];
  return { name, files, bytes: await bytesOf(files), drawn, notices: [...notices, ...said] };
}

/** Reads a source; rows come in the order of the files. */
export async function* rowsIn({ name, files, drawn, made }: RowSource): AsyncGenerator<SourceRow> {
  if (made !== undefined) yield* made();
  let before = 0;
  for (const [index, file] of files.entries()) {
    const wanted = drawn?.[index];
    if (wanted?.size !== 0) {
      for await (const row of readRows(file, wanted)) {
        // A path in the cache would tell nobody which data set it is.
        const where = isRemoteSource(name) ? row.where.replace(file.path, name) : row.where;
        yield { ...row, where, bytes: before + row.bytes };
      }
    }
    before += await sizeOf(file);
  }
}

async function draw(
  name: string,
  files: readonly RowFile[],
  { sample_rows = 100, seed = 0, image_col = null }: SourceOptions,
): Promise<{ drawn: Set<number>[]; offered: number }> {
  const reservoir = new Reservoir<readonly [file: number, row: number]>(
    sample_rows,
    seededRandom(seed, ["rows", name]),
  );
  for (const [index, file] of files.entries()) {
    if (image_col === null) {
      const rows = await countRows(file);
      for (let row = 0; row < rows; row++) reservoir.offer([index, row]);
      continue;
    }
    let row = 0;
    for await (const { value } of readRows(file)) {
      if (hasImage(value, image_col)) reservoir.offer([index, row]);
      row++;
    }
  }
  const drawn = files.map(() => new Set<number>());
  for (const [file, row] of reservoir.chosen()) drawn[file]!.add(row);
  return { drawn, offered: reservoir.offered };
}

async function bytesOf(files: readonly RowFile[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += await sizeOf(file);
  return bytes;
}

/** 0 for what is not there: the reader says so in its own words. */
async function sizeOf({ path }: RowFile): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return 0;
  }
}
