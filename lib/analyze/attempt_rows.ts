/** Attempts as rows of their columns: made when they are asked for, so that a million are never a million objects. */

import type { RequestRecord } from "../core/mod.ts";
import type { Sequence } from "../metrics/mod.ts";
import type { AttemptColumns, Codes, Label, NumberColumn } from "./attempt_columns.ts";

const known = (column: Float64Array, at: number) => {
  const value = column[at]!;
  return Number.isNaN(value) ? null : value;
};
const word = ({ codes, words }: Codes, at: number) => words[codes[at]!]!;

/**
 * The columns that figures are made of, without the texts. `row` is the position in the table of requests; `sent_at`, which is there to
 * order segments, is that of the first send of the segment.
 */
export type Attempt =
  & Pick<RequestRecord, "request_id" | "sent_at" | Label | Exclude<NumberColumn, "row">>
  & { readonly row: number };

/** A view of one row. */
class AttemptRow implements Attempt {
  readonly #of: AttemptColumns;
  readonly #at: number;

  constructor(of: AttemptColumns, at: number) {
    this.#of = of;
    this.#at = at;
  }

  #number(name: NumberColumn): number | null {
    return known(this.#of.number(name), this.#at);
  }

  get request_id() {
    return this.#of.ids()[this.#at]!;
  }
  get sent_at() {
    return this.#of.began[this.#of.label("segment").codes[this.#at]!]!;
  }
  get row() {
    return this.#of.number("row")[this.#at]!;
  }
  get segment() {
    return word(this.#of.held.segment ?? this.#of.label("segment"), this.#at);
  }
  get phase() {
    return word(this.#of.held.phase ?? this.#of.label("phase"), this.#at);
  }
  get worker() {
    return word(this.#of.held.worker ?? this.#of.label("worker"), this.#at);
  }
  get token_source() {
    return word(this.#of.held.token_source ?? this.#of.label("token_source"), this.#at);
  }
  get status() {
    return word(this.#of.held.status ?? this.#of.label("status"), this.#at);
  }
  get error_kind() {
    return word(this.#of.held.error_kind ?? this.#of.label("error_kind"), this.#at);
  }
  get sent_ms() {
    return known(this.#of.held.sent_ms ?? this.#of.number("sent_ms"), this.#at);
  }
  get ended_ms() {
    return known(this.#of.held.ended_ms ?? this.#of.number("ended_ms"), this.#at);
  }
  get ttft_ms() {
    return known(this.#of.held.ttft_ms ?? this.#of.number("ttft_ms"), this.#at);
  }
  get e2e_ms() {
    return known(this.#of.held.e2e_ms ?? this.#of.number("e2e_ms"), this.#at);
  }
  get response_ms() {
    return known(this.#of.held.response_ms ?? this.#of.number("response_ms"), this.#at);
  }
  get tpot_ms() {
    return known(this.#of.held.tpot_ms ?? this.#of.number("tpot_ms"), this.#at);
  }
  get prompt_tokens() {
    return known(this.#of.held.prompt_tokens ?? this.#of.number("prompt_tokens"), this.#at);
  }
  get completion_tokens() {
    return known(this.#of.held.completion_tokens ?? this.#of.number("completion_tokens"), this.#at);
  }
  get itl_p50_ms() {
    return known(this.#of.held.itl_p50_ms ?? this.#of.number("itl_p50_ms"), this.#at);
  }
  get itl_max_ms() {
    return known(this.#of.held.itl_max_ms ?? this.#of.number("itl_max_ms"), this.#at);
  }
  get attempt() {
    return this.#number("attempt");
  }
  get prompt_use() {
    return this.#number("prompt_use");
  }
  get replica() {
    return this.#number("replica");
  }
  get output_tokens_per_s() {
    return this.#number("output_tokens_per_s");
  }
  get cached_prompt_tokens() {
    return this.#number("cached_prompt_tokens");
  }
  get cache_write_tokens() {
    return this.#number("cache_write_tokens");
  }
  get reasoning_tokens() {
    return this.#number("reasoning_tokens");
  }
}

/** Some attempts of a cell, in an order of their own. */
export class AttemptRows implements Sequence<Attempt> {
  readonly columns: AttemptColumns;
  readonly #positions: Uint32Array | null;

  /** @param positions which rows of the columns; null: all, in their order */
  constructor(columns: AttemptColumns, positions: Uint32Array | null = null) {
    this.columns = columns;
    this.#positions = positions;
  }

  get length(): number {
    return this.#positions?.length ?? this.columns.length;
  }

  /** Where the rows lie in the columns. */
  *positions(): Generator<number> {
    for (let i = 0; i < this.length; i++) yield this.position(i);
  }

  /** Where a row lies in the columns. */
  position(i: number): number {
    return this.#positions === null ? i : this.#positions[i]!;
  }

  [Symbol.iterator](): IterableIterator<Attempt> {
    return new AttemptIterator(this);
  }

  filter(keep: (attempt: Attempt) => boolean): AttemptRows {
    const kept = new Uint32Array(this.length);
    let n = 0;
    for (let i = 0; i < this.length; i++) {
      const at = this.position(i);
      if (keep(new AttemptRow(this.columns, at))) kept[n++] = at;
    }
    return new AttemptRows(this.columns, kept.slice(0, n));
  }

  /** Those with this value in a column of labels; quicker than `filter`. */
  labelled(name: Label, value: string): AttemptRows {
    const { codes, words } = this.columns.label(name);
    const code = words.indexOf(value);
    const kept = new Uint32Array(this.length);
    let n = 0;
    for (let i = 0; i < this.length; i++) {
      const at = this.position(i);
      if (codes[at] === code) kept[n++] = at;
    }
    return new AttemptRows(this.columns, kept.slice(0, n));
  }

  map<R>(make: (attempt: Attempt) => R): R[] {
    return Array.from(this, make);
  }

  slice(from: number, to: number): AttemptRows {
    const end = Math.min(to, this.length);
    const length = Math.max(0, end - from);
    return new AttemptRows(this.columns, Uint32Array.from({ length }, (_, i) => this.position(from + i)));
  }

  /** The values of a column that are known. */
  known(name: NumberColumn): Float64Array {
    const column = this.columns.number(name);
    const values = new Float64Array(this.length);
    let n = 0;
    for (let i = 0; i < this.length; i++) {
      const value = column[this.position(i)]!;
      if (!Number.isNaN(value)) values[n++] = value;
    }
    return n === values.length ? values : values.slice(0, n);
  }

  /** How many have each label. */
  countBy(name: Label): Map<string | null, number> {
    const { codes, words } = this.columns.label(name);
    const counts = new Float64Array(words.length);
    for (let i = 0; i < this.length; i++) counts[codes[this.position(i)]!]!++;
    return new Map(words.flatMap((word, code) => counts[code] === 0 ? [] : [[word, counts[code]!] as const]));
  }

  /** Those with this value in a column of numbers. */
  numbered(name: NumberColumn, value: number): AttemptRows {
    const column = this.columns.number(name);
    const kept = new Uint32Array(this.length);
    let n = 0;
    for (let i = 0; i < this.length; i++) {
      const at = this.position(i);
      if (column[at] === value) kept[n++] = at;
    }
    return new AttemptRows(this.columns, kept.slice(0, n));
  }

  /** The labels that occur. */
  labels(name: Label): Set<string> {
    return new Set([...this.countBy(name).keys()].filter((word) => word !== null));
  }
}

class AttemptIterator implements IterableIterator<Attempt> {
  readonly #rows: AttemptRows;
  readonly #length: number;
  #next = 0;

  constructor(rows: AttemptRows) {
    this.#rows = rows;
    this.#length = rows.length;
  }

  next(): IteratorResult<Attempt> {
    return this.#next < this.#length
      ? { done: false, value: new AttemptRow(this.#rows.columns, this.#rows.position(this.#next++)) }
      : { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
