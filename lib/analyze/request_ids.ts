/** Which attempts are of one request, for tens of millions of them. */

import { segmentOrder } from "../metrics/mod.ts";
import type { AttemptColumns } from "./attempt_columns.ts";

/** Attempts of a cell as positions in its columns. */
export interface RequestAttempts {
  /** Requests of every phase. */
  readonly requests: number;
  /** The final attempt of each request of the measure phase, in the order in which the requests first appear: see `finalAttempts`. */
  readonly finals: Uint32Array;
  /** The first send of each request of the measure phase in each segment. */
  readonly sends: Uint32Array;
}

/**
 * Groups attempts by request, without an object for any of them.
 *
 * @param columns in the order of sending
 * @param ids of each attempt its request's, as two words: an id is 64 bits of a hash, and so is what stands for it here
 */
export function requestAttempts(columns: AttemptColumns, ids: Uint32Array): RequestAttempts {
  const n = columns.length;
  const { codes: phases, words } = columns.label("phase");
  const measure = words.indexOf("measure");
  const { codes: segments } = columns.label("segment");
  const places = segmentPlaces(columns);
  const tries = columns.number("attempt");
  const sent = columns.number("sent_ms");
  const first = new FirstOf(ids);
  const finals = new Uint32Array(n);
  const sends = new Uint32Array(n);
  /** By the first attempt of a request: the place of its final attempt plus 1; the segment in which it was last sent plus 1. */
  const finalOf = new Uint32Array(n);
  const sentIn = new Uint32Array(n);
  let [requests, finalCount, sendCount] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const request = first.of(i);
    if (request === i) requests++;
    if (phases[i] !== measure) continue;
    const segment = segments[i]!;
    if (!Number.isNaN(sent[i]) && sentIn[request] !== segment + 1) {
      sentIn[request] = segment + 1;
      sends[sendCount++] = i;
    }
    if (finalOf[request] === 0) {
      finals[finalCount++] = i;
      finalOf[request] = finalCount;
      continue;
    }
    const place = finalOf[request]! - 1;
    const known = finals[place]!;
    const later = places[segment]! - places[segments[known]!]!;
    if (later > 0 || (later === 0 && (tries[i]! || 0) >= (tries[known]! || 0))) finals[place] = i;
  }
  return { requests, finals: finals.slice(0, finalCount), sends: sends.slice(0, sendCount) };
}

/** The position in time of each segment, by its code. */
function segmentPlaces(columns: AttemptColumns): number[] {
  const { words } = columns.label("segment");
  const order = segmentOrder(
    words.map((segment, code) => ({ segment, sent_at: columns.began[code] ?? null })),
  );
  return words.map((segment) => order.get(segment)!);
}

/** Finds the first of equal ids: a hash table with open addressing, of positions. */
class FirstOf {
  readonly #ids: Uint32Array;
  readonly #table: Uint32Array;

  constructor(ids: Uint32Array) {
    this.#ids = ids;
    let size = 16;
    while (size < ids.length / 2 * 1.5) size *= 2;
    this.#table = new Uint32Array(size);
  }

  /** The first of the positions asked about so far that has the same id: itself, when there is none before. */
  of(i: number): number {
    const ids = this.#ids;
    const table = this.#table;
    const mask = table.length - 1;
    const low = ids[2 * i]!;
    const high = ids[2 * i + 1]!;
    for (let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;; slot = (slot + 1) & mask) {
      const known = table[slot]!;
      if (known === 0) {
        table[slot] = i + 1;
        return i;
      }
      if (ids[2 * known - 2] === low && ids[2 * known - 1] === high) return known - 1;
    }
  }
}
