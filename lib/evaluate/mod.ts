/**
 * Whether answers are right: deterministic scores against the ground truth of the data set.
 * From: request records, as the journal holds them.
 * To: `evaluations/verdicts.jsonl` and counts per experiment and payload file, for `analyze/` and the notebooks.
 */
export * from "./accuracy.ts";
export * from "./final_verdict.ts";
export * from "./human_labels.ts";
export * from "./distinct_answers.ts";
export * from "./ground_truth.ts";
export * from "./judgement.ts";
export * from "./normalisation.ts";
export * from "./score.ts";
export type { Score } from "./scores/comparison.ts";
export { finalNumber } from "./scores/numeric.ts";
export { finalAnswer } from "./scores/worked_solution.ts";
export * from "./verdict_file.ts";
export * from "./panel/agreement.ts";
export * from "./panel/judge.ts";
export * from "./panel/judge_account.ts";
export * from "./panel/judge_check.ts";
export { judgePrompt } from "./panel/judge_prompt.ts";
export * from "./panel/judge_texts.ts";
export * from "./panel/judging_options.ts";
export * from "./panel/majority.ts";
export * from "./panel/model_family.ts";
export * from "./panel/panel.ts";
export { type ParsedVerdict, parseVerdict } from "./panel/verdict_parser.ts";
export { readVotes } from "./panel/votes_file.ts";
export * from "./decision.ts";
export * from "./similarity/cosine.ts";
export * from "./similarity/embedder.ts";
export * from "./similarity/embedding_ledger.ts";
export * from "./similarity/open_embedder.ts";
export * from "./similarity/similarity.ts";
