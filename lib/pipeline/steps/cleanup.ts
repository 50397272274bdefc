/** Step 6: nothing that the run created is left. */

import { removeAll } from "../../deploy/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { table } from "../table.ts";

/**
 * Removes what the run's ledger owns; what was brought, or belongs to another run, is not in it.
 *
 * @returns a table of what was removed
 */
export function cleanUp(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    const removed = await removeAll(step.run.paths.root);
    for (const { kind, name } of removed) step.log("info", `removed ${kind} ${name}`);
    if (removed.length === 0) return "This run owns nothing that is left to remove.";
    return table(["what", "name"], removed.map(({ kind, name }) => [kind, name]));
  });
}
