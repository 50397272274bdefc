/** Whether the files with the judges' words are there, and have what a judge must be told. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { judgeSlots, type JudgeText, judgeTextExpected, judgeTextPlaces, lackingSlots } from "../core/mod.ts";
import type { Config } from "./config.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { projectFolder } from "./lookup.ts";
import type { WrittenConfig } from "./schema.ts";
import { readTextFile } from "./text_file.ts";

/**
 * The folders in which templates and rules of judges are looked for, the first first.
 *
 * @param beside the folder of the config
 * @param promptTemplates `s3_read_data.prompt_template_dir`
 */
export function judgeTextFolders(beside: string, promptTemplates: string): string[] {
  return [beside, join(beside, promptTemplates), join(projectFolder, "prompt_templates")];
}

/** Every file that the panel reads before it is asked; none where no panel is. */
export function checkJudgeTexts(
  written: WrittenConfig,
  config: Config,
  beside: string,
  findings: Findings,
): void {
  const { evaluation, run_steps, s3_read_data } = config;
  if (!run_steps["4_get_evaluations"] || evaluation.panel === false) return;
  const folders = judgeTextFolders(beside, s3_read_data.prompt_template_dir);
  const check = (kind: JudgeText, name: string | null, path: Path) => {
    const wrong = name === null ? null : textFault(kind, name, folders);
    if (wrong !== null) findings.fault(path, wrong);
  };
  const theirs = ["model_evaluations"];
  check("rules", evaluation.rules, written.evaluation.rules === undefined ? theirs : ["evaluation", "rules"]);
  const own = written.evaluation.judges !== undefined;
  const checked = new Set<string>();
  for (const [index, { template }] of (evaluation.judges ?? []).entries()) {
    if (template === null || (!own && checked.has(template))) continue;
    checked.add(template);
    check("template", template, own ? ["evaluation", "judges", index, "template"] : theirs);
  }
}

/** What is wrong with the file of a name; null: nothing is. */
function textFault(kind: JudgeText, name: string, folders: readonly string[]): string | null {
  const called = `the judges' ${kind} "${name}"`;
  const place = judgeTextPlaces(kind, name, folders)
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (place === undefined) return `there is no file with ${called}; expected ${judgeTextExpected(folders)}`;
  const read = readTextFile(place);
  if (!("text" in read)) return `${called} can't be read: ${read.found}; expected ${read.expected}`;
  if (read.text.trim() === "") return `${called} is an empty file; expected text`;
  const lacking = kind === "template" ? lackingSlots(read.text) : [];
  return lacking.length === 0 ? null : `${called} has no ${lacking.join(" and no ")}; expected ${judgeSlots}`;
}
