/** A user's own module with what it imports from beside it, copied so that the copy can be imported, too. */

import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { UserError } from "../core/mod.ts";

const imported = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * Copies a module and, at the same places below it, what it imports by relative paths that stay in its folder. Imports by the
 * names of the import map (`lib/...`) and by address go on as they are.
 *
 * @param target folder of the copy, of nothing else
 * @returns the path of the copy
 * @throws {UserError} if it imports by a path that leads out of its folder: that can't be followed on another machine
 */
export async function copyModule(path: string, target: string): Promise<string> {
  const folder = dirname(path);
  const waiting = [basename(path)];
  const copied = new Set<string>();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (copied.has(name)) continue;
    copied.add(name);
    const from = join(folder, name);
    const text = await Deno.readTextFile(from);
    const to = join(target, name);
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.writeTextFile(to, text);
    for (const [, specifier] of text.matchAll(imported)) {
      const next = relative(folder, join(dirname(from), specifier!));
      if (next.startsWith("..") || isAbsolute(next)) throw leadsOut(from, specifier!);
      // What is no file here is a comment, or a fault that the import itself tells.
      if (await Deno.stat(join(folder, next)).then(({ isFile }) => isFile, () => false)) waiting.push(next);
    }
  }
  return join(target, basename(path));
}

function leadsOut(from: string, specifier: string): UserError {
  return new UserError({
    action: "keep with the run",
    thing: from,
    found: `it imports "${specifier}", which lies outside its folder`,
    expected: "a path in its folder, or a name such as lib/predict/mod.ts for what belongs to this project",
  });
}
