/** Which notebooks run, and in which order. */

import { isShippedStep, isStepName, stepNames, studyStep } from "../core/mod.ts";
import type { Located } from "./document.ts";
import { markOf, pathKey } from "./document.ts";
import { showPath } from "./fault.ts";
import { didYouMean } from "./suggestion.ts";

/** One notebook of the run. */
export interface RunStep {
  /** File name of the notebook without `.ipynb`: `3_run_inference`, or a user's own. */
  readonly name: string;
  readonly enabled: boolean;
  /** Whether it is a user's own notebook. */
  readonly own: boolean;
}

/** Names that the steps had before there was an evaluation step. */
const oldNames: Readonly<Record<string, string>> = {
  "4_model_metric_analysis": "5_model_metric_analysis",
  "5_cleanup": "6_cleanup",
};

/** Everything that a step may be called. */
const writtenNames = [...stepNames, `studies/${studyStep}`, ...Object.keys(oldNames)]
  .flatMap((name) => [name, `${name}.ipynb`]);

/** The name of a step without `.ipynb`, and by today's name. */
export function stepNameOf(written: string): string {
  const bare = written.replace(/\.ipynb$/, "");
  if (bare === `studies/${studyStep}`) return studyStep;
  return Object.hasOwn(oldNames, bare) ? oldNames[bare]! : bare;
}

/** The steps of a config in the order in which they run. */
export function runSteps(config: { readonly run_steps: Readonly<Record<string, boolean>> }): RunStep[] {
  return Object.entries(config.run_steps)
    .map(([name, enabled]) => ({ name, enabled, own: !isShippedStep(name) }));
}

/** All seven steps, switched on: what a config without `run_steps` asks for. */
export function allSteps(): Record<string, boolean> {
  return Object.fromEntries(stepNames.map((name) => [name, true]));
}

/** What a study without `run_steps` asks for: all but the judges and the analysis of load levels, and its own analysis. */
export function studySteps(): Record<string, boolean> {
  const left = ["4_get_evaluations", "5_model_metric_analysis"];
  const [cleanup, ...before] = stepNames.filter((name) => !left.includes(name)).reverse();
  return Object.fromEntries([...before.reverse(), studyStep, cleanup!].map((name) => [name, true]));
}

/**
 * Brings the names in `run_steps` into one form, in place. Old names and shipped steps that are not listed (they do not
 * run, as in FMBench) become notices; unknown names, names given twice and shipped steps out of order become faults.
 */
export function settleRunSteps(located: Located): void {
  const root = located.value as Record<string, unknown> | null;
  const written = root?.["run_steps"];
  if (root === null || typeof root !== "object" || written === null || written === undefined) return;
  if (typeof written !== "object" || Array.isArray(written)) return;
  const settled: Record<string, unknown> = {};
  let latest = -1;
  for (const [key, value] of Object.entries(written)) {
    const at = markOf(located, ["run_steps", key], "key");
    const fault = (text: string) => located.faults.push({ ...at, text });
    const name = stepNameOf(key);
    if (!isShippedStep(name) && !key.endsWith(".ipynb")) {
      fault(`"${key}" in "run_steps" is no step and no notebook; ${didYouMean(key, writtenNames)}`);
      continue;
    }
    if (Object.hasOwn(settled, name)) {
      fault(`the step "${name}" is given twice in "run_steps"; expected it once`);
    }
    if (isStepName(name)) {
      const position = stepNames.indexOf(name);
      if (position < latest) {
        fault(`"${name}" stands after "${stepNames[latest]}"; expected the numbered steps in their order`);
      }
      latest = Math.max(latest, position);
      if (Object.hasOwn(oldNames, key.replace(/\.ipynb$/, ""))) {
        const text = `is an old name; the step is called "${name}" now`;
        located.notices.push({ file: at.file, line: at.line, key: showPath(["run_steps", key]), text });
      }
    }
    settled[name] = value ?? false;
    located.valueMarks.set(pathKey(["run_steps", name]), markOf(located, ["run_steps", key]));
    located.keyMarks.set(pathKey(["run_steps", name]), at);
  }
  const left = stepNames.filter((name) => !Object.hasOwn(settled, name));
  if (left.length > 0) {
    const { file, line } = markOf(located, ["run_steps"], "key");
    const text = `does not list ${left.join(", ")}: not run`;
    located.notices.push({ file, line, key: "run_steps", text });
  }
  root["run_steps"] = settled;
}

/** What a notebook that nobody can find was probably meant to be; null when no step is near. */
export function likelyStep(notebook: string): string | null {
  const advice = didYouMean(notebook.replace(/\.ipynb$/, ""), [
    ...stepNames,
    `studies/${studyStep}`,
    ...Object.keys(oldNames),
  ]);
  return advice.startsWith("did") ? advice : null;
}
