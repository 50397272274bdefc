/** Keeps the calls of a study within what an account may take in a minute. */

import type { StudyQuota } from "../../core/mod.ts";

const window_ms = 60_000;

/** A call that counts. */
interface Entry {
  at_ms: number;
  tokens: number;
  settled: boolean;
}

/** One quota over a window of 60 s that slides: at no moment do the calls of the last minute come to more than it allows. */
export class QuotaWindow {
  readonly #requests: number;
  readonly #tokens: number;
  /** In the order of sending: at most as many as are allowed in a minute. */
  readonly #entries: Entry[] = [];

  constructor(
    { requests_per_minute, tokens_per_minute }: Pick<StudyQuota, "requests_per_minute" | "tokens_per_minute">,
  ) {
    this.#requests = requests_per_minute ?? Infinity;
    this.#tokens = tokens_per_minute ?? Infinity;
  }

  /** Milliseconds until a call may go out; 0: now; Infinity: one under way has to end first. */
  wait_ms(now: number, tokens: number): number {
    this.#forget(now);
    const wanted = this.#fitting(tokens);
    let count = this.#entries.length;
    let sum = this.#entries.reduce((total, entry) => total + entry.tokens, 0);
    let wait = 0;
    for (const entry of this.#entries) {
      if (count < this.#requests && sum + wanted <= this.#tokens) return wait;
      if (!entry.settled) return Infinity;
      wait = Math.max(wait, entry.at_ms + window_ms - now);
      count--;
      sum -= entry.tokens;
    }
    return count < this.#requests && sum + wanted <= this.#tokens ? wait : Infinity;
  }

  /** Counts a call that goes out now, with the tokens that it may take. */
  take(now: number, tokens: number): Entry {
    const entry = { at_ms: now, tokens: this.#fitting(tokens), settled: false };
    this.#entries.push(entry);
    return entry;
  }

  /**
   * Says what a call took.
   *
   * @param sent_ms when it really went out; null: it never did
   * @param tokens null: not known
   */
  settle(entry: Entry, sent_ms: number | null, tokens: number | null): void {
    entry.settled = true;
    if (sent_ms === null) this.#entries.splice(this.#entries.indexOf(entry), 1);
    else entry.at_ms = Math.max(entry.at_ms, sent_ms);
    if (tokens !== null) entry.tokens = tokens;
  }

  /** One that asks for more than a whole minute's has that minute alone. */
  #fitting(tokens: number): number {
    return Math.min(tokens, this.#tokens);
  }

  #forget(now: number): void {
    while (this.#entries[0]?.settled === true && this.#entries[0].at_ms + window_ms <= now) {
      this.#entries.shift();
    }
  }
}

/** What a call was counted as. */
export interface Taken {
  /** Says what it took: see `QuotaWindow.settle`. */
  settle(sent_ms: number | null, tokens: number | null): void;
}

interface Line {
  readonly window: QuotaWindow;
  /** Settles when whoever came last has had its turn. */
  last: Promise<void>;
}

/** All quotas of a study. Calls that share one go out in the order in which they came. */
export class Quotas {
  readonly #byLevel = new Map<number, Line[]>();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(quotas: readonly StudyQuota[]) {
    for (const quota of quotas) {
      const line = { window: new QuotaWindow(quota), last: Promise.resolve() };
      for (const level of quota.levels) this.#byLevel.getOrInsertComputed(level, () => []).push(line);
    }
  }

  /** Resolves when it is a level's turn, to what ends that turn. */
  async turn(level: number): Promise<() => void> {
    const ends: (() => void)[] = [];
    // Always in the same order, so that no two wait for each other.
    for (const line of this.#byLevel.get(level) ?? []) {
      const own = Promise.withResolvers<void>();
      const before = line.last;
      line.last = own.promise;
      await before;
      ends.push(own.resolve);
    }
    return () => ends.forEach((end) => end());
  }

  /** See `QuotaWindow.wait_ms`: of all quotas of a level. */
  wait_ms(level: number, now: number, tokens: number): number {
    return Math.max(0, ...(this.#byLevel.get(level) ?? []).map(({ window }) => window.wait_ms(now, tokens)));
  }

  take(level: number, now: number, tokens: number): Taken {
    const taken = (this.#byLevel.get(level) ?? []).map(({ window }) => ({
      window,
      entry: window.take(now, tokens),
    }));
    return {
      settle: (sent_ms, tokens) => {
        for (const { window, entry } of taken) window.settle(entry, sent_ms, tokens);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      },
    };
  }

  /** Resolves when a call has settled. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }
}
