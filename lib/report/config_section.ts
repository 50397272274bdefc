/** The configuration of the run, for whoever wants to repeat it. */

import { redact } from "../core/mod.ts";
import { fenced } from "./markdown.ts";

/** The YAML text in a fence, folded away where the viewer can fold. Secrets are taken out. */
export function configSection(yaml: string): string {
  const text = fenced(redact(yaml).trimEnd(), "yaml");
  return `<details>\n<summary>Configuration of this run</summary>\n\n${text}\n\n</details>`;
}
