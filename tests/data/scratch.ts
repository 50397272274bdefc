/** Files for one test. */

import assert from "node:assert/strict";
import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";

/** Runs a test with a folder of its own. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a test with a file of this content. */
export function withFile<T>(content: string | Uint8Array, run: (path: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const path = join(folder, "rows.jsonl");
    await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
    return await run(path);
  });
}

/** Asserts a message for the user. */
export async function rejectedWith(promise: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof UserError, `not a UserError: ${error}`);
    assert.match(error.message, message);
    return true;
  });
}

export const jsonLines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row) + "\n").join("");

/** A zip archive with these files. */
export async function zipOf(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, text] of Object.entries(files)) await writer.add(name, new TextReader(text));
  return new Uint8Array(await writer.close());
}
