/** From the votes of a panel to one verdict. */

import type { VerdictType, VoteOutcome } from "../../core/mod.ts";

/** What a panel decided on one answer. */
export interface PanelVerdict {
  readonly verdict: "correct" | "incorrect" | "undecided";
  /**
   * By FMBench's names: `correct_by_unanimous_decision`, `incorrect_by_majority_vote_w_1_dissagreement`, ...; `undecided_by_tie` and
   * `undecided_for_missing_votes` where FMBench lets the first judge, or nobody, decide.
   */
  readonly verdict_type: string;
  readonly correct: number;
  readonly incorrect: number;
  /** Judges without a verdict: unparsable, failed, or not asked. */
  readonly missing: number;
}

/** The least number of votes that decide: more than half of the panel. */
export function quorumOf(judges: number): number {
  return Math.floor(judges / 2) + 1;
}

/**
 * The majority of the votes that are there, of which there have to be more than half as many as judges; undecided on a tie and
 * below that. Unanimous: no vote that is there says otherwise; `missing` tells how many there are not.
 *
 * @param judges size of the panel; votes that `outcomes` lacks are missing
 */
export function majorityOf(outcomes: readonly VoteOutcome[], judges: number): PanelVerdict {
  const count = (wanted: VoteOutcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const [correct, incorrect] = [count("correct"), count("incorrect")];
  const counts = { correct, incorrect, missing: judges - correct - incorrect };
  if (correct + incorrect < quorumOf(judges)) {
    return { verdict: "undecided", verdict_type: "undecided_for_missing_votes", ...counts };
  }
  if (correct === incorrect) return { verdict: "undecided", verdict_type: "undecided_by_tie", ...counts };
  const verdict = correct > incorrect ? "correct" : "incorrect";
  const against = Math.min(correct, incorrect);
  const how = against === 0 ? "by_unanimous_decision" : `by_majority_vote_w_${against}_dissagreement`;
  return { verdict, verdict_type: `${verdict}_${how}`, ...counts };
}

/** Counts verdicts by type, sorted by verdict and type. */
export function countVerdictTypes(
  verdicts: readonly Pick<PanelVerdict, "verdict" | "verdict_type">[],
): VerdictType[] {
  const sizes = Map.groupBy(verdicts, ({ verdict }) => verdict);
  return [...Map.groupBy(verdicts, ({ verdict_type }) => verdict_type)].map(([verdict_type, own]) => {
    const { verdict } = own[0]!;
    return { verdict, verdict_type, count: own.length, fraction: own.length / sizes.get(verdict)!.length };
  }).sort((a, b) => a.verdict_type.localeCompare(b.verdict_type, "en", { numeric: true }));
}
