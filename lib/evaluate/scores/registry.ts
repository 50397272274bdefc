/** Every way to score an answer without a judge, by its name. */

import type { ScoreMethod } from "../../core/mod.ts";
import { choice } from "./choice.ts";
import type { ScoreSetup } from "./comparison.ts";
import { contains } from "./contains.ts";
import { exact } from "./exact.ts";
import { jsonSchema } from "./json_schema.ts";
import { levenshtein } from "./levenshtein.ts";
import { numeric } from "./numeric.ts";
import { regex } from "./regex.ts";
import { rougeL } from "./rouge_l.ts";
import { tokenF1 } from "./token_f1.ts";
import { tokenSetRatio } from "./token_set_ratio.ts";

export const scores: Readonly<Record<ScoreMethod, ScoreSetup>> = {
  exact,
  contains,
  token_f1: tokenF1,
  rouge_l: rougeL,
  numeric,
  regex,
  json_schema: jsonSchema,
  choice,
  levenshtein,
  token_set_ratio: tokenSetRatio,
};
