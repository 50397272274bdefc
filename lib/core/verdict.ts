/** Answers, what judges say of them, and what is decided: the forms of the files in `evaluations/`. */

/** One distinct answer to one prompt; however many requests it was given to, it is judged once. */
export interface DistinctAnswer {
  /** First 16 hex digits of sha256 over question, right answers and answer. */
  readonly answer_id: string;
  readonly payload_file: string;
  readonly payload_id: string;
  /** The column `question`; the whole prompt where there is none. */
  readonly question: string;
  readonly answer: string;
  /** Any of them is right. */
  readonly ground_truth: readonly string[];
}

/** `unparsable`: an answer of the judge in which no verdict could be found; `failed`: no answer. Both are missing votes. */
export type VoteOutcome = "correct" | "incorrect" | "unparsable" | "failed";

/** What one judge said of one answer: a line of `evaluations/votes.jsonl`, appended as it comes. */
export interface Vote {
  readonly answer_id: string;
  /** The judge's name within the panel: its model id, unless two share it. */
  readonly judge: string;
  readonly model_id: string;
  readonly outcome: VoteOutcome;
  readonly explanation: string | null;
  /** The judge's own words where no verdict was found in them, at most 2,000 characters. */
  readonly raw: string | null;
  /** Calls that it took: retries and the request to repair an unreadable verdict included. */
  readonly calls: number;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  /** Of all calls together, waits left out. */
  readonly latency_ms: number | null;
  readonly error_message: string | null;
  /** UTC, ISO 8601. */
  readonly at: string;
  /** Id of the earlier run that asked for it, and paid; absent: this one did. */
  readonly from_run?: string;
}

/**
 * `needs_review`: the vote and the similarity contradict each other; `undecided`: a tie, too few votes, or a
 * score without a threshold; `no_ground_truth`: there is nothing to compare with; `failed`: the request has no answer.
 */
export type VerdictOutcome =
  | "correct"
  | "incorrect"
  | "needs_review"
  | "undecided"
  | "no_ground_truth"
  | "failed";

/** Whether the answer of one request is right: a line of `evaluations/verdicts.jsonl`. */
export interface Verdict {
  readonly request_id: string;
  readonly experiment_name: string;
  readonly payload_file: string;
  readonly payload_id: string;
  readonly concurrency: number | null;
  /** What decided: `contains`, `exact`, ... a score; `majority_vote`, a panel. */
  readonly method: string;
  readonly verdict: VerdictOutcome;
  /** Absent: no panel and no embedder looked at it. */
  readonly answer_id?: string;
  /** Votes by judge, missing ones included; absent: no panel voted. */
  readonly votes?: Readonly<Record<string, VoteOutcome>>;
  /** Of the score that decided, from 0 to 1; absent or null: it knows right and wrong only. */
  readonly score?: number | null;
  /** Cosine of answer and the nearest right answer, from -1 to 1; null or absent: not measured. */
  readonly similarity?: number | null;
}
