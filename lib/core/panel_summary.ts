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
  /** Calls that those votes took, retries and repairs included; none for votes that an earlier run paid for. */
  readonly calls: number;
  /** Tokens of calls whose tokens are known. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** In the currency of the prices; null without a price, or where answers came without a count of tokens. */
  readonly cost: number | null;
}

/** What an endpoint took for embedding, over all starts. */
export interface EmbeddingAccount {
  readonly model_id: string;
  readonly calls: number;
  /** Of calls whose tokens are known. */
  readonly prompt_tokens: number;
  /** In the currency of the prices; null without a price, or where vectors came without a count of tokens. */
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
  /** Of all judges with a price and of the embedder, over all starts; null: none has one. `unpricedOf` tells what it leaves out. */
  readonly cost: number | null;
  /** Absent or null: no endpoint embedded. It is part of `cost`. */
  readonly embedding?: EmbeddingAccount | null;
  /** Over all starts. */
  readonly calls: number;
  /** Votes taken over from earlier starts. */
  readonly resumed: number;
  /** Votes taken over from earlier runs, which paid for them. */
  readonly taken_over?: number;
  /** Calls in flight when an earlier start was killed: made again. */
  readonly again: number;
  /** Why votes are lacking; null: none is. */
  readonly stopped_by: "dollars" | "calls" | "signal" | null;
}

/** What a judge or an embedder cost, in words; "no price" where there is none, or nothing that it could be taken times. */
export function showJudgingCost(
  { cost, calls, prompt_tokens }: Pick<EmbeddingAccount, "cost" | "calls" | "prompt_tokens">,
  show: (cost: number) => string,
): string {
  if (cost !== null) return show(cost);
  return calls > 0 && prompt_tokens === 0 ? "tokens not counted" : "no price";
}

/** Who took calls that are in no sum of costs: judges by name, and the embedder. */
export function unpricedOf({ judges, embedding }: Pick<PanelSummary, "judges" | "embedding">): string[] {
  const embedder = embedding ? [{ ...embedding, judge: `the embedder ${embedding.model_id}` }] : [];
  return [...judges, ...embedder].filter(({ cost, calls }) => cost === null && calls > 0).map(({ judge }) =>
    judge
  );
}

/** A verdict type in words: FMBench's `correct_by_majority_vote_w_1_dissagreement` is "correct by majority vote, 1 against". */
export function showVerdictType(verdict_type: string): string {
  return verdict_type.replace(/_w_(\d+)_dissagreement$/, ", $1 against").replaceAll("_", " ");
}
