/** The files with the judges' words: templates and rules, in the project or shipped in `prompt_templates/evaluation/`. */

import { type JudgeText, judgeTextExpected, judgeTextPlaces, UserError } from "../../core/mod.ts";

/**
 * Reads a template or rules, from the first of `judgeTextPlaces` that is there.
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
  for (const place of judgeTextPlaces(kind, name, folders)) {
    const text = await textOf(place);
    if (text === null) continue;
    if (text.trim() !== "") return text;
    throw new UserError({ action: `read the judges' ${kind}`, thing: place, found: "it is empty" });
  }
  throw new UserError({
    action: `read the judges' ${kind}`,
    thing: name ?? "the shipped one",
    found: "there is no such file",
    expected: judgeTextExpected(folders),
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
