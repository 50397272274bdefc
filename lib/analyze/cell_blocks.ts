/**
 * The attempts of a run laid aside cell by cell, in one pass over their table: a table of any size is gone through in pieces, and what a
 * piece holds of a cell is a block of columns. No text but a few labels is read.
 */

import { pl } from "nodejs-polars";
import type { Expr, LazyDataFrame } from "nodejs-polars";
import type { RequestRecord } from "../core/mod.ts";
import { type Label, labels, type NumberColumn, numbers } from "./attempt_columns.ts";
import { byCell, cellColumns, cellKey } from "./cell_names.ts";
import type { DataFrame } from "./frame.ts";
import { Scratch } from "./scratch_file.ts";

/** Rows of a piece: with some hundred gaps each a few hundred megabytes while Polars takes it apart. */
export const rowsOfPiece = 100_000;

/** What a cell is of, as its requests say. */
export interface CellName {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null in open loop. */
  readonly concurrency: number | null;
  /** null in closed loop. */
  readonly request_rate_rps: number | null;
  /** What the first attempt says. */
  readonly model_id: string | null;
  readonly instance_type: string | null;
}

/** Where the columns of some attempts of a cell lie: `rows` numbers of 8 bytes a column of numbers, one after the other, and so on. */
export interface Block {
  readonly start: number;
  readonly rows: number;
  /** How many gaps they have together. */
  readonly gaps: number;
}

/** The blocks of a cell in the order of the table. */
export interface CellBlocks {
  readonly name: CellName;
  readonly blocks: Block[];
  /** `sent_at` of the first send by segment. */
  readonly began: Map<string | null, string | null>;
}

/** Labels by code, the same in all blocks. */
export type Words = Readonly<Record<Label, (string | null)[]>>;

/** Bytes before a column of a block. */
export const offsets = {
  number: (name: NumberColumn, { rows }: Block) => numbers.indexOf(name) * 8 * rows,
  id: ({ rows }: Block) => numbers.length * 8 * rows,
  gapCount: ({ rows }: Block) => (numbers.length + 1) * 8 * rows,
  gaps: ({ rows }: Block) => (numbers.length + 1) * 8 * rows + 4 * rows,
  label: (name: Label, { rows, gaps }: Block) =>
    (numbers.length + 1) * 8 * rows + 4 * rows + 4 * gaps + labels.indexOf(name) * 2 * rows,
};

/** Every cell of a table, laid aside. */
export class RunBlocks implements Disposable {
  readonly scratch: Scratch;
  readonly words = Object.fromEntries(labels.map((label) => [label, [] as (string | null)[]])) as Words;
  readonly #codes = new Map<Label, Map<string | null, number>>(labels.map((label) => [label, new Map()]));
  readonly #cells = new Map<string, CellBlocks>();

  /** @param folder where a file may lie that is as large as the numbers of the table */
  constructor(folder?: string) {
    this.scratch = new Scratch(folder);
  }

  /** The cells, sorted. */
  cells(): CellBlocks[] {
    return [...this.#cells.values()].sort((a, b) => byCell(a.name, b.name));
  }

  /** @throws {RangeError} if an attempt belongs to no level */
  add(piece: DataFrame): void {
    if (piece.height === 0) return;
    const words = new Map(labels.map((label) => [label, this.#codesOf(piece, label)]));
    for (const part of piece.partitionBy([...cellColumns], true)) {
      const cell = this.#cellOf(part);
      this.#noteStarts(part, cell);
      const rows = part.height;
      const gapCounts = part.getColumn("gap_count").toTypedArray() as Uint32Array;
      const gaps = gapCounts.some((count) => count > 0) ? gapsOf(part) : new Uint32Array();
      const block = { rows, gaps: gaps.length };
      const bytes = new Uint8Array(
        offsets.label("segment", { start: 0, ...block }) + labels.length * 2 * rows,
      );
      const place = (values: ArrayBufferView, at: number) =>
        bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
      const of = { start: 0, ...block };
      for (const name of numbers) {
        place(part.getColumn(name).toTypedArray() as Float64Array, offsets.number(name, of));
      }
      place(part.getColumn("id").toTypedArray() as BigUint64Array, offsets.id(of));
      place(gapCounts, offsets.gapCount(of));
      place(gaps, offsets.gaps(of));
      for (const label of labels) {
        const codes = words.get(label)!;
        const own = part.getColumn(`${label}_code`).toTypedArray() as Float64Array;
        place(Uint16Array.from(own, (code) => codes.get(code)!), offsets.label(label, of));
      }
      cell.blocks.push({ start: this.scratch.append(bytes), ...block });
    }
  }

  /** From the codes of a piece to those of all; NaN is the code of null. */
  #codesOf(piece: DataFrame, label: Label): Map<number, number> {
    const distinct = piece.select(label, `${label}_code`).unique({ subset: [label] });
    const codes = distinct.getColumn(`${label}_code`).toArray() as number[];
    const words = distinct.getColumn(label).toArray() as (string | null)[];
    const known = this.#codes.get(label)!;
    return new Map(words.map((word, i) => {
      let code = known.get(word);
      if (code === undefined) {
        code = known.size;
        if (code > 0xffff) {
          throw new RangeError(`Cannot summarise the requests: "${label}" has too many values`);
        }
        known.set(word, code);
        this.words[label].push(word);
      }
      return [codes[i]!, code];
    }));
  }

  #cellOf(part: DataFrame): CellBlocks {
    const [first] = part.select(...cellColumns, "request_id", "model_id", "instance_type").head(1)
      .toRecords() as unknown as (
        & Pick<RequestRecord, "request_id">
        & { [K in keyof CellName]: CellName[K] | null }
      )[];
    const { request_id, experiment_name, payload_file, ...more } = first!;
    if (
      experiment_name === null || payload_file === null ||
      (more.concurrency ?? more.request_rate_rps) === null
    ) {
      throw new RangeError(
        `Cannot summarise request ${request_id}: expected an experiment name, a payload file, and a concurrency or a rate`,
      );
    }
    const name = { experiment_name, payload_file, ...more };
    const key = cellKey(name);
    let cell = this.#cells.get(key);
    if (cell === undefined) this.#cells.set(key, cell = { name, blocks: [], began: new Map() });
    return cell;
  }

  #noteStarts(part: DataFrame, { began }: CellBlocks): void {
    const starts = part.groupBy("segment").agg(pl.col("sent_at").min()).toRecords() as {
      segment: string | null;
      sent_at: string | null;
    }[];
    for (const { segment, sent_at } of starts) {
      const known = began.get(segment) ?? null;
      began.set(segment, known === null || (sent_at !== null && sent_at < known) ? sent_at : known);
    }
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }
}

function gapsOf(part: DataFrame): Uint32Array {
  return part.lazy().filter(pl.col("gap_count").gt(pl.lit(0)))
    .select(pl.col("itl_us").explode().cast(pl.UInt32)).collectSync()
    .getColumn("itl_us").toTypedArray() as Uint32Array;
}

/** Only a column without nulls leaves Polars in one piece: NaN stands for null. */
function asNumbers(column: Expr): Expr {
  return column.cast(pl.Float64).fillNull(pl.lit(NaN));
}

/** The query for a piece of a table, which begins at that row of it. */
export function pieceQuery(piece: LazyDataFrame, from: number): LazyDataFrame {
  const there = new Set(piece.columns);
  const column = (name: string) => there.has(name) ? pl.col(name) : pl.lit(null).alias(name);
  const measuredOk = pl.col("phase").eq(pl.lit("measure")).and(pl.col("status").eq(pl.lit("ok")));
  return piece.withRowIndex("row", from)
    .select(
      ...["request_id", "model_id", "instance_type", "sent_at", ...cellColumns].map((name) => pl.col(name)),
      pl.col("request_id").hash().alias("id"),
      asNumbers(pl.col("row")).alias("row"),
      ...numbers.filter((name) => name !== "row").map((name) => asNumbers(column(name)).alias(name)),
      ...labels.map((name) => column(name).cast(pl.Categorical).alias(name)),
      pl.when(measuredOk).then(pl.col("itl_us")).otherwise(pl.lit(null)).alias("itl_us"),
    )
    .withColumns(
      ...labels.map((name) => asNumbers(pl.col(name).cast(pl.UInt32)).alias(`${name}_code`)),
      pl.col("itl_us").lst.lengths().fillNull(pl.lit(0)).cast(pl.UInt32).alias("gap_count"),
    );
}
