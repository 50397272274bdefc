/** The schema of `evaluation`: how answers are judged. */

import { z } from "zod";
import { scoreMethods } from "../core/mod.ts";
import { defaults } from "./defaults.ts";
import {
  amount,
  fieldNotes,
  fileName,
  flag,
  fraction,
  freeMap,
  list,
  oneOf,
  positive,
  section,
  text,
  whole,
} from "./field.ts";

/** Who turns texts into vectors. */
export const embedderKinds = ["none", "bedrock", "openai", "local"] as const;

const score = section({
  method: oneOf(["auto", ...scoreMethods]).default(defaults.evaluation.score.method),
  threshold: fraction("the least score that counts as right").optional(),
  pattern: text("a regular expression").optional(),
  schema: freeMap().optional(),
  tolerance: amount("a fraction of the right number").optional(),
  choices: list(text(), "the answers there are to choose from").optional(),
});

const judge = section({
  model_id: text("the model's name at the endpoint"),
  name: fileName("what the judge is called in tables and files").optional(),
  inference_script: text("the name of a protocol, or of a TypeScript module of your own").default(
    defaults.evaluation.judge.inference_script,
  ),
  ep_name: text("the URL, name or ARN of the endpoint").optional(),
  region: text("the name of a region").optional(),
  api_key_env: text("the name of an environment variable").optional(),
  template: text("the name of a file with the judge's prompt").optional(),
  parameters: freeMap().optional(),
});

export const similarity = (of: string) =>
  z.number().min(-1).max(1).register(fieldNotes, { expected: `${of}, from -1 to 1` });

const embedder = section({
  kind: oneOf(embedderKinds).default(defaults.evaluation.embedder.kind),
  model_id: text("the model's name").optional(),
  url: text("the base URL of an OpenAI-compatible endpoint").optional(),
  region: text("the name of a region").optional(),
  api_key_env: text("the name of an environment variable").optional(),
  folder: text("a folder with the weights").optional(),
});

/** All of them optional; what FMBench's file of judges says too is laid over what stands there. */
export const evaluation = section({
  score: score.prefault({}),
  panel: z.union([z.boolean(), z.literal("auto")])
    .register(fieldNotes, { expected: "yes, no or auto" }).default(defaults.evaluation.panel),
  judges: list(judge, "judges").min(1).optional(),
  rules: text("the name of a file with rules for the judges").optional(),
  use_quantitative_metrics: flag().optional(),
  parallel: whole(1).optional(),
  dollars: positive("an amount in the currency of the price file").optional(),
  embedder: embedder.prefault({}),
  incorrect_verdict_cosine_similarity_threshold: similarity(
    "the similarity below which a vote for wrong stands",
  )
    .optional(),
  correct_verdict_cosine_similarity_threshold: similarity(
    "the least similarity at which a vote for right stands",
  )
    .optional(),
  review_rows: whole(0).default(defaults.evaluation.review_rows),
});
