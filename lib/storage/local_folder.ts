/** A folder of this machine as a storage. */

import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UserError } from "../core/mod.ts";
import { writeAll, writeAtomic } from "./atomic_write.ts";
import { normalPath, type Storage } from "./storage.ts";

/** Opens a local folder, which need not exist yet. */
export function localFolder(root: string): Storage {
  const address = isAbsolute(root) ? root : resolve(root);
  const place = (path: string) => join(address, normalPath(path));

  async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await Deno.readFile(place(path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new UserError({
        action: "read",
        thing: place(path),
        found: "there is no such file",
        remedy: "Check the path, or run the step that writes it.",
      }, { cause: error });
    }
  }

  return {
    address,
    read,
    readText: async (path) => new TextDecoder().decode(await read(path)),
    async exists(path) {
      try {
        return (await Deno.stat(place(path))).isFile;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }
    },
    write: (path, content, options) => writeAtomic(place(path), content, options),
    async append(path, content, options) {
      const target = place(path);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      const file = await Deno.open(target, { append: true, create: true, ...options });
      try {
        await writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
      } finally {
        file.close();
      }
    },
    async remove(path) {
      try {
        await Deno.remove(place(path));
        // A folder is there as long as something is in it, as in a bucket.
        for (let folder = dirname(place(path)); folder !== address; folder = dirname(folder)) {
          await Deno.remove(folder);
        }
      } catch (error) {
        if (error instanceof Deno.errors.NotFound || isNotEmpty(error)) return;
        throw error;
      }
    },
    async list(folder = "") {
      const paths: string[] = [];
      for await (const path of filesUnder(place(folder))) {
        paths.push(relative(address, path).replaceAll("\\", "/"));
      }
      return paths.sort();
    },
  };
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) yield* filesUnder(path);
      else if (!entry.name.endsWith(".tmp")) yield path;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
