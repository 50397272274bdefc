/** What a panel of judges did in a run: `evaluations/panel.json`, for the report and its charts. */

/** What one judge took and gave, over all starts. */
export interface JudgeAccount {
  /** Its name within the panel. */
  readonly judge: string;
  readonly model_id: string;
  /** Votes by what they came to, on distinct answers. */
  readonly correct: number;
  readonly incorrect: number;
  readonly unparsable: number;
  readonly failed: number;
  /** Calls that those votes took, retries and repairs included. */
  readonly calls: number;
  /** Tokens of calls whose tokens are known. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** In the currency of the prices; null without a price. */
  readonly cost: number | null;
}

/** One judge in the report. */
export interface JudgeSummary extends JudgeAccount {
  /** Experiments whose model is of the judge's own family, which it may favour. */
  readonly own_family: readonly string[];
}

/** Two judges compared on the answers on which both gave a verdict. */
export interface JudgePair {
  readonly judge: string;
  readonly other: string;
  readonly n: number;
  /** Fraction of the same verdicts; null when n is 0. */
  readonly agreement: number | null;
  /** Kappa of Cohen (1960); null when n is 0, or both gave one and the same verdict throughout. */
  readonly kappa: number | null;
}

/** How often a panel came to a verdict in one way, and which part that is of those with the same verdict. */
export interface VerdictType {
  readonly verdict: "correct" | "incorrect" | "undecided";
  /** FMBench's names: `correct_by_unanimous_decision`, ... */
  readonly verdict_type: string;
  readonly count: number;
  /** Of all with this verdict. */
  readonly fraction: number;
}

export interface PanelSummary {
  /** Distinct answers that the panel was asked about. */
  readonly answers: number;
  readonly judges: readonly JudgeSummary[];
  readonly pairs: readonly JudgePair[];
  /** Fleiss' kappa over the answers on which every judge gave a verdict; null where it is not defined. */
  readonly kappa: number | null;
  /** How many those are. */
  readonly kappa_answers: number;
  /** Of distinct answers. */
  readonly verdict_types: readonly VerdictType[];
  /** Of all judges with a price, over all starts; null: none has one. */
  readonly cost: number | null;
  /** Over all starts. */
  readonly calls: number;
  /** Votes taken over from earlier starts. */
  readonly resumed: number;
  /** Calls in flight when an earlier start was killed: made again. */
  readonly again: number;
  /** Why votes are lacking; null: none is. */
  readonly stopped_by: "dollars" | "calls" | "signal" | null;
}

/** A verdict type in words: FMBench's `correct_by_majority_vote_w_1_dissagreement` is "correct by majority vote, 1 against". */
export function showVerdictType(verdict_type: string): string {
  return verdict_type.replace(/_w_(\d+)_dissagreement$/, ", $1 against").replaceAll("_", " ");
}
