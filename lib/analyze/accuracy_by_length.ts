/** Whether long prompts are answered worse than short ones. */

import type { Estimate } from "../core/mod.ts";
import { groupedWilson } from "../metrics/mod.ts";

/** An answer with a verdict, and how long its prompt was. */
export interface JudgedLength {
  readonly experiment_name: string;
  /** Which prompt: answers to the same one are alike. */
  readonly prompt: string;
  readonly prompt_tokens: number;
  readonly right: boolean;
}

/** Prompts of similar length to one experiment. */
export interface LengthBin {
  readonly experiment_name: string;
  /** Shortest, median and longest prompt of the bin. */
  readonly from_tokens: number;
  readonly prompt_tokens: number;
  readonly to_tokens: number;
  readonly accuracy: Estimate;
}

const mostBins = 5;
/** Under so many answers in a bin, the intervals say nothing. */
const leastInBin = 10;

/**
 * Accuracy by length: bins with about as many answers each, of the lengths of all experiments together, so that those can be compared.
 * As many bins as leave ten answers a bin and experiment, five at most. Prompts of one length are never parted.
 */
export function accuracyByLength(answers: readonly JudgedLength[]): LengthBin[] {
  const experiments = Map.groupBy(answers, ({ experiment_name }) => experiment_name);
  const fewest = Math.min(...[...experiments.values()].map(({ length }) => length));
  const bins = Math.max(1, Math.min(mostBins, Math.floor(fewest / leastInBin)));
  const lengths = answers.map(({ prompt_tokens }) => prompt_tokens).sort((a, b) => a - b);
  const ends = Array.from(
    { length: bins },
    (_, i) => lengths[Math.ceil((i + 1) * lengths.length / bins) - 1]!,
  );
  const binOf = (tokens: number) => ends.findIndex((end) => tokens <= end);
  return [...experiments].flatMap(([experiment_name, own]) =>
    [...Map.groupBy(own, ({ prompt_tokens }) => binOf(prompt_tokens))].sort(([a], [b]) => a - b)
      .map(([, rows]): LengthBin => {
        const sorted = rows.map(({ prompt_tokens }) => prompt_tokens).sort((a, b) => a - b);
        return {
          experiment_name,
          from_tokens: sorted[0]!,
          prompt_tokens: sorted[Math.floor((sorted.length - 1) / 2)]!,
          to_tokens: sorted.at(-1)!,
          accuracy: groupedWilson([...Map.groupBy(rows, ({ prompt }) => prompt).values()].map((answers) => ({
            successes: answers.filter(({ right }) => right).length,
            n: answers.length,
          }))),
        };
      })
  );
}
