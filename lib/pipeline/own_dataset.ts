/** A user's own data: from any source to a file of `source_data/`, or of a read bucket, and the lines of YAML that name it. */

import { Buffer } from "node:buffer";
import { dirname, join, resolve } from "node:path";
import { escapeMarkdown, UserError } from "../core/mod.ts";
import {
  type DataRow,
  isRemoteSource,
  isSyntheticSource,
  loadTokenizer,
  openSource,
  openSynthetic,
  parseTemplate,
  type PromptTemplate,
  rowsIn,
  slotText,
  type SourceRow,
  syntheticColumn,
  type TokenCounter,
  TokenCounts,
} from "../data/mod.ts";
import { showS3Address } from "../storage/mod.ts";
import { blockOf, edges } from "./dataset_block.ts";
import { targetOf, upload } from "./dataset_target.ts";
import { projectRoot } from "./project.ts";
import { shippedTokenizer } from "./steps/tokenizers.ts";
import { table } from "./table.ts";

/** What a person says about the data. Relative paths lie below the project's folder. */
export interface OwnDatasetOptions {
  /** A file, `hf:org/name[/subset[/split]]`, or `synthetic:tokens=500,rows=200`, whose column is called `prompt`. */
  readonly source: string;
  /** Name of the file to write, which ends in `.jsonl`. */
  readonly file: string;
  /** Column of the source -> its name in the file. The others keep their names. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Columns to leave out, by their names in the source. */
  readonly drop?: readonly string[];
  /** Rows to draw from a data set of the Hub. @default 100 */
  readonly rows?: number;
  /** What the draw, or the making up, depends on. @default 1 */
  readonly seed?: number;
  /** Column of images, by its name in the source; only rows that have one are drawn. */
  readonly images?: string;
  /** The prompt template. @default the shipped one for questions about a text */
  readonly template?: string;
  /** Folder with `tokenizer.json`. @default the shipped one */
  readonly tokenizer?: string;
  /**
   * Folder to write to; `s3://bucket[/prefix]` writes to a bucket that configs read from, below `source_data` without
   * a prefix. @default `source_data`
   */
  readonly folder?: string;
}

/** A data set that was written, as Markdown to show. */
export interface OwnDataset {
  /** Path of the file, or its `s3://` address. */
  readonly path: string;
  readonly rows: number;
  /** The first rows, long values cut. */
  readonly preview: string;
  /** How many prompts have how many tokens. */
  readonly histogram: string;
  /** The YAML to paste into a config. */
  readonly block: string;
}

/**
 * Shows the columns of a source with the values of its first row.
 *
 * @throws {UserError} If the source can't be read or has no rows
 */
export async function previewSource(options: OwnDatasetOptions): Promise<string> {
  const { source } = options;
  for await (const { value } of rowsOf({ ...options, rows: 1 }, await counterOf(options))) {
    return table(
      ["column", "kind", "first value"],
      Object.entries(value).map(([column, cell]) => [column, kindOf(cell), clipped(cell, 120)]),
    );
  }
  throw noRows(source);
}

/**
 * Writes the rows of a source to a file, with columns renamed, and counts the tokens of the prompts that they make.
 *
 * @throws {UserError} If the source can't be read, two columns get one name, or the template lacks a column
 */
export async function writeOwnDataset(options: OwnDatasetOptions): Promise<OwnDataset> {
  const file = checkedName(options.file);
  const counter = await counterOf(options);
  const target = targetOf(options.folder ?? "source_data");
  const folder = target.bucket === null ? target.folder : await Deno.makeTempDir({ prefix: "fmbench-" });
  const tally: Tally = { counts: new TokenCounts(), inRange: new Set(), first: [] };
  try {
    await writeLines(join(folder, file), options, counter, tally);
    if (target.bucket !== null) await upload(join(folder, file), target, file);
  } finally {
    if (target.bucket !== null) await Deno.remove(folder, { recursive: true });
  }
  const columns = Object.keys(tally.first[0]!);
  return {
    path: target.bucket === null
      ? join(folder, file)
      : showS3Address({ ...target, key: `${target.key}/${file}` }),
    rows: tally.counts.total,
    preview: table(columns, tally.first.map((row) => columns.map((column) => clipped(row[column], 60)))),
    histogram: histogramOf(tally.counts, counter.tokenizer.name),
    block: blockOf(options, tally, columns, counter.keys, target),
  };
}

/** What makes prompts of rows and counts them. */
interface Counter {
  readonly template: PromptTemplate;
  /** Columns that the template names. */
  readonly keys: readonly string[];
  readonly tokenizer: TokenCounter;
}

async function counterOf(options: OwnDatasetOptions): Promise<Counter> {
  const { template: file = "prompt_templates/question_answering.txt", tokenizer = shippedTokenizer } =
    options;
  const text = await Deno.readTextFile(resolve(projectRoot, file));
  const keys = [...new Set([...text.matchAll(/(?<!\{)\{(\w+)\}(?!\})/g)].map(([, name]) => name!))];
  return {
    template: parseTemplate(text, keys, file),
    keys,
    tokenizer: await loadTokenizer(resolve(projectRoot, tokenizer)),
  };
}

/** Writes the file; it takes its name once it is whole. */
async function writeLines(
  path: string,
  options: OwnDatasetOptions,
  counter: Counter,
  tally: Tally,
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    const output = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
    const lines = ReadableStream.from(linesOf(options, counter, tally));
    await lines.pipeThrough(new TextEncoderStream()).pipeTo(output.writable);
    if (tally.counts.total === 0) throw noRows(options.source);
  } catch (error) {
    await Deno.remove(`${path}.part`);
    throw error;
  }
  await Deno.rename(`${path}.part`, path);
}

/** What is known of the rows written so far. */
export interface Tally {
  readonly counts: TokenCounts;
  /** Positions in `edges` of the ranges that have a prompt. */
  readonly inRange: Set<number>;
  readonly first: DataRow[];
}

async function* linesOf(
  options: OwnDatasetOptions,
  counter: Counter,
  { counts, inRange, first }: Tally,
): AsyncGenerator<string> {
  const { template, tokenizer } = counter;
  for await (const { value, where } of rowsOf(options, counter)) {
    const row = renamed(value, options, where);
    const tokens = tokenizer.count(template.render(row, where));
    counts.add(tokens);
    inRange.add(edges.findLastIndex((edge) => edge <= tokens));
    if (first.length < 5) first.push(row);
    yield JSON.stringify(row, asText) + "\n";
  }
}

async function* rowsOf(
  options: OwnDatasetOptions,
  { template, tokenizer }: Counter,
): AsyncGenerator<SourceRow> {
  const { source, rows = 100, seed = 1, images = null } = options;
  if (isSyntheticSource(source)) {
    const render = (text: string) =>
      template.render(renamed({ [syntheticColumn]: text }, options, source), source);
    yield* rowsIn(openSynthetic(source, { seed, count: tokenizer.count, render }));
    return;
  }
  const name = isRemoteSource(source) ? source : resolve(projectRoot, source);
  yield* rowsIn(await openSource(name, { sample_rows: rows, seed, image_col: images }));
}

function renamed(row: DataRow, { rename = {}, drop = [] }: OwnDatasetOptions, where: string): DataRow {
  const result: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (drop.includes(column)) continue;
    const name = rename[column] ?? column;
    if (Object.hasOwn(result, name)) {
      throw fault(where, `two columns are called "${name}"`, "a name for each");
    }
    result[name] = value;
  }
  const missing = Object.keys(rename).find((column) => !Object.hasOwn(row, column));
  if (missing === undefined) return result;
  throw fault(where, `the row has no column "${missing}"`, `one of ${Object.keys(row).join(", ")}`);
}

/** Bytes as base64, which is how the pipeline reads images from JSON. */
function asText(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return `list of ${value.length}`;
  return value instanceof Uint8Array ? "bytes" : typeof value;
}

function clipped(value: unknown, length: number): string {
  const text = value instanceof Uint8Array
    ? `${value.length} bytes`
    : slotText(value).replaceAll(/\s+/g, " ");
  return text.length <= length ? text : `${text.slice(0, length)} ...`;
}

function histogramOf(counts: TokenCounts, tokenizer: string): string {
  const { min, median, max } = counts.range()!;
  const bins = counts.bins(16);
  const most = Math.max(...bins.map(({ rows }) => rows));
  const rows = bins.map(({ from, to, rows }) =>
    [`${from} to ${to - 1}`, rows, "█".repeat(Math.round(rows / most * 40))] as const
  );
  return `${counts.total} prompts of ${min} to ${max} tokens, half of them up to ${median}; counted by ` +
    `${escapeMarkdown(tokenizer)}.\n\n${table(["tokens", "prompts", ""], rows)}`;
}

function checkedName(file: string): string {
  if (/^[\w][\w.-]*\.jsonl$/.test(file)) return file;
  throw new UserError({
    action: "write the data set",
    thing: file,
    found: "it is not a plain file name that ends in .jsonl",
    expected: "a name like my_questions.jsonl",
    remedy: "Change `file` in the first code cell.",
  });
}

function fault(where: string, found: string, expected: string): UserError {
  const remedy = "Change `rename` or `drop` in the first code cell.";
  return new UserError({ action: "rename the columns of", thing: where, found, expected, remedy });
}

function noRows(source: string): UserError {
  const remedy = "Change `source` in the first code cell.";
  return new UserError({
    action: "use the data set",
    thing: source,
    found: "it has no rows",
    expected: "at least one",
    remedy,
  });
}
