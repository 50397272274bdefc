/** The best fit that never rises. */

/** A mean and how much it weighs, at its place in the order. */
export interface WeightedMean {
  readonly mean: number;
  /** Above 0, usually the number of samples behind the mean. */
  readonly weight: number;
}

/**
 * The values closest to the given means (by weighted squares) that never rise from one to the next: neighbours that rise are
 * pooled until none does.
 * Source: R. E. Barlow, D. J. Bartholomew, J. M. Bremner, H. D. Brunk, Statistical Inference under Order Restrictions, 1972.
 */
export function fallingFit(means: readonly WeightedMean[]): number[] {
  const blocks: { mean: number; weight: number; size: number }[] = [];
  for (const { mean, weight } of means) {
    let block = { mean, weight, size: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.mean < block.mean; last = blocks.at(-1)) {
      const both = last.weight + block.weight;
      block = {
        mean: (last.mean * last.weight + block.mean * block.weight) / both,
        weight: both,
        size: last.size + block.size,
      };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ mean, size }) => new Array<number>(size).fill(mean));
}
