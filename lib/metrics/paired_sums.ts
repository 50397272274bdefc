/** What is kept of pairs: sums by prompt and by slice of the study, however long it goes on. */

/** Slices of time that are kept; where they are full, neighbours are put together and each holds twice as many pairs. */
const mostSlices = 128;

export interface PromptSums {
  n: number;
  sum: number;
  squares: number;
}

interface Cell {
  n: number;
  sum: number;
}

/** Sums of one figure of each pair, added in the order in which the pairs were made. */
export class PairedSums {
  n = 0;
  sum = 0;
  readonly prompts: Map<string, PromptSums> = new Map();
  /** Pairs in a slice. */
  sliceSize = 1;
  #slices: Map<string, Cell>[] = [];

  /** By slice, by prompt. The last one may not be full. */
  get slices(): readonly ReadonlyMap<string, Readonly<Cell>>[] {
    return this.#slices;
  }

  add(prompt: string, value: number): void {
    if (this.n === mostSlices * this.sliceSize) this.#halve();
    const slice = this.#slices[Math.floor(this.n / this.sliceSize)] ??= new Map();
    let cell = slice.get(prompt);
    if (cell === undefined) slice.set(prompt, cell = { n: 0, sum: 0 });
    let sums = this.prompts.get(prompt);
    if (sums === undefined) this.prompts.set(prompt, sums = { n: 0, sum: 0, squares: 0 });
    cell.n++;
    cell.sum += value;
    sums.n++;
    sums.sum += value;
    sums.squares += value * value;
    this.n++;
    this.sum += value;
  }

  #halve(): void {
    const halved: Map<string, Cell>[] = [];
    for (let i = 0; i < this.#slices.length; i += 2) {
      const joined = this.#slices[i]!;
      for (const [prompt, { n, sum }] of this.#slices[i + 1]!) {
        const cell = joined.get(prompt);
        if (cell === undefined) joined.set(prompt, { n, sum });
        else {
          cell.n += n;
          cell.sum += sum;
        }
      }
      halved.push(joined);
    }
    this.#slices = halved;
    this.sliceSize *= 2;
  }
}
