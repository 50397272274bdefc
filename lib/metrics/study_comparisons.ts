/** Which variants of a study are told against each other, and which of two is the one to begin from. */

import type { StudyExperiment } from "../core/mod.ts";

/** Positions of two variants in the study's order. */
export interface StudyComparison {
  readonly baseline: number;
  readonly candidate: number;
}

/** Variants up to which all are told against all. */
const mostAgainstAll = 6;

/**
 * The comparisons of variants that have prompts in common, in the order in which they are told: first a model's profiles in one region
 * (`standard` is the baseline), then its tiers, then one profile across models and regions, then the rest. Of more than six such variants each
 * is told against the first that it shares prompts with, beside the profiles and tiers of one model: the first and not the best, which
 * would be chosen for its luck.
 */
export function comparisonsOf(
  variants: readonly StudyExperiment[],
  share: (a: number, b: number) => boolean,
): { readonly comparisons: readonly StudyComparison[]; readonly all: boolean } {
  const pairs = variants.flatMap((_, a) =>
    variants.flatMap((_, b) => a < b && share(a, b) ? [oriented(variants, a, b)] : [])
  );
  const involved = new Set(pairs.flatMap(({ baseline, candidate }) => [baseline, candidate]));
  const all = involved.size <= mostAgainstAll;
  const first = new Map<number, number>();
  for (const { baseline, candidate } of pairs) {
    const [low, high] = [Math.min(baseline, candidate), Math.max(baseline, candidate)];
    first.set(high, Math.min(first.get(high) ?? Infinity, low));
  }
  const rank = ({ baseline, candidate }: StudyComparison) =>
    rankOf(variants[baseline]!, variants[candidate]!);
  const told = all ? pairs : pairs.filter((pair) => {
    const [low, high] = [Math.min(pair.baseline, pair.candidate), Math.max(pair.baseline, pair.candidate)];
    return rank(pair) <= 1 || first.get(high) === low;
  });
  return { comparisons: told.toSorted((a, b) => rank(a) - rank(b)), all };
}

/** 0: profiles of one model in one region; 1: its tiers; 2: one profile and tier elsewhere; 3: the rest. */
function rankOf(a: StudyExperiment, b: StudyExperiment): number {
  const place = a.model_id === b.model_id && a.region === b.region;
  const profile = a.profile === b.profile;
  const tier = a.service_tier === b.service_tier;
  if (place && tier && !profile) return 0;
  if (place && profile && !tier) return 1;
  return profile && tier ? 2 : 3;
}

/** The plain one of two is the baseline, else the first. */
function oriented(variants: readonly StudyExperiment[], a: number, b: number): StudyComparison {
  const special = (i: number) =>
    Number(![null, "standard"].includes(variants[i]!.profile)) * 2 +
    Number(![null, "default", "standard"].includes(variants[i]!.service_tier));
  return special(b) < special(a) ? { baseline: b, candidate: a } : { baseline: a, candidate: b };
}
