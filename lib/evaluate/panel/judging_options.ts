/** What judging takes and what it gives. */

import type { Clock, DistinctAnswer, JudgeAccount, Vote } from "../../core/mod.ts";
import type { Usage } from "../../predict/mod.ts";
import type { CallRetries, EndpointAccess } from "../endpoint_line.ts";
import type { Judge } from "./judge.ts";

/** What judging may take, over all starts together; null or absent: no limit. */
export interface JudgingCap {
  /** In the currency of the prices: a call that could lead beyond it is not made. */
  readonly dollars?: number | null;
  readonly calls?: number | null;
}

/** How far it is. */
export interface JudgingProgress {
  /** Votes there are, those of earlier starts included. */
  readonly done: number;
  readonly total: number;
  /** Votes without a verdict: unparsable or failed. */
  readonly missing: number;
  /** Of this and all earlier starts. */
  readonly calls: number;
  /** Of votes so far; null: no price of any judge is known. */
  readonly cost: number | null;
}

/** How a judge's network, keys and money are had; shared with `checkJudges`. */
export interface JudgeAccess extends EndpointAccess {
  /** What tokens of this judge cost; null where there is no price. @default nobody has a price */
  readonly cost?: (usage: Usage, judge: Judge) => number | null;
}

/** Where the votes of another run are. */
export interface EarlierVotes {
  readonly run_id: string;
  /** Need not be there. */
  readonly votes_path: string;
}

export interface JudgingOptions extends JudgeAccess {
  readonly answers: readonly DistinctAnswer[];
  readonly judges: readonly Judge[];
  /** `evaluations/votes.jsonl`; the calls are noted beside it, in `votes_calls.jsonl`. Both are made, or continued. */
  readonly votes_path: string;
  /** Votes of other runs, which are not paid for again where the same judge was asked the same. @default none */
  readonly earlier?: readonly EarlierVotes[];
  /** Calls in flight at most, over all judges. @default 5 */
  readonly parallel?: number;
  readonly retries?: CallRetries;
  readonly cap?: JudgingCap;
  /** Whether votes that failed in an earlier start are asked for again. @default false */
  readonly failed_again?: boolean;
  readonly clock?: Clock;
  readonly onProgress?: (progress: JudgingProgress) => void;
  /** A sentence for the log. */
  readonly onNotice?: (text: string) => void;
}

export interface Judging {
  /** In the order of the answers, then of the judges; where the judging was stopped, those that are there. */
  readonly votes: readonly Vote[];
  /** In the order of the judges. */
  readonly accounts: readonly JudgeAccount[];
  /** Of all judges with a price; null: none has one. */
  readonly cost: number | null;
  /** Made in this and all earlier starts, those in flight at a kill included. */
  readonly calls: number;
  /** Votes taken over from earlier starts. */
  readonly resumed: number;
  /** Votes taken over from other runs, in this start or an earlier one. */
  readonly taken_over: number;
  /** Calls that the start before had made without their vote being written: in flight at the kill. They are made again. */
  readonly again: number;
  /** Why votes are lacking; null: none is. */
  readonly stopped_by: "dollars" | "calls" | "signal" | null;
}
