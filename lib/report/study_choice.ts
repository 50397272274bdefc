/** Which variant of a study to take, if its figures say so. */

import {
  type Estimate,
  type PairedDifference,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  studyPairOf,
  studyPairsOf,
  type StudyVariant,
} from "../core/mod.ts";

/** What a study's figures allow to be said. */
export type StudyChoice =
  /** No call succeeded. */
  | { readonly kind: "nothing" }
  /** One variant only has successes. */
  | { readonly kind: "one"; readonly variant: StudyVariant }
  /** No pair of variants has enough pairs of calls. */
  | { readonly kind: "not enough data" }
  | { readonly kind: "no difference" }
  /** The fastest one, by `figure`. */
  | (Fastest & { readonly kind: "choice" })
  /** It is the fastest but fails more often than `safer`. */
  | (Fastest & { readonly kind: "errors"; readonly safer: readonly StudyVariant[] })
  /** It starts first, but `quicker` writes faster than it. */
  | (Fastest & { readonly kind: "trade-off"; readonly quicker: StudyVariant });

/** The variant that does best in one figure. */
interface Fastest {
  readonly variant: StudyVariant;
  readonly figure: StudyFigure;
  /** Its comparisons with those it is shown to beat, the closest first; it is the candidate. */
  readonly over: readonly PairedDifference[];
  /** Variants that it was compared with and no difference, or not enough, was shown. */
  readonly level: readonly PairedDifference[];
  /** Variants that it was not compared with, and that nothing which it beats was shown to beat. */
  readonly apart: readonly StudyVariant[];
}

/** Figures in the order in which they decide. */
const deciding: readonly StudyFigure[] = ["ttft_ms", "output_tokens_per_s", "e2e_ms"];

/** The choice. A faster variant whose error rate is shown to be higher is never simply recommended. */
export function studyChoice(figures: StudyFigures): StudyChoice {
  const usable = figures.variants.filter(({ ok }) => ok > 0);
  if (usable.length === 0) return { kind: "nothing" };
  if (usable.length === 1) return { kind: "one", variant: usable[0]! };
  const judged = figures.pairs.filter(({ verdict }) => verdict !== "not enough data");
  if (judged.length === 0) return { kind: "not enough data" };
  const figure = deciding.find((one) =>
    judged.some((pair) => pair.figure === one && pair.verdict !== "no difference shown")
  );
  if (figure === undefined) return { kind: "no difference" };
  const fastest = fastestOf(figures, usable, figure);
  if (fastest === null) return { kind: "no difference" };
  const safer = usable.filter((other) => failsMore(fastest.variant, other));
  if (safer.length > 0) return { kind: "errors", ...fastest, safer };
  const quicker = figure === "ttft_ms" ? quickerThan(figures, usable, fastest.variant) : null;
  return quicker === null ? { kind: "choice", ...fastest } : { kind: "trade-off", ...fastest, quicker };
}

/** Of the variants that beat one and that none beats, the one with the best median; null: each is beaten by another. */
function fastestOf(
  figures: StudyFigures,
  usable: readonly StudyVariant[],
  figure: StudyFigure,
): Fastest | null {
  const candidates = usable.flatMap((variant): Fastest[] => {
    const pairs = studyPairsOf(figures, figure, variant.experiment_name);
    const over = pairs.filter(({ verdict }) => verdict === "better");
    if (over.length === 0 || pairs.some(({ verdict }) => verdict === "worse")) return [];
    const level = pairs.filter(({ verdict }) => verdict !== "better");
    return [{
      ...{ variant, figure, over: closestFirst(over), level },
      apart: apartFrom(figures, usable, figure, variant),
    }];
  });
  const sign = studyFigureKinds[figure].lower_is_better ? 1 : -1;
  const median = ({ variant }: Fastest) => sign * (variant[figure].p50.value ?? sign * Infinity);
  return candidates.reduce<Fastest | null>(
    (best, one) => best === null || median(one) < median(best) ? one : best,
    null,
  );
}

/** Variants that stand in no comparison with it, nor with one that it beats. */
function apartFrom(
  figures: StudyFigures,
  usable: readonly StudyVariant[],
  figure: StudyFigure,
  variant: StudyVariant,
): StudyVariant[] {
  const beaten = new Set([variant.experiment_name]);
  for (const name of beaten) {
    for (const { baseline, verdict } of studyPairsOf(figures, figure, name)) {
      if (verdict === "better") beaten.add(baseline);
    }
  }
  const compared = new Set(
    studyPairsOf(figures, figure, variant.experiment_name).map(({ baseline }) => baseline),
  );
  return usable.filter(({ experiment_name: name }) => !beaten.has(name) && !compared.has(name));
}

const closestFirst = (pairs: readonly PairedDifference[]) =>
  [...pairs].sort((a, b) => Math.abs(a.change.value ?? Infinity) - Math.abs(b.change.value ?? Infinity));

/** The one that writes faster than it, the fastest of them; null: none is shown to. */
function quickerThan(
  figures: StudyFigures,
  usable: readonly StudyVariant[],
  variant: StudyVariant,
): StudyVariant | null {
  const figure = "output_tokens_per_s";
  const others = usable.filter((other) =>
    studyPairOf(figures, figure, other.experiment_name, variant.experiment_name)?.verdict === "better"
  );
  const speed = (one: StudyVariant) => one[figure].p50.value ?? 0;
  return others.reduce<StudyVariant | null>(
    (best, one) => best === null || speed(one) > speed(best) ? one : best,
    null,
  );
}

/** Whether one variant's error rate is shown to be higher: the 95 % interval of the difference leaves out 0. */
export function failsMore(a: StudyVariant, b: StudyVariant): boolean {
  const low = leastDifference(a.error_rate, b.error_rate);
  return low !== null && low > 0;
}

/** Lower end of the interval of a difference of two rates, from their own intervals (Newcombe's method 10). */
function leastDifference(a: Estimate, b: Estimate): number | null {
  if (a.value === null || b.value === null || a.low === null || b.high === null) return null;
  return a.value - b.value - Math.hypot(a.value - a.low, b.high - b.value);
}
