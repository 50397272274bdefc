/** The folder that travels to the machines of a Ray cluster: its files in one order, and the name that they have by their content. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../../core/mod.ts";

export interface PackageFile {
  /** In the package, with `/` between folders. */
  readonly path: string;
  /** Where it lies here. */
  readonly source: string;
  readonly executable: boolean;
}

/** Names of files and folders, at any depth, that are nobody's program. */
export const ignoredNames: readonly string[] = [".git", ".DS_Store", "__pycache__"];

/**
 * All files of a folder, in the order of their paths; links are followed.
 *
 * @param ignore names that are left out, at any depth
 * @throws {UserError} if there is no such folder, or nothing in it
 */
export async function packageFiles(
  folder: string,
  ignore: readonly string[] = ignoredNames,
): Promise<readonly PackageFile[]> {
  const files = await filesIn(folder, "", new Set(ignore)).catch((error) => {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  });
  if (files.length === 0) {
    throw new UserError({
      action: "send the package",
      thing: folder,
      found: "there is no file in it, or no such folder",
      expected: "the folder with the worker program",
      remedy: "Set load.fleet.package to it.",
    });
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function filesIn(folder: string, prefix: string, ignore: ReadonlySet<string>): Promise<PackageFile[]> {
  const found: PackageFile[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (ignore.has(name)) continue;
    const source = join(folder, name);
    const { isDirectory, mode } = await Deno.stat(source);
    if (isDirectory) found.push(...await filesIn(source, `${prefix}${name}/`, ignore));
    else found.push({ path: prefix + name, source, executable: ((mode ?? 0) & 0o111) !== 0 });
  }
  return found;
}

/** `_ray_pkg_<hash>.zip`, by paths, rights and content alone: the same for the same files, whenever and wherever they were written. */
export async function packageName(files: readonly PackageFile[]): Promise<string> {
  const hash = createHash("sha256");
  for (const { path, source, executable } of files) {
    const own = createHash("sha256");
    for await (const piece of (await Deno.open(source)).readable) own.update(piece);
    hash.update(JSON.stringify([path, executable, own.digest("hex")]) + "\n");
  }
  return `_ray_pkg_${hash.digest("hex").slice(0, 32)}.zip`;
}
