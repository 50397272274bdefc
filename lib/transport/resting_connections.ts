/** The open connections of a transport that carry nothing at the moment. */

import type { Connection, OpeningTimes } from "./connection.ts";
import type { WireRequest } from "./wire.ts";

/** A connection at rest. Times are milliseconds on the transport's clock. */
export interface Resting {
  readonly connection: Connection;
  readonly since_ms: number;
  /** How it was opened, if it was opened ahead and has carried nothing yet; null once it has. */
  readonly opened: OpeningTimes | null;
  /** The request that it was made sure of for; null = whichever comes. */
  kept_for: WireRequest | null;
}

export class RestingConnections {
  readonly #byRoute = new Map<string, Resting[]>();
  readonly #onEnded: (key: string, ended: Resting) => void;

  /** @param onEnded a connection was found ended by its peer as it was looked at */
  constructor(onEnded: (key: string, ended: Resting) => void) {
    this.#onEnded = onEnded;
  }

  /** Takes what is kept for the request, else the latest that is kept for none, else the latest; null: there is none. */
  take(key: string, request: WireRequest): Resting | null {
    const all = this.#usable(key);
    const own = all.findLastIndex(({ kept_for }) => kept_for === request);
    const free = own >= 0 ? own : all.findLastIndex(({ kept_for }) => kept_for === null);
    return all.splice(free >= 0 ? free : all.length - 1, 1)[0] ?? null;
  }

  /** Keeps the latest one for the request, unless one is kept already. Returns whether there is one. */
  keepFor(key: string, request: WireRequest): boolean {
    const all = this.#usable(key);
    if (all.some(({ kept_for }) => kept_for === request)) return true;
    const free = all.findLast(({ kept_for }) => kept_for === null);
    if (free !== undefined) free.kept_for = request;
    return free !== undefined;
  }

  add(key: string, resting: Resting): void {
    this.#byRoute.getOrInsertComputed(key, () => []).push(resting);
  }

  /** Closes those of a route that have rested since before `at_ms`; without it all of them. */
  close(key: string, at_ms = Infinity): void {
    const younger: Resting[] = [];
    for (const resting of this.#byRoute.get(key) ?? []) {
      if (resting.since_ms < at_ms) resting.connection.close();
      else younger.push(resting);
    }
    this.#byRoute.set(key, younger);
  }

  closeAll(): void {
    for (const key of this.#byRoute.keys()) this.close(key);
  }

  /** Those that their peers have not ended, the latest last. */
  #usable(key: string): Resting[] {
    const all = this.#byRoute.getOrInsertComputed(key, () => []);
    for (let i = all.length - 1; i >= 0; i--) {
      const resting = all[i]!;
      if (resting.connection.usable()) continue;
      all.splice(i, 1);
      this.#onEnded(key, resting);
      resting.connection.close();
    }
    return all;
  }
}
