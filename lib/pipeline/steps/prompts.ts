/** The prompts of the run, wherever they were made. */

import { join } from "node:path";
import type { StepContext } from "../context.ts";
import { outputOf } from "../sources.ts";

/** Copies the prompts of the run that stands in for step 1, so that this run directory holds all its requests are made from. */
export async function bringPrompts(step: StepContext): Promise<void> {
  const source = await outputOf(step.run, "1_generate_data");
  if (source.paths.prompts === step.run.paths.prompts) return;
  for await (const { name, isFile } of Deno.readDir(source.paths.prompts)) {
    if (isFile) await Deno.copyFile(join(source.paths.prompts, name), join(step.run.paths.prompts, name));
  }
}
