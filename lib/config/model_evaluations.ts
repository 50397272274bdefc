/** FMBench's `model_eval_all_info.yml`: the panel of judges. */

import { z } from "zod";
import { readDocument } from "./document.ts";
import { ConfigError, type Notice } from "./fault.ts";
import { flag, freeMap, list, oneOf, section, text, whole } from "./field.ts";
import { similarity } from "./evaluation_schema.ts";
import { mostYamlBytes, readTextFile } from "./text_file.ts";
import { validate } from "./validation.ts";

const panelist = section({
  model_id: text("the model's name at the endpoint"),
  eval_prompt_template_dir: text("a folder").optional(),
  eval_prompt_template_name: text("the name of a template").optional(),
  inference_script: text("the name of a protocol").optional(),
  ep_name: text("the URL, name or ARN of the endpoint").optional(),
  region: text("the name of a region").optional(),
  api_key_env: text("the name of an environment variable").optional(),
});

const schema = section({
  model_evaluations: section({
    ground_truth_col: text().optional(),
    question_col: text().optional(),
    PoLL_Composition_and_Voting: section({
      method: oneOf(["majority_vote"]).optional(),
      use_quantitative_metrics: flag().optional(),
    }).prefault({}),
    model_eval_dir: section({
      eval_prompts_dir: text().optional(),
      eval_prompt_template_dir_list: list(text(), "folders").optional(),
      eval_instructions_dir: text("a folder").optional(),
      eval_instructions_files: list(text(), "file names").optional(),
    }).prefault({}),
    quantitative_eval_info: section({
      embeddings_model_id: section({ model_id: text("the model's name").optional() }).prefault({}),
      incorrect_verdict_cosine_similarity_threshold: similarity(
        "the similarity below which `incorrect` stands",
      )
        .optional(),
      correct_verdict_cosine_similarity_threshold: similarity(
        "the least similarity at which `correct` stands",
      )
        .optional(),
    }).prefault({}),
    subjective_eval_info: section({
      judge_panel_list: list(panelist, "judges").min(1),
      run_parallel_inference_count: whole(1).optional(),
      inference_parameters: freeMap().optional(),
    }),
  }),
});

/** The file as it is written. */
export type ModelEvaluations = z.output<typeof schema>["model_evaluations"];

/** The panel with what is to be said about the file. */
export interface ReadModelEvaluations {
  readonly evaluations: ModelEvaluations;
  readonly notices: readonly Notice[];
}

/**
 * Reads the file; FMBench's own loads as it is.
 *
 * @param shownAs how faults and notices name it
 * @param columns what stands for `{ground_truth}` and `{question}`; null = no such column
 * @throws {ConfigError} With every fault at once, each with line and column in that file
 */
export function readModelEvaluations(
  path: string,
  shownAs: string,
  columns: { readonly ground_truth: string | null; readonly question: string | null },
): ReadModelEvaluations {
  const read = readTextFile(path, mostYamlBytes);
  if (!("text" in read)) {
    throw new ConfigError([{
      file: shownAs,
      line: 1,
      column: 1,
      text: `${read.found}; expected ${read.expected}`,
    }]);
  }
  const located = readDocument(shownAs, read.text, {
    ground_truth: columns.ground_truth ?? "none",
    question: columns.question ?? "none",
    method_name: "majority_vote",
  });
  const { value, faults } = validate(schema, located);
  const all = [...located.faults, ...(located.faults.length > 0 ? [] : faults)];
  if (all.length > 0 || value === null) throw new ConfigError(all);
  return { evaluations: value.model_evaluations, notices: located.notices };
}
