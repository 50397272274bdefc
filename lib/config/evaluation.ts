/** How answers are judged: what `evaluation` says, laid over FMBench's file of judges, laid over the defaults. */

import type { ScoreOptions } from "../core/mod.ts";
import { defaults } from "./defaults.ts";
import type { ModelEvaluations } from "./model_evaluations.ts";
import type { WrittenConfig } from "./schema.ts";

type Written = WrittenConfig["evaluation"];

/** One judge of the panel. */
export interface JudgeSettings {
  /** What it is called in tables and files; one of a kind. */
  name: string;
  model_id: string;
  /** The name of a protocol, as experiments have it, or the absolute path of a module of the user's own. */
  inference_script: string;
  /** The URL, name or ARN of its endpoint; null: on Bedrock, the model itself. */
  ep_name: string | null;
  region: string | null;
  api_key_env: string | null;
  /** Name of its prompt's file; null = the shipped one. */
  template: string | null;
  /** What is sent with each call. */
  parameters: Record<string, unknown>;
}

/** The section `evaluation` with everything worked out. */
export interface Evaluation {
  score: ScoreOptions;
  /** Whether the panel votes; `auto`: if all judges can be reached. */
  panel: boolean | "auto";
  /** null: the config names no judges. */
  judges: JudgeSettings[] | null;
  /** Name of the file with the judges' rules; null = the shipped ones. */
  rules: string | null;
  /** Calls to judges in flight. */
  parallel: number;
  /** Most that judging may cost, in the currency of the prices; null = no cap. */
  dollars: number | null;
  embedder: {
    kind: Written["embedder"]["kind"];
    model_id: string | null;
    url: string | null;
    region: string | null;
    api_key_env: string | null;
    folder: string | null;
  };
  incorrect_verdict_cosine_similarity_threshold: number;
  correct_verdict_cosine_similarity_threshold: number;
  /** Whether a vote that contradicts the similarity needs a review. */
  use_quantitative_metrics: boolean;
  /** Rows of the sheet for human review. */
  review_rows: number;
}

/** Whether the file of judges is read: something names it, or asks for the panel. */
export function namesJudges({ model_evaluations, evaluation }: WrittenConfig): boolean {
  return model_evaluations !== undefined || evaluation.judges !== undefined || evaluation.panel === true;
}

/**
 * Works it out. `panel: auto` stays that where the config names judges of its own, and where it names FMBench's file and something
 * else than the embedded endpoint answers: what costs nothing to send costs nothing to judge. Else it comes to `no`.
 *
 * @param file FMBench's file; null: nothing names it, or it is faulty
 * @param region that of the run, for judges on AWS that have none
 */
export function settleEvaluation(
  written: WrittenConfig,
  file: ModelEvaluations | null,
  region: string | null,
): Evaluation {
  const { evaluation, experiments } = written;
  const { score, embedder } = evaluation;
  const thresholds = file?.quantitative_eval_info;
  const live = experiments.some(({ simulate }) => simulate === undefined);
  const named = namesJudges(written);
  return {
    score: { ...score } as ScoreOptions,
    panel: evaluation.panel === "auto" && evaluation.judges === undefined && !(named && live)
      ? false
      : evaluation.panel,
    judges: named ? judgesOf(evaluation, file, region) : null,
    rules: evaluation.rules ?? file?.model_eval_dir.eval_instructions_files?.[0] ?? null,
    parallel: evaluation.parallel ?? file?.subjective_eval_info.run_parallel_inference_count ??
      defaults.evaluation.parallel,
    dollars: evaluation.dollars ?? null,
    embedder: {
      kind: embedder.kind,
      model_id: embedder.model_id ??
        (embedder.kind === "local" ? thresholds?.embeddings_model_id.model_id : undefined) ?? null,
      url: embedder.url ?? null,
      region: embedder.region ?? region,
      api_key_env: embedder.api_key_env ?? null,
      folder: embedder.folder ?? null,
    },
    incorrect_verdict_cosine_similarity_threshold: evaluation.incorrect_verdict_cosine_similarity_threshold ??
      thresholds?.incorrect_verdict_cosine_similarity_threshold ??
      defaults.evaluation.incorrect_verdict_cosine_similarity_threshold,
    correct_verdict_cosine_similarity_threshold: evaluation.correct_verdict_cosine_similarity_threshold ??
      thresholds?.correct_verdict_cosine_similarity_threshold ??
      defaults.evaluation.correct_verdict_cosine_similarity_threshold,
    use_quantitative_metrics: evaluation.use_quantitative_metrics ??
      file?.PoLL_Composition_and_Voting.use_quantitative_metrics ??
      defaults.evaluation.use_quantitative_metrics,
    review_rows: evaluation.review_rows,
  };
}

function judgesOf(
  { judges }: Written,
  file: ModelEvaluations | null,
  region: string | null,
): JudgeSettings[] {
  const shared = file?.subjective_eval_info.inference_parameters ?? {};
  const own = judges ?? file?.subjective_eval_info.judge_panel_list.map((one) => ({
    ...one,
    name: undefined,
    inference_script: one.inference_script ?? defaults.evaluation.judge.inference_script,
    template: one.eval_prompt_template_name,
    parameters: undefined,
  })) ?? [];
  return own.map((judge) => ({
    name: judge.name ?? judge.model_id,
    model_id: judge.model_id,
    inference_script: judge.inference_script,
    ep_name: judge.ep_name ?? null,
    region: judge.region ?? region,
    api_key_env: judge.api_key_env ?? null,
    template: judge.template ?? null,
    parameters: judge.parameters ?? { ...shared },
  }));
}
