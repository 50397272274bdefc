/** The files with the judges' words: templates and rules, in the project or shipped in `prompt_templates/evaluation/`. */

import { join } from "node:path";
import { UserError } from "../../core/mod.ts";

export type JudgeText = "template" | "rules";

/** What is shipped, and the names of FMBench's files that it stands for: `claude_eval_majority_vote`, for one. */
const shipped: Readonly<Record<JudgeText, { readonly file: string; readonly fmbench: RegExp }>> = {
  template: { file: "judge.txt", fmbench: /(?:^|\/)\w+_eval_majority_vote(?:\.txt)?$/ },
  rules: { file: "rules.txt", fmbench: /(?:^|\/)evaluation_instructions_majority_vote(?:\.txt)?$/ },
};

const folder = "evaluation";

/**
 * Reads a template or rules. A file of the name, with or without `.txt`, in one of the folders or in their `evaluation/` comes first;
 * names of FMBench's own files that are not there mean ours.
 *
 * @param name null: the shipped one
 * @param folders where to look, the first first; the last is the shipped `prompt_templates`
 * @throws {UserError} if there is no such file, or it is empty; names where it was looked for
 */
export async function readJudgeText(
  kind: JudgeText,
  name: string | null,
  folders: readonly string[],
): Promise<string> {
  const { file, fmbench } = shipped[kind];
  const places = name === null
    ? []
    : folders.flatMap((place) =>
      [name, `${name}.txt`].flatMap((called) => [join(place, called), join(place, folder, called)])
    );
  const ours = join(folders.at(-1) ?? ".", folder, file);
  const standsIn = name === null || fmbench.test(name);
  for (const place of standsIn ? [...places, ours] : places) {
    const text = await textOf(place);
    if (text === null) continue;
    if (text.trim() !== "") return text;
    throw new UserError({ action: `read the judges' ${kind}`, thing: place, found: "it is empty" });
  }
  throw new UserError({
    action: `read the judges' ${kind}`,
    thing: name ?? file,
    found: "there is no such file",
    expected: `one in ${folders.map((place) => join(place, folder)).join(" or ")}`,
  });
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.IsADirectory) return null;
    throw error;
  }
}
