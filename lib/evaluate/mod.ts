/**
 * Whether answers are right: deterministic scores against the ground truth of the data set.
 * From: request records, as the journal holds them.
 * To: `evaluations/verdicts.jsonl` and counts per experiment and payload file, for `analyze/` and the notebooks.
 */
export * from "./accuracy.ts";
export * from "./judgement.ts";
export * from "./normalisation.ts";
export * from "./score.ts";
export * from "./verdict_file.ts";
