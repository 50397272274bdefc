/** The configuration of the run, for whoever wants to repeat it. */

import { redact } from "../core/mod.ts";

/** The YAML text in a fence that nothing in it can close, folded away where the viewer can fold. Secrets are taken out. */
export function configSection(yaml: string): string {
  const text = redact(yaml).trimEnd();
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `<details>\n<summary>Configuration of this run</summary>\n\n${fence}yaml\n${text}\n${fence}\n\n</details>`;
}
