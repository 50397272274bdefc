/** Where the notebooks of the enabled steps lie. */

import { dirname, join, relative } from "node:path";
import { isStepName, studyStep, UserError } from "../core/mod.ts";
import { notebooksDir, projectRoot } from "./project.ts";

/**
 * Finds the notebook of each step: the shipped ones in `notebooks/`, a user's own where the config found it, beside the
 * config or in `notebooks/`.
 *
 * @param steps names without `.ipynb`, in the order of execution
 * @param configFile path of the config
 * @param named the user's own notebooks, where the config that names them found them (it may be one that is extended)
 * @returns step name -> path, in the same order
 * @throws {UserError} if a notebook is missing, or lies where the kernel can't find the program
 */
export async function findNotebooks(
  steps: readonly string[],
  configFile: string,
  named: Readonly<Record<string, string>> = {},
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const step of steps) found.set(step, await findNotebook(step, configFile, named[step]));
  return found;
}

async function findNotebook(step: string, configFile: string, named: string | undefined): Promise<string> {
  const file = `${step}.ipynb`;
  const shipped = join(notebooksDir, file);
  const own = named === undefined || relative(projectRoot, named).startsWith("..") ? [] : [named];
  const places = isStepName(step)
    ? [shipped]
    : step === studyStep
    ? [join(notebooksDir, "studies", file)]
    : [...own, join(dirname(configFile), file), shipped];
  for (const place of places) {
    if (!await Deno.stat(place).then((stat) => stat.isFile, () => false)) continue;
    if (relative(projectRoot, place).startsWith("..")) throw outside(place);
    return place;
  }
  throw new UserError({
    action: "find the notebook",
    thing: file,
    found: `it is neither ${places.join(" nor ")}`,
    expected: "the notebook of a step that run_steps switches on",
    remedy: "Correct its name under run_steps, or put it there.",
  });
}

/** A kernel finds `lib/` through the deno.json above its notebook. */
function outside(place: string): UserError {
  return new UserError({
    action: "run the notebook",
    thing: place,
    found: "it lies outside the project, where its imports can't be found",
    expected: `a place below ${projectRoot}`,
    remedy: "Copy it to notebooks/, or keep config and notebook in a folder of the project.",
  });
}
