/** The gaps between content chunks of a cell: there may be billions, so they are counted where they lie. */

import type { Percentiles } from "../core/mod.ts";
import { countedInflation, type Ranked, rankedPercentiles } from "../metrics/mod.ts";
import type { CellReader } from "./cell_reader.ts";

const bits = 16;
const digits = 1 << bits;
const mask = digits - 1;

/**
 * The gaps of the successes of a cell. Gaps are whole microseconds, so that the one of any rank is found exactly by counting: first by
 * the upper 16 bits, then, among those that share them, by the lower.
 */
export class CellGaps implements Ranked {
  readonly length: number;
  readonly #reader: CellReader;
  /** In the order of sending: 1 for a success. */
  readonly #counted: Uint8Array;
  #upper: Float64Array | null = null;
  readonly #lower = new Map<number, Float64Array>();

  constructor(reader: CellReader, successes: Iterable<number>) {
    this.#reader = reader;
    this.#counted = new Uint8Array(reader.length);
    for (const position of successes) this.#counted[position] = 1;
    let length = 0;
    for (const { from, counts } of reader.gapCounts()) {
      for (let i = 0; i < counts.length; i++) {
        if (this.#counted[reader.placeOf(from + i)] === 1) length += counts[i]!;
      }
    }
    this.length = length;
  }

  /** Percentiles in milliseconds; null without gaps. */
  percentiles(): Percentiles | null {
    return this.length === 0 ? null : rankedPercentiles(this, (limit) => this.#inflation(limit));
  }

  /** Milliseconds of the gap of a rank from 0. */
  at(rank: number): number | undefined {
    if (rank < 0 || rank >= this.length) return undefined;
    const upper = seek(this.#upper ??= this.#counts((gap_us) => gap_us >>> bits), rank);
    let own = this.#lower.get(upper.digit);
    if (own === undefined) {
      own = this.#counts((gap_us) => gap_us >>> bits === upper.digit ? gap_us & mask : -1);
      this.#lower.set(upper.digit, own);
    }
    return (upper.digit * digits + seek(own, rank - upper.before).digit) / 1000;
  }

  /** Milliseconds of all, in the order of sending. */
  values(): Float64Array {
    const values = new Float64Array(this.length);
    this.#eachInOrder((place, gap_us) => values[place] = gap_us / 1000);
    return values;
  }

  #inflation(limit: number): number {
    return countedInflation(this.length, (size, counts) => {
      const used = size * counts.length;
      this.#eachInOrder((place, gap_us) => {
        if (place < used && gap_us / 1000 <= limit) counts[Math.floor(place / size)]!++;
      });
    });
  }

  #counts(digitOf: (gap_us: number) => number): Float64Array {
    const counts = new Float64Array(digits);
    for (const { from, counts: each, gaps_us } of this.#reader.gaps()) {
      for (let i = 0, gap = 0; i < each.length; i++) {
        const end = gap + each[i]!;
        if (this.#counted[this.#reader.placeOf(from + i)] === 0) {
          gap = end;
          continue;
        }
        for (; gap < end; gap++) {
          const digit = digitOf(gaps_us[gap]!);
          if (digit >= 0) counts[digit]!++;
        }
      }
    }
    return counts;
  }

  #eachInOrder(take: (place: number, gap_us: number) => void): void {
    const starts = this.#starts();
    for (const { from, counts, gaps_us } of this.#reader.gaps()) {
      for (let i = 0, gap = 0; i < counts.length; i++) {
        const end = gap + counts[i]!;
        const position = this.#reader.placeOf(from + i);
        if (this.#counted[position] === 0) gap = end;
        for (let place = starts[position]!; gap < end; gap++) take(place++, gaps_us[gap]!);
      }
    }
  }

  /** How many gaps come before those of each attempt, in the order of sending. */
  #starts(): Float64Array {
    const starts = new Float64Array(this.#reader.length);
    for (const { from, counts } of this.#reader.gapCounts()) {
      for (let i = 0; i < counts.length; i++) {
        const position = this.#reader.placeOf(from + i);
        if (this.#counted[position] === 1) starts[position] = counts[i]!;
      }
    }
    let before = 0;
    for (let i = 0; i < starts.length; i++) {
      const own = starts[i]!;
      starts[i] = before;
      before += own;
    }
    return starts;
  }
}

/** The digit of the value of a rank, and how many values have a lower one. */
function seek(counts: Float64Array, rank: number): { digit: number; before: number } {
  let before = 0;
  let digit = 0;
  for (; digit < mask && before + counts[digit]! <= rank; digit++) before += counts[digit]!;
  return { digit, before };
}
