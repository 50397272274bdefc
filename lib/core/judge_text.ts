/** Where the files with the judges' words are looked for, and what must stand in them. */

import { join } from "node:path";

export type JudgeText = "template" | "rules";

/** What is shipped, and the names of FMBench's files that it stands for: `claude_eval_majority_vote`, for one. */
const shipped: Readonly<Record<JudgeText, { readonly file: string; readonly fmbench: RegExp }>> = {
  template: { file: "judge.txt", fmbench: /(?:^|\/)\w+_eval_majority_vote(?:\.txt)?$/ },
  rules: { file: "rules.txt", fmbench: /(?:^|\/)evaluation_instructions_majority_vote(?:\.txt)?$/ },
};

const folder = "evaluation";

/**
 * The paths that a template or rules may have, the first that is a file wins: the name, with or without `.txt`, in one of the
 * folders or in their `evaluation/`; then the shipped file for names of FMBench's own files.
 *
 * @param name null: the shipped one
 * @param folders where to look, the first first; the last is the shipped `prompt_templates`
 */
export function judgeTextPlaces(kind: JudgeText, name: string | null, folders: readonly string[]): string[] {
  const { file, fmbench } = shipped[kind];
  const places = name === null ? [] : ownJudgeTextPlaces(name, folders);
  const ours = join(folders.at(-1) ?? ".", folder, file);
  return name === null || fmbench.test(name) ? [...places, ours] : places;
}

/** The same without the shipped file that may stand in. */
export function ownJudgeTextPlaces(name: string, folders: readonly string[]): string[] {
  return folders.flatMap((place) =>
    [name, `${name}.txt`].flatMap((called) => [join(place, called), join(place, folder, called)])
  );
}

/** What it says where there is no such file, in words that go on after its name. */
export function judgeTextExpected(folders: readonly string[]): string {
  return `one in ${folders.map((place) => join(place, folder)).join(" or ")}`;
}

/** The slots that a judge's template can't do without, and that this one hasn't: `{answer}`, `{ground_truth}`. */
export function lackingSlots(template: string): string[] {
  return ["{answer}", "{ground_truth}"].filter((slot) => !template.includes(slot));
}

/** The slots that there are, in words. */
export const judgeSlots = "{question}, {answer}, {ground_truth} and {rules}";
