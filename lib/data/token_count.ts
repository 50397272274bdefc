/** How long prompts are: counts per length, small however many prompts there are. */

/** Least, middle and greatest number of tokens. */
export interface TokenRange {
  readonly min: number;
  /** The mean of the two middle ones when the number of prompts is even. */
  readonly median: number;
  readonly max: number;
}

/** Prompts with `from` <= tokens < `to`. */
export interface TokenBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Lengths of prompts, in tokens, each with how often it occurred. */
export class TokenCounts {
  readonly #rows = new Map<number, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(tokens: number): void {
    this.#rows.set(tokens, (this.#rows.get(tokens) ?? 0) + 1);
    this.#total++;
  }

  /** null when nothing was added. */
  range(): TokenRange | null {
    if (this.#total === 0) return null;
    const sorted = this.#sorted();
    const lower = this.#at(sorted, Math.floor((this.#total - 1) / 2));
    const upper = this.#at(sorted, Math.floor(this.#total / 2));
    return { min: sorted[0]![0], median: (lower + upper) / 2, max: sorted.at(-1)![0] };
  }

  /** Bins of one width (1, 2 or 5 times a power of ten, at most `most` of them) that cover every prompt. */
  bins(most = 24): TokenBin[] {
    const range = this.range();
    if (range === null) return [];
    const width = binWidth(range.min, range.max, most);
    const first = Math.floor(range.min / width);
    const bins = Array.from({ length: Math.floor(range.max / width) - first + 1 }, () => 0);
    for (const [tokens, rows] of this.#rows) bins[Math.floor(tokens / width) - first]! += rows;
    return bins.map((rows, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, rows }));
  }

  #sorted(): [number, number][] {
    return [...this.#rows].sort(([a], [b]) => a - b);
  }

  #at(sorted: readonly [number, number][], position: number): number {
    let passed = 0;
    for (const [tokens, rows] of sorted) {
      passed += rows;
      if (position < passed) return tokens;
    }
    return sorted.at(-1)![0];
  }
}

function binWidth(min: number, max: number, most: number): number {
  for (let power = 1;; power *= 10) {
    for (const step of [1, 2, 5]) {
      const width = step * power;
      if (Math.floor(max / width) - Math.floor(min / width) < most) return width;
    }
  }
}
