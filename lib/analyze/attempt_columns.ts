/** The attempts of a cell as columns, each read when it is asked for. */

/** Columns of numbers, null as NaN. `row` is the position in the table of requests. */
export const numbers = [
  "row",
  "attempt",
  "prompt_use",
  "replica",
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
export type NumberColumn = (typeof numbers)[number];

/** Few values, many times: they travel as codes. */
export const labels = ["segment", "phase", "worker", "token_source", "status", "error_kind"] as const;
export type Label = (typeof labels)[number];

/** A column of labels. */
export interface Codes {
  readonly codes: Uint16Array;
  /** What each code stands for. */
  readonly words: readonly (string | null)[];
}

/** Reads columns of a cell, each with an entry for each attempt, in the order of sending. */
export interface ColumnReader {
  number(name: NumberColumn): Float64Array;
  label(name: Label): Codes;
  ids(): readonly (string | null)[];
}

type Held = { [C in NumberColumn]: Float64Array | null } & { [L in Label]: Codes | null };

/** Nothing read yet. All keys are there from the start, so that every access finds the same form. */
const nothing = Object.fromEntries([...numbers, ...labels].map((name) => [name, null])) as Held;

/** The columns of one cell, kept from when they are first asked for to the next `release`. */
export class AttemptColumns {
  readonly held: Held = { ...nothing };
  #ids: readonly (string | null)[] | null = null;
  readonly #reader: ColumnReader;

  /** @param began `sent_at` of the first send of each segment, by its code */
  constructor(
    readonly length: number,
    readonly began: readonly (string | null)[],
    reader: ColumnReader,
  ) {
    this.#reader = reader;
  }

  number(name: NumberColumn): Float64Array {
    return this.held[name] ??= this.#reader.number(name);
  }

  label(name: Label): Codes {
    return this.held[name] ??= this.#reader.label(name);
  }

  ids(): readonly (string | null)[] {
    return this.#ids ??= this.#reader.ids();
  }

  /** Lets the columns go; they are read again when they are asked for again. */
  release(): void {
    Object.assign(this.held, nothing);
  }
}
