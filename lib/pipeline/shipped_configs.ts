/** The configs that come with the program. */

import { join } from "node:path";
import { projectRoot } from "./project.ts";

/** One line a config: its path below the project and what its first comment says. */
export async function listConfigs(): Promise<string> {
  const lines: string[] = [];
  for await (const path of yamlFiles(join(projectRoot, "configs"), "configs")) {
    const text = await Deno.readTextFile(join(projectRoot, path));
    if (!/^general:/m.test(text)) continue;
    const purpose = /^#\s*(.+)/.exec(text)?.[1] ?? "";
    lines.push(`${path.padEnd(36)} ${purpose}`);
  }
  return lines.sort().join("\n");
}

async function* yamlFiles(folder: string, below: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* yamlFiles(join(folder, name), `${below}/${name}`);
    else if (/\.ya?ml$/.test(name)) yield `${below}/${name}`;
  }
}
