/** Whether there is something to hold answers against, and whether what judges them can work. */

import { idleSettings, scoreFaults } from "../core/mod.ts";
import type { Config } from "./config.ts";
import type { JudgeSettings } from "./evaluation.ts";
import type { Findings } from "./finding.ts";
import { availablePredictors, predictorOf } from "./inference_script.ts";
import type { WrittenConfig } from "./schema.ts";
import { didYouMean } from "./suggestion.ts";

const budgets = ["accuracy_budget", "accuracy_error_rate_budget", "cosine_similarity_budget"] as const;

/** All that concerns step 4 and the budgets of its figures. */
export function checkEvaluation(written: WrittenConfig, config: Config, findings: Findings): void {
  const { fault, notice } = findings;
  const { run_steps, datasets, report, evaluation } = config;
  const asked = written.run_steps !== undefined && run_steps["4_get_evaluations"];
  if (datasets.ground_truth_col_key === null) {
    if (asked && written.model_evaluations !== undefined) {
      const text =
        'answers are to be evaluated, and "datasets.ground_truth_col_key" is missing; expected the ' +
        "column with the right answers, or 4_get_evaluations.ipynb: no";
      fault(["model_evaluations"], text);
    }
    for (const budget of budgets) {
      if (report[budget] === null) continue;
      notice(["report", budget], "can't be met: no ground_truth_col_key says what the right answers are");
    }
  } else if (report.cosine_similarity_budget !== null && evaluation.embedder.kind === "none") {
    notice(
      ["report", "cosine_similarity_budget"],
      "is not held against anything: no similarity is measured; `evaluation.embedder.kind` turns it on",
    );
  }
  if (written.model_evaluations !== undefined && run_steps["4_get_evaluations"] && !evaluation.panel) {
    const why = written.evaluation.panel === false
      ? "`evaluation.panel` says no"
      : "only the embedded endpoint answers; `evaluation.panel: yes` asks them";
    notice(["model_evaluations"], `names judges that are not asked: ${why}`);
  }
  checkScore(config, findings);
  checkJudges(written, config, findings);
  checkEmbedder(written, findings);
}

/** Settings with which the score can't work, and those that it passes over. */
function checkScore({ evaluation: { score } }: Config, { fault, notice }: Findings): void {
  const section = ["evaluation", "score"];
  for (const { key, found, expected } of scoreFaults(score)) {
    fault([...section, key], `"evaluation.score.${key}": ${found}; expected ${expected}`);
  }
  for (const { key, users } of idleSettings(score)) {
    notice(
      [...section, key],
      `has no effect: the method is ${score.method}; it is heeded by ${users.join(", ")}`,
    );
  }
}

/** A judge that nobody can speak to, and two of one name. */
function checkJudges(written: WrittenConfig, { evaluation }: Config, { fault }: Findings): void {
  const seen = new Set<string>();
  for (const [index, judge] of (evaluation.judges ?? []).entries()) {
    const own = written.evaluation.judges?.[index];
    const path = own === undefined ? ["model_evaluations"] : ["evaluation", "judges", index];
    const wrong = judgeFault(judge, own !== undefined);
    if (wrong !== null) fault([...path, ...own === undefined ? [] : [wrong.key]], wrong.text);
    if (seen.has(judge.name)) {
      fault(path, `two judges are called "${judge.name}"; expected a name for each`);
    }
    seen.add(judge.name);
  }
}

/** @param own whether it stands in the config itself */
function judgeFault(
  { name, inference_script, ep_name }: JudgeSettings,
  own: boolean,
): { readonly key: "inference_script" | "ep_name"; readonly text: string } | null {
  const script = predictorOf(inference_script);
  if (script === null) {
    const advice = didYouMean(inference_script, availablePredictors);
    const text = `the judge "${name}" speaks "${inference_script}", which is no protocol; ${advice}`;
    return { key: "inference_script", text };
  }
  if (script.own && !own) {
    const text =
      `the judge "${name}" is a module of your own, "${inference_script}", which is looked for beside the ` +
      "config; expected it in `evaluation.judges` there";
    return { key: "inference_script", text };
  }
  if (script.own && !(ep_name !== null && /^https?:/.test(ep_name) && URL.canParse(ep_name))) {
    const found = ep_name === null ? "has no ep_name" : `has the ep_name "${ep_name}"`;
    const text =
      `the judge "${name}" ${found}; expected a URL: its host and port are what its module may reach`;
    return { key: "ep_name", text };
  }
  if (script.module === "bedrock" || script.module === "bedrock_invoke" || ep_name !== null) return null;
  return {
    key: "ep_name",
    text: `the judge "${name}" has no ep_name; expected where ${script.module} is spoken`,
  };
}

function checkEmbedder({ evaluation: { embedder } }: WrittenConfig, { fault }: Findings): void {
  const path = ["evaluation", "embedder"];
  if (embedder.kind !== "openai") return;
  if (embedder.url === undefined) fault(path, `"url" is missing; expected the base URL of the endpoint`);
  if (embedder.model_id === undefined) fault(path, `"model_id" is missing; expected the model's name`);
}
