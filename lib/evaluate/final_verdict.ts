/** The verdict on each request: what its score, the votes on its answer and the similarity come to. */

import type { Verdict, VoteOutcome } from "../core/mod.ts";
import { decide, type SimilarityThresholds } from "./decision.ts";
import { majorityOf } from "./panel/majority.ts";

/** What is known of the answers, by `answer_id`. */
export interface Findings {
  /** `request_id` -> `answer_id`, for the requests with an answer and something to compare it with. */
  readonly ofRequest: ReadonlyMap<string, string>;
  /** null: no panel was asked. */
  readonly panel: {
    readonly judges: readonly string[];
    /** Votes by judge; a judge that is not there has not voted. */
    readonly votes: ReadonlyMap<string, Readonly<Record<string, VoteOutcome>>>;
  } | null;
  /** null: none was measured. */
  readonly similarities: ReadonlyMap<string, number | null> | null;
  /** Holds a vote against the similarity; null: the vote stands whatever that is. */
  readonly thresholds: SimilarityThresholds | null;
}

/**
 * The verdicts with what the panel and the similarity say: a panel's majority takes the place of the score. Every verdict that goes in
 * comes out, in the same order; requests without an answer keep theirs.
 */
export function finalVerdicts(
  scored: readonly Verdict[],
  { ofRequest, panel, similarities, thresholds }: Findings,
): Verdict[] {
  return scored.map((verdict) => {
    const answer_id = ofRequest.get(verdict.request_id);
    if (answer_id === undefined) return verdict;
    const similarity = similarities?.get(answer_id) ?? null;
    const known = { ...verdict, answer_id, ...(similarities === null ? {} : { similarity }) };
    if (panel === null) return known;
    const given = panel.votes.get(answer_id) ?? {};
    const votes = Object.fromEntries(panel.judges.map((judge) => [judge, given[judge] ?? "failed"]));
    const majority = majorityOf(Object.values(votes), panel.judges.length).verdict;
    const { score: _score, ...others } = known;
    return {
      ...others,
      method: "majority_vote",
      verdict: thresholds === null ? majority : decide(majority, similarity, thresholds),
      votes,
    };
  });
}
