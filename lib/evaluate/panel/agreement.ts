/** How far judges agree, and how far that goes beyond chance. */

import type { JudgePair, Vote, VoteOutcome } from "../../core/mod.ts";

/** Fleiss' kappa with what it was taken over. */
export interface FleissKappa {
  /** 1: full agreement; 0: as much as chance; null: nothing to agree on (no subject, one rater, or one category throughout). */
  readonly kappa: number | null;
  /** Mean fraction of pairs of raters that agree on a subject. */
  readonly observed: number | null;
  /** The same, were every rater to draw by chance from the categories as often as they occur. */
  readonly expected: number | null;
  readonly subjects: number;
}

/**
 * Kappa of Fleiss (1971), "Measuring nominal scale agreement among many raters".
 *
 * @param counts for each subject, how many raters chose each category; all subjects have the same number of raters
 * @throws {RangeError} if they have not
 */
export function fleissKappa(counts: readonly (readonly number[])[]): FleissKappa {
  const subjects = counts.length;
  const raters = sum(counts[0] ?? []);
  if (counts.some((row) => sum(row) !== raters)) {
    throw new RangeError("Fleiss' kappa takes the same number of raters for each subject");
  }
  if (subjects === 0 || raters < 2) return { kappa: null, observed: null, expected: null, subjects };
  const pairs = raters * (raters - 1);
  const observed = sum(counts.map((row) => sum(row.map((n) => n * (n - 1))) / pairs)) / subjects;
  const categories = Math.max(...counts.map((row) => row.length));
  const shares = Array.from(
    { length: categories },
    (_, j) => sum(counts.map((row) => row[j] ?? 0)) / (subjects * raters),
  );
  const expected = sum(shares.map((share) => share * share));
  return { kappa: beyondChance(observed, expected), observed, expected, subjects };
}

/** Kappa over the answers on which every judge of the panel gave a verdict. */
export function panelKappa(votes: Iterable<Vote>, judges: readonly string[]): FleissKappa {
  const full = [...verdictsByAnswer(votes).values()]
    .filter((verdicts) => judges.every((judge) => verdicts.has(judge)));
  return fleissKappa(full.map((verdicts) => {
    const correct = judges.filter((judge) => verdicts.get(judge) === "correct").length;
    return [correct, judges.length - correct];
  }));
}

/** The agreement matrix: every ordered pair of two judges, in the order of the judges; it is symmetric. */
export function pairwiseAgreement(votes: Iterable<Vote>, judges: readonly string[]): JudgePair[] {
  const all = [...verdictsByAnswer(votes).values()];
  return judges.flatMap((judge) =>
    judges.filter((other) => other !== judge).map((other) => {
      const both = all.filter((verdicts) => verdicts.has(judge) && verdicts.has(other));
      const n = both.length;
      if (n === 0) return { judge, other, n, agreement: null, kappa: null };
      const agreement = both.filter((verdicts) => verdicts.get(judge) === verdicts.get(other)).length / n;
      const correct = (name: string) =>
        both.filter((verdicts) => verdicts.get(name) === "correct").length / n;
      const [a, b] = [correct(judge), correct(other)];
      return { judge, other, n, agreement, kappa: beyondChance(agreement, a * b + (1 - a) * (1 - b)) };
    })
  );
}

function verdictsByAnswer(votes: Iterable<Vote>): Map<string, Map<string, VoteOutcome>> {
  const found = new Map<string, Map<string, VoteOutcome>>();
  for (const { answer_id, judge, outcome } of votes) {
    if (outcome !== "correct" && outcome !== "incorrect") continue;
    found.getOrInsertComputed(answer_id, () => new Map()).set(judge, outcome);
  }
  return found;
}

function beyondChance(observed: number, expected: number): number | null {
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
