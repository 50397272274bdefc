/** `--steps 3-5`: which of the shipped steps run, whatever the config says. */

import { stepNames, studyStep, UserError } from "../core/mod.ts";

/**
 * Turns a list of step numbers into overrides of `run_steps`.
 *
 * @param list `5`, `3-5`, `0-3,6`, `study` for the analysis of a study; undefined: the config decides
 * @returns texts as for `--set`
 */
export function stepOverrides(list: string | undefined): string[] {
  if (list === undefined) return [];
  const chosen = new Set<number>();
  const parts = list.split(",").map((part) => part.trim());
  for (const part of parts.filter((part) => part !== "study")) {
    const range = /^\s*([0-6])(?:\s*-\s*([0-6]))?\s*$/.exec(part);
    if (range === null) {
      throw new UserError({
        action: "choose the steps",
        thing: list,
        found: `"${part}" is not a step`,
        expected: "numbers from 0 to 6 and ranges, such as 3-5 or 0-3,6, or study",
      });
    }
    const first = Number(range[1]);
    const last = Number(range[2] ?? first);
    for (let number = first; number <= last; number++) chosen.add(number);
  }
  return [
    ...stepNames.map((name, number) => `run_steps.${name}=${chosen.has(number) ? "yes" : "no"}`),
    ...parts.includes("study") ? [`run_steps.${studyStep}=yes`] : [],
  ];
}
