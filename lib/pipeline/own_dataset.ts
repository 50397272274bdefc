/** A user's own data: from any source to a file of `source_data/` and the lines of YAML that name it. */

import { Buffer } from "node:buffer";
import { basename, resolve } from "node:path";
import { escapeMarkdown, UserError } from "../core/mod.ts";
import {
  type DataRow,
  isRemoteSource,
  loadTokenizer,
  openSource,
  parseTemplate,
  type PromptTemplate,
  rowsIn,
  slotText,
  type SourceRow,
  type TokenCounter,
  TokenCounts,
} from "../data/mod.ts";
import { projectRoot } from "./project.ts";
import { shippedTokenizer } from "./steps/tokenizers.ts";
import { table } from "./table.ts";

/** What a person says about the data. Relative paths lie below the project's folder. */
export interface OwnDatasetOptions {
  /** A file, or `hf:org/name[/subset[/split]]`. */
  readonly source: string;
  /** Name of the file to write, which ends in `.jsonl`. */
  readonly file: string;
  /** Column of the source -> its name in the file. The others keep their names. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Columns to leave out, by their names in the source. */
  readonly drop?: readonly string[];
  /** Rows to draw from a data set of the Hub. @default 100 */
  readonly rows?: number;
  /** What the draw depends on. @default 1 */
  readonly seed?: number;
  /** Column of images, by its name in the source; only rows that have one are drawn. */
  readonly images?: string;
  /** The prompt template. @default the shipped one for questions about a text */
  readonly template?: string;
  /** Folder with `tokenizer.json`. @default the shipped one */
  readonly tokenizer?: string;
  /** Folder to write to. @default `source_data` */
  readonly folder?: string;
}

/** A data set that was written, as Markdown to show. */
export interface OwnDataset {
  /** Path of the file. */
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
export async function previewSource({ source }: OwnDatasetOptions): Promise<string> {
  for await (const { value } of rowsOf({ source, file: "", rows: 1 })) {
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
  const { source, folder = "source_data", template: file = "prompt_templates/question_answering.txt" } =
    options;
  const text = await Deno.readTextFile(resolve(projectRoot, file));
  const keys = [...new Set([...text.matchAll(/(?<!\{)\{(\w+)\}(?!\})/g)].map(([, name]) => name!))];
  const template = parseTemplate(text, keys, file);
  const tokenizer = await loadTokenizer(
    resolve(projectRoot, options.tokenizer ?? shippedTokenizer),
  );
  const path = resolve(projectRoot, folder, checkedName(options.file));
  const tally: Tally = { counts: new TokenCounts(), inRange: new Set(), first: [] };
  await Deno.mkdir(resolve(projectRoot, folder), { recursive: true });
  try {
    const output = await Deno.open(`${path}.part`, { write: true, create: true, truncate: true });
    const lines = ReadableStream.from(linesOf(options, template, tokenizer, tally));
    await lines.pipeThrough(new TextEncoderStream()).pipeTo(output.writable);
    if (tally.counts.total === 0) throw noRows(source);
  } catch (error) {
    await Deno.remove(`${path}.part`);
    throw error;
  }
  await Deno.rename(`${path}.part`, path);
  const columns = Object.keys(tally.first[0]!);
  return {
    path,
    rows: tally.counts.total,
    preview: table(columns, tally.first.map((row) => columns.map((column) => clipped(row[column], 60)))),
    histogram: histogramOf(tally.counts, tokenizer.name),
    block: blockOf(options, tally, columns, keys, path),
  };
}

/** What is known of the rows written so far. */
interface Tally {
  readonly counts: TokenCounts;
  /** Positions in `edges` of the ranges that have a prompt. */
  readonly inRange: Set<number>;
  readonly first: DataRow[];
}

async function* linesOf(
  options: OwnDatasetOptions,
  template: PromptTemplate,
  tokenizer: TokenCounter,
  { counts, inRange, first }: Tally,
): AsyncGenerator<string> {
  for await (const { value, where } of rowsOf(options)) {
    const row = renamed(value, options, where);
    const tokens = tokenizer.count(template.render(row, where));
    counts.add(tokens);
    inRange.add(edges.findLastIndex((edge) => edge <= tokens));
    if (first.length < 5) first.push(row);
    yield JSON.stringify(row, asText) + "\n";
  }
}

async function* rowsOf(options: OwnDatasetOptions): AsyncGenerator<SourceRow> {
  const { source, rows = 100, seed = 1, images = null } = options;
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

/** Ranges as FMBench's configs have them; those without a prompt are left out. */
const edges = [0, 500, 1000, 2000, 3000, 4000, 8000, 16_000, 32_000, 64_000, 128_000];

function blockOf(
  options: OwnDatasetOptions,
  { counts, inRange }: Tally,
  columns: readonly string[],
  keys: readonly string[],
  path: string,
): string {
  const file = options.folder === undefined ? basename(path) : path;
  const { max } = counts.range()!;
  const ranges = [...inRange].sort((a, b) => a - b).map((index) =>
    [edges[index]!, edges[index + 1] ?? max + 1] as const
  );
  const image = options.images === undefined ? [] : [options.rename?.[options.images] ?? options.images];
  const question = columns.filter((column) => /^(input|question|query|instruction)$/.test(column));
  const truth = columns.filter((column) => /^(answers?|ground_truth|output|response|label)$/.test(column));
  const lines = [
    "s3_read_data:",
    `  source_data_files: [${JSON.stringify(file)}]`,
    `  prompt_template_file: ${basename(options.template ?? "question_answering.txt")}`,
    "datasets:",
    `  prompt_template_keys: [${keys.join(", ")}]`,
    ...question.slice(0, 1).map((column) => `  question_col_key: ${column}`),
    ...truth.slice(0, 1).map((column) => `  ground_truth_col_key: ${column}`),
    ...image.map((column) => `  image_col: ${column}`),
    "  filters:",
    ...ranges.map(([from, to]) =>
      `    - { min_length_in_tokens: ${from}, max_length_in_tokens: ${to}, payload_file: payload_${from}-${to}.jsonl }`
    ),
    "metrics:",
    `  dataset_of_interest: ${ranges.at(-1)!.join("-")}`,
  ];
  return "```yaml\n" + lines.join("\n") + "\n```";
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
