/** Reads the columns of a cell from where they are laid aside, in the order of sending. */

import { type ColumnReader, type Label, type NumberColumn } from "./attempt_columns.ts";
import { type Block, type CellBlocks, offsets, type RunBlocks } from "./cell_blocks.ts";
import { stableOrder } from "./stable_order.ts";

/** The columns of one cell; each call reads. */
export class CellReader implements ColumnReader {
  readonly length: number;
  /** `sent_at` of the first send of each segment, by its code. */
  readonly began: readonly (string | null)[];
  readonly #run: RunBlocks;
  readonly #blocks: readonly Block[];
  readonly #readIds: () => readonly (string | null)[];
  /** Where each attempt, in the order of the table, comes in the order of sending; null: they are the same. */
  readonly #places: Uint32Array | null;

  /** @param readIds the names of the requests, in the order of the table */
  constructor(run: RunBlocks, { blocks, began }: CellBlocks, readIds: () => readonly (string | null)[]) {
    this.#run = run;
    this.#blocks = blocks;
    this.#readIds = readIds;
    this.length = blocks.reduce((sum, { rows }) => sum + rows, 0);
    this.began = run.words.segment.map((segment) => began.get(segment) ?? null);
    this.#places = null;
    this.#places = placesOf(this.number("sent_ms"), this.#segmentRanks(this.label("segment").codes));
  }

  number(name: NumberColumn): Float64Array {
    const column = new Float64Array(this.length);
    this.#fill(column, (block) => {
      const own = new Float64Array(block.rows);
      this.#read(block, offsets.number(name, block), own);
      return own;
    });
    return column;
  }

  label(name: Label) {
    const codes = new Uint16Array(this.length);
    this.#fill(codes, (block) => {
      const own = new Uint16Array(block.rows);
      this.#read(block, offsets.label(name, block), own);
      return own;
    });
    return { codes, words: this.#run.words[name] };
  }

  /** Two words for each request. */
  idWords(): Uint32Array {
    const ids = new BigUint64Array(this.length);
    const words = new Uint32Array(ids.buffer);
    let from = 0;
    for (const block of this.#blocks) {
      const own = new Uint32Array(2 * block.rows);
      this.#read(block, offsets.id(block), own);
      for (let i = 0; i < block.rows; i++) {
        const to = this.placeOf(from + i);
        words[2 * to] = own[2 * i]!;
        words[2 * to + 1] = own[2 * i + 1]!;
      }
      from += block.rows;
    }
    return words;
  }

  ids(): readonly (string | null)[] {
    const unordered = this.#readIds();
    const ids = new Array<string | null>(this.length);
    for (let i = 0; i < unordered.length; i++) ids[this.placeOf(i)] = unordered[i]!;
    return ids;
  }

  /** How many gaps each attempt has, block after block, with the place of the block's first attempt in the table. */
  *gapCounts(): Generator<{ readonly from: number; readonly counts: Uint32Array }> {
    let from = 0;
    for (const block of this.#blocks) {
      const counts = new Uint32Array(block.rows);
      this.#read(block, offsets.gapCount(block), counts);
      yield { from, counts };
      from += block.rows;
    }
  }

  /** The same with the gaps in microseconds. */
  *gaps(): Generator<{ readonly from: number; readonly counts: Uint32Array; readonly gaps_us: Uint32Array }> {
    let block = 0;
    for (const one of this.gapCounts()) {
      const of = this.#blocks[block++]!;
      const gaps_us = new Uint32Array(of.gaps);
      this.#read(of, offsets.gaps(of), gaps_us);
      yield { ...one, gaps_us };
    }
  }

  /** Where an attempt, given its place in the table, comes in the order of sending. */
  placeOf(i: number): number {
    return this.#places === null ? i : this.#places[i]!;
  }

  #fill<T extends Float64Array | Uint16Array>(column: T, valuesOf: (block: Block) => T): void {
    const places = this.#places;
    let from = 0;
    for (const block of this.#blocks) {
      const own = valuesOf(block);
      if (places === null) column.set(own, from);
      else for (let i = 0; i < own.length; i++) column[places[from + i]!] = own[i]!;
      from += own.length;
    }
  }

  #read(block: Block, offset: number, into: ArrayBufferView): void {
    this.#run.scratch.read(
      block.start + offset,
      new Uint8Array(into.buffer, into.byteOffset, into.byteLength),
    );
  }

  /** The order of the segments: by their first send, then by name, each with what is not known last. */
  #segmentRanks(codes: Uint16Array): Uint16Array {
    const words = this.#run.words.segment;
    const order = words.map((segment, code) => ({ segment, code, began: this.began[code]! }))
      .sort((a, b) => nullsLast(a.began, b.began) || nullsLast(a.segment, b.segment));
    const ranks = new Uint16Array(words.length);
    for (const [rank, { code }] of order.entries()) ranks[code] = rank;
    return codes.map((code) => ranks[code]!);
  }
}

function nullsLast(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

function placesOf(sent_ms: Float64Array, ranks: Uint16Array): Uint32Array | null {
  const order = stableOrder(sent_ms, ranks);
  const places = new Uint32Array(order.length);
  let same = true;
  for (let i = 0; i < order.length; i++) {
    places[order[i]!] = i;
    same &&= order[i] === i;
  }
  return same ? null : places;
}
