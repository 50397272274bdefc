/** Which pairs of variants a chart shows where there are too many of them. */

import {
  type PairedDifference,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  turnedPair,
} from "../core/mod.ts";

/** So many pairs of a figure are all shown. */
const most = 14;

export interface ChosenPairs {
  readonly pairs: readonly PairedDifference[];
  /** Pairs of the figure that are left out. */
  readonly hidden: number;
}

/**
 * All pairs of the figure, or, where they are many, those with the fastest variant and those of one model's profiles; never more than
 * `atMost`, the closest to the fastest. The fastest one stands first wherever it takes part.
 */
export function choosePairs(
  figures: StudyFigures,
  figure: StudyFigure,
  fastest: string | null,
  atMost = Infinity,
): ChosenPairs {
  const all = figures.pairs.filter((pair) => pair.figure === figure)
    .map((pair) => pair.baseline === fastest ? turnedPair(pair) : pair);
  if (all.length > atMost) {
    const near = all.filter(({ candidate }) => candidate === fastest)
      .sort((a, b) => distance(a) - distance(b));
    const pairs = [...near, ...all.filter((pair) => !near.includes(pair))].slice(0, atMost);
    return { pairs, hidden: all.length - pairs.length };
  }
  if (all.length <= most) return { pairs: all, hidden: 0 };
  const place = new Map(figures.variants.map((variant) => [variant.experiment_name, variant] as const));
  const pairs = all.filter(({ baseline, candidate }) => {
    if (candidate === fastest) return true;
    const [a, b] = [place.get(baseline), place.get(candidate)];
    return a !== undefined && b !== undefined && a.model_id === b.model_id && a.region === b.region &&
      a.profile !== b.profile;
  });
  return { pairs, hidden: all.length - pairs.length };
}

/** How far from no change. */
function distance({ change: { value } }: PairedDifference): number {
  return value === null ? Infinity : Math.abs(Math.log(Math.max(1e-9, 1 + value)));
}

/** The variant with the best median; null: none has one. */
export function fastestOf({ variants }: StudyFigures, figure: StudyFigure): string | null {
  const sign = studyFigureKinds[figure].lower_is_better ? 1 : -1;
  const known = variants.flatMap((variant) => {
    const { value } = variant[figure].p50;
    return value === null ? [] : [{ name: variant.experiment_name, value: sign * value }];
  });
  return known.length === 0 ? null : known.reduce((best, row) => row.value < best.value ? row : best).name;
}
