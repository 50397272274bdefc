/** A copy of the project: notebooks are edited and saved there, never in the repository. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("../../", import.meta.url));
const left = new Set([
  ...[".git", "node_modules", "results", "coverage", ".ipynb_checkpoints", "__pycache__"],
]);

/** A copy of the project with a virtual environment and results of its own. */
export interface ScratchCopy {
  readonly root: string;
  readonly results: string;
  /** Puts a notebook back as it is in the repository. */
  restore(path: string): Promise<void>;
  remove(): Promise<void>;
}

/** Copies the working tree; into `FMBENCH_BROWSER_DIR` when that is set, where it stays and is used again. */
export async function copyProject(): Promise<ScratchCopy> {
  const kept = Deno.env.get("FMBENCH_BROWSER_DIR");
  const root = kept ?? await Deno.makeTempDir({ prefix: "fmbench-browser-" });
  const results = join(root, "results");
  await Deno.remove(results, { recursive: true }).catch(() => {});
  await copyFolder(project, root);
  await Deno.mkdir(results);
  return {
    root,
    results,
    restore: (path) => Deno.copyFile(join(project, path), join(root, path)),
    remove: async () => {
      if (kept === undefined) await Deno.remove(root, { recursive: true });
    },
  };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (left.has(name) || name.startsWith(".venv")) continue;
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}
