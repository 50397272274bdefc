/** How often what is said of two profiles is right, counted over simulated studies. */

import { seededRandom, type StudyFigure } from "../../lib/core/mod.ts";
import { fewestPrompts, pairedDifference } from "../../lib/metrics/mod.ts";
import { simulatedStudy, type StudyModel } from "./simulated_study.ts";

export interface StudyCoverage {
  /** Studies whose interval of the change holds the truth: of all prompts there could be; of these prompts where they are few. */
  readonly covered: number;
  /** Studies that call the two different. */
  readonly different: number;
  /** Studies whose interval of the share of wins holds its truth; null where that isn't a half by symmetry. */
  readonly wins: number | null;
  /** The same of the median difference, which is 0. */
  readonly medians: number | null;
  /** Mean width of the interval of the change. */
  readonly width: number;
}

const holds = (low: number | null, value: number, high: number | null) =>
  (low ?? -Infinity) <= value && value <= (high ?? Infinity);

export function studyCoverage(
  seed: number,
  model: StudyModel,
  figure: StudyFigure,
  studies: number,
): StudyCoverage {
  const random = seededRandom(seed, ["study", figure, ...Object.values(model)]);
  const symmetric = model.ratio === 1 && (model.prompts >= fewestPrompts || model.interaction === 0);
  const counts = { covered: 0, different: 0, wins: 0, medians: 0, width: 0 };
  for (let i = 0; i < studies; i++) {
    const { pairs, logRatio, logRatioOfThese } = simulatedStudy(random, model);
    const said = pairedDifference(pairs, { figure, precision: null });
    const truth = Math.expm1(said.clustered_by === "prompt" ? logRatio : logRatioOfThese);
    const { low, high } = said.change;
    if (holds(low, truth, high)) counts.covered++;
    if (said.verdict === "better" || said.verdict === "worse") counts.different++;
    if (holds(said.wins.low, 0.5, said.wins.high)) counts.wins++;
    if (holds(said.difference.low, 0, said.difference.high)) counts.medians++;
    counts.width += (high! - low!) / studies;
  }
  return symmetric ? counts : { ...counts, wins: null, medians: null };
}

/** Studies whose verdict is another one when one of the candidate's calls takes a minute. */
export function flippedByOutlier(seed: number, model: StudyModel, studies: number): number {
  const random = seededRandom(seed, ["outlier", ...Object.values(model)]);
  const options = { figure: "ttft_ms", precision: null } as const;
  let flipped = 0;
  for (let i = 0; i < studies; i++) {
    const { pairs } = simulatedStudy(random, model);
    const { verdict } = pairedDifference(pairs, options);
    const at = random.below(pairs.length);
    pairs[at] = { ...pairs[at]!, candidate: 60_000 };
    if (pairedDifference(pairs, options).verdict !== verdict) flipped++;
  }
  return flipped;
}
