/** Paired differences seen from one of their two sides. */

import type { PairedDifference, StudyFigure, StudyFigures } from "./study.ts";

const opposite = {
  better: "worse",
  worse: "better",
  "no difference shown": "no difference shown",
  "not enough data": "not enough data",
} as const;

const inverse = (change: number | null) => change === null || change <= -1 ? null : 1 / (1 + change) - 1;
const minus = (value: number | null) => value === null ? null : -value;
const rest = (share: number | null) => share === null ? null : 1 - share;

/** The same comparison with the sides changed: what was 25 % more is 20 % less. */
export function turnedPair(pair: PairedDifference): PairedDifference {
  const { change, difference, wins } = pair;
  return {
    ...pair,
    ...{ baseline: pair.candidate, candidate: pair.baseline, verdict: opposite[pair.verdict] },
    change: change.scale === "ratio"
      ? { ...change, value: inverse(change.value), low: inverse(change.high), high: inverse(change.low) }
      : { ...change, value: minus(change.value), low: minus(change.high), high: minus(change.low) },
    difference: {
      ...difference,
      ...{ value: minus(difference.value), low: minus(difference.high), high: minus(difference.low) },
    },
    // Ties are no wins of either side; they are rare among times in fractions of milliseconds.
    wins: { ...wins, value: rest(wins.value), low: rest(wins.high), high: rest(wins.low) },
    probability: rest(pair.probability),
  };
}

/** All comparisons of a figure that a variant is part of, each with that variant as the candidate. */
export function studyPairsOf(
  figures: Pick<StudyFigures, "pairs">,
  figure: StudyFigure,
  name: string,
): PairedDifference[] {
  return figures.pairs.flatMap((pair) => {
    if (pair.figure !== figure) return [];
    if (pair.candidate === name) return [pair];
    return pair.baseline === name ? [turnedPair(pair)] : [];
  });
}

/** The comparison of two variants, the first as the candidate; null: there is none. */
export function studyPairOf(
  figures: Pick<StudyFigures, "pairs">,
  figure: StudyFigure,
  candidate: string,
  baseline: string,
): PairedDifference | null {
  return studyPairsOf(figures, figure, candidate).find((pair) => pair.baseline === baseline) ?? null;
}
