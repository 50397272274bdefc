/** What becomes of a study that looks at what it knows after each round, counted over simulated ones. */

import { seededRandom } from "../../lib/core/mod.ts";
import { type Pair, pairedDifference, PairedProgress, quantile, sorted } from "../../lib/metrics/mod.ts";
import { simulatedStudy, type StudyModel } from "./simulated_study.ts";

export interface Stopped {
  /** Studies that had enough before their calls were over. */
  readonly stopped: number;
  /** Of those, the ones whose last interval held the truth. */
  readonly covered: number;
  /** Of those, the ones that called the two different. */
  readonly different: number;
  /** Median of their pairs. */
  readonly pairs: number | null;
}

/** A look after every `perRound` pairs; the model's calls are the most that are made. */
export function stoppedStudies(
  seed: number,
  model: StudyModel,
  { precision, perRound, studies }: { precision: number; perRound: number; studies: number },
): Stopped {
  const random = seededRandom(seed, ["stopping", precision, perRound, ...Object.values(model)]);
  const sizes: number[] = [];
  let covered = 0;
  let different = 0;
  for (let study = 0; study < studies; study++) {
    const { pairs, logRatio } = simulatedStudy(random, model);
    const progress = new PairedProgress();
    for (const [i, pair] of pairs.entries()) {
      progress.add(pair);
      if ((i + 1) % perRound > 0 || progress.pairsNeeded(precision) !== 0) continue;
      const truth = Math.expm1(logRatio);
      const { low, high } = progress.change();
      sizes.push(i + 1);
      if (low! <= truth && truth <= high!) covered++;
      if (low! > 0 || high! < 0) different++;
      break;
    }
  }
  return { stopped: sizes.length, covered, different, pairs: quantile(sorted(sizes), 500) };
}

export interface KeptPromise {
  /** Studies that said how many more pairs it takes. */
  readonly said: number;
  /** Of those, the ones that knew the change to the precision when they had them. */
  readonly kept: number;
  /** Median of the pairs in all that it took by what was said. */
  readonly pairs: number | null;
}

/** A number of pairs is asked for after the first `pilot` ones; the study then has as many. */
export function promisedStudies(
  seed: number,
  model: StudyModel,
  { precision, pilot, studies }: { precision: number; pilot: number; studies: number },
): KeptPromise {
  const random = seededRandom(seed, ["promise", precision, pilot, ...Object.values(model)]);
  const needed = (pairs: readonly Pair[]) =>
    pairedDifference(pairs, { figure: "ttft_ms", precision }).pairs_needed;
  const sizes: number[] = [];
  let kept = 0;
  for (let study = 0; study < studies; study++) {
    const { pairs } = simulatedStudy(random, model);
    const more = needed(pairs.slice(0, pilot));
    if (more === null || more === 0 || pilot + more > pairs.length) continue;
    sizes.push(pilot + more);
    if (needed(pairs.slice(0, pilot + more)) === 0) kept++;
  }
  return { said: sizes.length, kept, pairs: quantile(sorted(sizes), 500) };
}
