/** Attempts column by column, and each of them as a view on the columns: of a million requests no number is an object of its own. */

import { pl } from "nodejs-polars";
import type { Expr, LazyDataFrame } from "nodejs-polars";
import type { RequestRecord } from "../core/mod.ts";
import type { DataFrame } from "./frame.ts";

/** Few values, many times: they travel as codes. */
const labels = ["segment", "phase", "worker", "token_source", "status"] as const;
type Label = (typeof labels)[number];
const numbers = [
  "attempt",
  "prompt_use",
  "sent_ms",
  "ended_ms",
  "ttft_ms",
  "e2e_ms",
  "response_ms",
  "tpot_ms",
  "output_tokens_per_s",
  "itl_p50_ms",
  "itl_max_ms",
  "prompt_tokens",
  "completion_tokens",
  "cached_prompt_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
] as const;
type NumberName = (typeof numbers)[number];

/** The columns of requests that attempts are made of. */
export const attemptColumns = ["request_id", "sent_at", ...labels, ...numbers, "itl_us"] as const;

/**
 * The columns that figures are made of, without the texts. `row` is the position in the table of requests; `sent_at`, which is there to
 * order segments, is that of the first send of the segment.
 */
export type Attempt =
  & Pick<RequestRecord, "request_id" | "sent_at" | Label | NumberName>
  & { readonly row: number };

const coded = [...labels, "began"] as const;
type Coded = (typeof coded)[number];
const codeOf = (name: Coded) => `${name}_code`;

/** Only a column without nulls leaves Polars in one piece: NaN stands for null. */
function asNumbers(column: Expr): Expr {
  return column.cast(pl.Float64).fillNull(pl.lit(NaN));
}

/**
 * What an `AttemptTable` is made of, from a query with `row`, the columns above, and `began`, the first `sent_at` of the segment.
 * Numbers without nulls; of a label its codes, 0 for null.
 */
export function asAttemptColumns(ordered: LazyDataFrame): LazyDataFrame {
  const code = (name: Coded) =>
    pl.col(name).cast(pl.UInt32).cast(pl.Float64).add(pl.lit(1)).fillNull(pl.lit(0)).cast(pl.Int32);
  return ordered
    .withColumns(...coded.map((name) => pl.col(name).cast(pl.Categorical)))
    .withColumns(
      ...["row", ...numbers].map((name) => asNumbers(pl.col(name)).alias(name)),
      ...coded.map((name) => code(name).alias(codeOf(name))),
      pl.col("itl_us").lst.lengths().fillNull(pl.lit(0)).cast(pl.Int32).alias("gaps"),
    );
}

/** A label of every attempt: its code, and what the codes stand for. */
interface LabelColumn {
  readonly codes: Int32Array;
  readonly words: readonly (string | null)[];
}

/** Attempts as arrays, one a column. */
export class AttemptTable {
  readonly ids: readonly (string | null)[];
  readonly numbers: Readonly<Record<NumberName | "row", Float64Array>>;
  readonly labels: Readonly<Record<Coded, LabelColumn>>;
  /** Milliseconds of the gaps of all attempts, one after the other; NaN where there is none. */
  readonly #gaps_ms: Float64Array;
  /** Where those of each attempt begin, and where the last ones end. */
  readonly #gapsFrom: Int32Array;

  /** @param frame as `asAttemptColumns` says */
  constructor(frame: DataFrame) {
    const column = (name: string) => frame.getColumn(name).toTypedArray();
    const named = (["row", ...numbers] as const).map((name) => [name, column(name)]);
    this.ids = frame.getColumn("request_id").toArray() as (string | null)[];
    this.numbers = Object.fromEntries(named);
    this.labels = Object.fromEntries(coded.map((name) => [name, labelOf(frame, name)])) as Record<
      Coded,
      LabelColumn
    >;
    this.#gaps_ms = frame.select(asNumbers(pl.col("itl_us").explode()).div(pl.lit(1000)))
      .getColumn("itl_us").toTypedArray() as Float64Array;
    this.#gapsFrom = startsOf(column("gaps") as Int32Array);
  }

  /** The attempt at a place of the table. */
  attempt(at: number): TableAttempt {
    return new TableAttempt(this, at);
  }

  /** Milliseconds of all gaps between content chunks of some attempts, in the order of the attempts. */
  gapsOf(attempts: readonly TableAttempt[]): Float64Array {
    const from = this.#gapsFrom;
    const gaps_ms = new Float64Array(attempts.reduce((sum, { at }) => sum + from[at + 1]! - from[at]!, 0));
    let length = 0;
    for (const { at } of attempts) {
      for (let i = from[at]!; i < from[at + 1]!; i++) {
        const gap = this.#gaps_ms[i]!;
        if (!Number.isNaN(gap)) gaps_ms[length++] = gap;
      }
    }
    return gaps_ms.subarray(0, length);
  }
}

function labelOf(frame: DataFrame, name: Coded): LabelColumn {
  const distinct = frame.select(name, codeOf(name)).unique({ subset: [name] });
  const codes = distinct.getColumn(codeOf(name)).toArray() as number[];
  const found = distinct.getColumn(name).toArray() as (string | null)[];
  const words: (string | null)[] = [];
  for (const [i, word] of found.entries()) words[codes[i]!] = word;
  return { codes: frame.getColumn(codeOf(name)).toTypedArray() as Int32Array, words };
}

/** A list without gaps leaves one null behind when lists are laid one after the other. */
function startsOf(gaps: Int32Array): Int32Array {
  const starts = new Int32Array(gaps.length + 1);
  for (let i = 0; i < gaps.length; i++) starts[i + 1] = starts[i]! + Math.max(1, gaps[i]!);
  return starts;
}

/** One attempt of a table; its values are read where they are asked for. */
export class TableAttempt implements Attempt {
  constructor(readonly table: AttemptTable, readonly at: number) {}

  get row() {
    return this.table.numbers.row[this.at]!;
  }
  get request_id() {
    return this.table.ids[this.at]!;
  }
  get sent_at() {
    return wordAt(this.table.labels.began, this.at);
  }
  get segment() {
    return wordAt(this.table.labels.segment, this.at);
  }
  get phase() {
    return wordAt(this.table.labels.phase, this.at);
  }
  get worker() {
    return wordAt(this.table.labels.worker, this.at);
  }
  get token_source() {
    return wordAt(this.table.labels.token_source, this.at);
  }
  get status() {
    return wordAt(this.table.labels.status, this.at);
  }
  get attempt() {
    return numberAt(this.table.numbers.attempt, this.at);
  }
  get prompt_use() {
    return numberAt(this.table.numbers.prompt_use, this.at);
  }
  get sent_ms() {
    return numberAt(this.table.numbers.sent_ms, this.at);
  }
  get ended_ms() {
    return numberAt(this.table.numbers.ended_ms, this.at);
  }
  get ttft_ms() {
    return numberAt(this.table.numbers.ttft_ms, this.at);
  }
  get e2e_ms() {
    return numberAt(this.table.numbers.e2e_ms, this.at);
  }
  get response_ms() {
    return numberAt(this.table.numbers.response_ms, this.at);
  }
  get tpot_ms() {
    return numberAt(this.table.numbers.tpot_ms, this.at);
  }
  get output_tokens_per_s() {
    return numberAt(this.table.numbers.output_tokens_per_s, this.at);
  }
  get itl_p50_ms() {
    return numberAt(this.table.numbers.itl_p50_ms, this.at);
  }
  get itl_max_ms() {
    return numberAt(this.table.numbers.itl_max_ms, this.at);
  }
  get prompt_tokens() {
    return numberAt(this.table.numbers.prompt_tokens, this.at);
  }
  get completion_tokens() {
    return numberAt(this.table.numbers.completion_tokens, this.at);
  }
  get cached_prompt_tokens() {
    return numberAt(this.table.numbers.cached_prompt_tokens, this.at);
  }
  get cache_write_tokens() {
    return numberAt(this.table.numbers.cache_write_tokens, this.at);
  }
  get reasoning_tokens() {
    return numberAt(this.table.numbers.reasoning_tokens, this.at);
  }
}

function wordAt({ codes, words }: LabelColumn, at: number): string | null {
  return words[codes[at]!]!;
}

function numberAt(values: Float64Array, at: number): number | null {
  const value = values[at]!;
  return Number.isNaN(value) ? null : value;
}
