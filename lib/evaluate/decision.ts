/** What is decided: a vote held against the similarity. */

import type { VerdictOutcome } from "../core/mod.ts";

/** Cosines, from -1 to 1. */
export interface SimilarityThresholds {
  /** `correct_verdict_cosine_similarity_threshold`: a vote for correct stands from here on. */
  readonly correct: number;
  /** `incorrect_verdict_cosine_similarity_threshold`: a vote for incorrect stands below it. */
  readonly incorrect: number;
}

/**
 * The verdict that a vote and a similarity come to. "Incorrect" stands only below the threshold for incorrect verdicts, "correct"
 * only at or above the one for correct ones; else they contradict each other, and a person is to look: `needs_review`. What is no
 * vote on right or wrong stays what it is.
 *
 * @param similarity null: it is not known, and can't contradict; the vote stands
 */
export function decide(
  vote: VerdictOutcome,
  similarity: number | null,
  thresholds: SimilarityThresholds,
): VerdictOutcome {
  if (similarity === null) return vote;
  if (vote === "correct") return similarity >= thresholds.correct ? "correct" : "needs_review";
  if (vote === "incorrect") return similarity < thresholds.incorrect ? "incorrect" : "needs_review";
  return vote;
}
