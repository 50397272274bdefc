/** Plans as text, beside what they were when somebody last looked at them: `UPDATE_GOLDEN=yes` accepts what they are now. */

import { equal } from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type ContainersPlan,
  type Engine,
  planActions,
} from "../../../lib/deploy/containers/containers_plan.ts";

const folder = fileURLToPath(new URL("../../testdata/golden/containers/", import.meta.url));

/** All that a plan says. */
export function planText(plan: ContainersPlan, engine: Engine): string {
  const { target, host_port, urls, base_path, needs } = plan;
  const facts = { target, host_port, base_path, urls, needs };
  const actions = planActions(plan, engine).map(({ kind, what, detail }) =>
    [
      `${kind}: ${what}`,
      ...detail === undefined ? [] : detail.trimEnd().split("\n").map((line) => `    ${line}`),
    ].join("\n")
  );
  const head = Object.entries(facts).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return [...head, "", ...actions].join("\n").replace(/[ \t]+$/gm, "") + "\n";
}

/** Compares a text with its golden file. */
export function likeGolden(name: string, text: string): void {
  const path = join(folder, name);
  if (Deno.env.get("UPDATE_GOLDEN") === "yes") {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
  equal(text, Deno.readTextFileSync(path), `${name} is another; UPDATE_GOLDEN=yes accepts it`);
}
