/** From data rows to payload files: render, count, sort by the filters. */

import { join } from "node:path";
import { type Payload, sha256, UserError } from "../core/mod.ts";
import { countTokens } from "./counting.ts";
import type { DataRow } from "./data_row.ts";
import { imagesOf } from "./image.ts";
import { PayloadWriter } from "./payload_file.ts";
import { checkFilters, emptyFilter, type PayloadFilter, takes } from "./payload_filter.ts";
import { fillTemplate, type OwnRendering, Rendering, type RenderingReport } from "./rendering.ts";
import { groundTruthOf, languageOf, questionOf } from "./row.ts";
import { isSyntheticSource, openSynthetic, syntheticColumn } from "./synthetic_source.ts";
import { openSource, rowsIn, type RowSource, type SourceOptions } from "./row_source.ts";
import { parseTemplate, type PromptTemplate } from "./template.ts";
import { type TokenBin, TokenCounts, type TokenRange } from "./token_count.ts";
import { loadTokenizer, type TokenCounter } from "./tokenizer.ts";

export interface GenerationOptions extends SourceOptions {
  /** Absolute paths of files, and names of data sets on the Hub (`hf:...`), read in this order. */
  readonly source_files: readonly string[];
  /** The text of the prompt template. */
  readonly template: string;
  /** What errors call the template, e.g. its file. @default "prompt template" */
  readonly template_name?: string;
  /** Columns that go into the template; null or empty: the prompt is the same for every row. */
  readonly template_keys: readonly string[] | null;
  readonly filters: readonly PayloadFilter[];
  readonly ground_truth_col_key: string | null;
  readonly question_col_key: string | null;
  /** Folder with `tokenizer.json`. */
  readonly tokenizer_dir: string;
  /** Folder for the payload files; made when it is missing. */
  readonly output_dir: string;
  /** Experiments with a template or tokenizer of their own: they get the same rows, rendered and counted their way. */
  readonly renderings?: readonly OwnRendering[];
  /** Cores to count tokens on. @default all of this machine */
  readonly workers?: number;
  /** Called after every 100 rows and at the end. */
  readonly onProgress?: (progress: GenerationProgress) => void;
}

/** How far the reading is, in rows and in bytes of all data files on disk. */
export interface GenerationProgress {
  readonly rows: number;
  readonly bytes: number;
  readonly bytes_total: number;
}

/** What one filter took. */
export interface FilterReport {
  readonly payload_file: string;
  readonly rows: number;
  readonly tokens: TokenRange;
}

/** What became of the rows: `rows_read` = `rows_used` + `rows_outside` + `duplicates`. */
export interface GenerationReport {
  readonly rows_read: number;
  /** Rows that at least one filter took. */
  readonly rows_used: number;
  /** Rows that no filter took. */
  readonly rows_outside: number;
  /** Rows whose prompt is that of an earlier row that was used. */
  readonly duplicates: number;
  readonly filters: readonly FilterReport[];
  /** Lengths of all prompts, used or not. */
  readonly token_histogram: readonly TokenBin[];
  readonly tokenizer: { readonly name: string; readonly hash: string };
  /** What the payload files became in `renderings`, in their order. */
  readonly renderings: readonly RenderingReport[];
  /** What a user should know; whole sentences. */
  readonly notices: readonly string[];
}

/** A payload file that is being written. */
interface Output {
  readonly filter: PayloadFilter;
  readonly writer: PayloadWriter;
  readonly counts: TokenCounts;
}

/** What is known of the rows read so far. */
interface Tally {
  readonly lengths: TokenCounts;
  readonly lengthsByLanguage: Map<string | null, TokenCounts>;
  readonly columns: Set<string>;
  readonly used: Set<string>;
  outside: number;
  duplicates: number;
}

/**
 * Writes the payload files. Rows keep the order of the data files; a row goes into every filter whose language and
 * half-open token range it is in. Of the rows only the ids of the prompts used stay in memory (16 digits each). The
 * files get their names when all of them are whole.
 *
 * @throws {UserError} If a data file, the template, the tokenizer, a filter or a column is at fault, or a filter takes
 * no row; the message then says which lengths the data has
 */
export async function generatePayloads(options: GenerationOptions): Promise<GenerationReport> {
  checkFilters(options.filters);
  const { template_name: name = "prompt template", template_keys: keys } = options;
  const template = parseTemplate(options.template, keys, name);
  const tokenizer = await loadTokenizer(options.tokenizer_dir);
  const sources: RowSource[] = [];
  const made = {
    seed: options.seed ?? 0,
    count: tokenizer.count,
    render: (text: string) => template.render({ [syntheticColumn]: text }, "a made-up prompt"),
  };
  for (const name of options.source_files) {
    sources.push(isSyntheticSource(name) ? openSynthetic(name, made) : await openSource(name, options));
  }
  await Deno.mkdir(options.output_dir, { recursive: true });
  const outputs: Output[] = [];
  const renderings: Rendering[] = [];
  try {
    for (const own of options.renderings ?? []) {
      renderings.push(await Rendering.open(own, options.filters, options.output_dir));
    }
    for (const filter of options.filters) {
      const writer = await PayloadWriter.open(join(options.output_dir, filter.payload_file));
      outputs.push({ filter, writer, counts: new TokenCounts() });
    }
    const tally = await sortRows(options, sources, template, tokenizer, outputs, renderings);
    checkColumns(options, tally.columns);
    for (const { filter, counts } of outputs) {
      if (counts.total === 0) throw emptyFilter(filter, tally.lengthsByLanguage);
    }
    for (const { writer } of outputs) await writer.finish();
    for (const rendering of renderings) await rendering.finish();
    for (const { writer } of outputs) await writer.publish();
    for (const rendering of renderings) await rendering.publish();
    return {
      ...report(options, sources, template, tokenizer, outputs, tally),
      renderings: renderings.flatMap((rendering) => rendering.report()),
    };
  } catch (error) {
    await Promise.allSettled([
      ...outputs.map(({ writer }) => writer.discard()),
      ...renderings.map((own) => own.discard()),
    ]);
    throw error;
  }
}

async function sortRows(
  options: GenerationOptions,
  sources: readonly RowSource[],
  template: PromptTemplate,
  tokenizer: TokenCounter,
  outputs: readonly Output[],
  renderings: readonly Rendering[],
): Promise<Tally> {
  const tally: Tally = {
    lengths: new TokenCounts(),
    lengthsByLanguage: new Map(),
    columns: new Set(),
    used: new Set(),
    outside: 0,
    duplicates: 0,
  };
  const filled = filledRows(rowsOf(sources, options), template);
  const counting = options.workers === undefined ? {} : { workers: options.workers };
  for await (const { item, text: prompt, tokens } of countTokens(filled, promptOf, tokenizer, counting)) {
    const { row, where, messages } = item;
    for (const column of Object.keys(row)) tally.columns.add(column);
    const language = languageOf(row);
    tally.lengths.add(tokens);
    if (!tally.lengthsByLanguage.has(language)) tally.lengthsByLanguage.set(language, new TokenCounts());
    tally.lengthsByLanguage.get(language)!.add(tokens);

    const takers = outputs.filter(({ filter }) => takes(filter, language, tokens));
    const images = options.image_col ? imagesOf(row, options.image_col, where) : [];
    const payload_id = sha256([prompt, ...images.map(({ base64 }) => base64)].join("\u0000")).slice(0, 16);
    if (takers.length === 0) tally.outside++;
    else if (tally.used.has(payload_id)) tally.duplicates++;
    else {
      tally.used.add(payload_id);
      const payload: Payload = {
        payload_id,
        prompt,
        prompt_tokens: tokens,
        language,
        question: questionOf(row, options.question_col_key),
        ground_truth: groundTruthOf(row, options.ground_truth_col_key),
        ...(images.length === 0 ? {} : { images }),
        ...(messages === null ? {} : { messages }),
      };
      for (const { writer, counts } of takers) {
        await writer.write(payload);
        counts.add(tokens);
      }
      const files = takers.map(({ filter }) => filter.payload_file);
      for (const rendering of renderings) await rendering.add(payload, row, where, files);
    }
  }
  return tally;
}

type FilledRow = { readonly row: DataRow; readonly where: string } & ReturnType<typeof fillTemplate>;

const promptOf = ({ prompt }: FilledRow) => prompt;

async function* filledRows(
  rows: AsyncIterable<{ row: DataRow; where: string }>,
  template: PromptTemplate,
): AsyncGenerator<FilledRow> {
  for await (const { row, where } of rows) yield { row, where, ...fillTemplate(template, row, where) };
}

async function* rowsOf(
  sources: readonly RowSource[],
  { onProgress }: GenerationOptions,
): AsyncGenerator<{ row: DataRow; where: string }> {
  const bytes_total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  let rows = 0;
  let before = 0;
  for (const source of sources) {
    for await (const { value, where, bytes } of rowsIn(source)) {
      yield { row: value, where };
      rows++;
      if (rows % 100 === 0) onProgress?.({ rows, bytes: before + bytes, bytes_total });
    }
    before += source.bytes;
  }
  onProgress?.({ rows, bytes: bytes_total, bytes_total });
}

function checkColumns(options: GenerationOptions, columns: ReadonlySet<string>): void {
  for (const key of ["ground_truth_col_key", "question_col_key", "image_col"] as const) {
    const column = options[key] ?? null;
    if (column === null || columns.has(column) || columns.size === 0) continue;
    throw new UserError({
      action: "use the column",
      thing: column,
      found: "no row of the data has it",
      expected: `one of ${[...columns].join(", ")}`,
      remedy: `Change datasets.${key}.`,
    });
  }
}

function report(
  options: GenerationOptions,
  sources: readonly RowSource[],
  template: PromptTemplate,
  tokenizer: TokenCounter,
  outputs: readonly Output[],
  tally: Tally,
): Omit<GenerationReport, "renderings"> {
  return {
    rows_read: tally.lengths.total,
    rows_used: tally.used.size,
    rows_outside: tally.outside,
    duplicates: tally.duplicates,
    filters: outputs.map(({ filter, counts }) => ({
      payload_file: filter.payload_file,
      rows: counts.total,
      tokens: counts.range()!,
    })),
    token_histogram: tally.lengths.bins(),
    tokenizer: { name: tokenizer.name, hash: tokenizer.hash },
    notices: [...sources.flatMap((source) => source.notices), ...notices(options, template, tally)],
  };
}

function notices(options: GenerationOptions, template: PromptTemplate, tally: Tally): string[] {
  const said: string[] = [];
  const keys = options.template_keys ?? [];
  if (keys.length === 0) {
    said.push("datasets.prompt_template_keys is empty: every row gives the same prompt.");
  }
  for (const key of keys) {
    if (!template.columns.includes(key)) said.push(`The prompt template has no slot for the key "${key}".`);
  }
  const without = tally.lengthsByLanguage.get(null)?.total ?? 0;
  if (without > 0 && options.filters.some(({ language }) => language !== null)) {
    const which = without === tally.lengths.total
      ? "No row has"
      : `${without} of ${tally.lengths.total} rows lack`;
    said.push(`${which} a "language" column; the language of the filters was not applied to them.`);
  }
  if (tally.duplicates > 0) {
    const rows = tally.duplicates === 1 ? "1 row was" : `${tally.duplicates} rows were`;
    said.push(`${rows} left out because an earlier row has the same prompt.`);
  }
  return said;
}
