/** Which files of the cache a data set of the Hub was, the last time that the Hub answered. */

import { dirname, join, relative } from "node:path";
import { sha256 } from "../core/mod.ts";
import type { RowFile } from "./byte_source.ts";
import type { HubClient } from "./hub_client.ts";
import type { HubChoice, HubSet } from "./hub_set.ts";

/** A note beside the files: the set as it was fetched under one name with one choice. */
export class EarlierSet {
  readonly #root: string;
  readonly #note: string;

  constructor({ endpoint, cache_dir }: HubClient, name: string, { seed, most_bytes }: HubChoice) {
    this.#root = cache_dir;
    const key = JSON.stringify([endpoint, name.trim(), seed ?? null, most_bytes ?? null]);
    this.#note = join(cache_dir, "sets", `${sha256(key).slice(0, 32)}.json`);
  }

  /** Writes down which files the set has; other processes see the note whole or not at all. */
  async keep({ files, notices }: HubSet): Promise<void> {
    const inCache = files.map((file): RowFile => ({ ...file, path: relative(this.#root, file.path) }));
    const part = `${this.#note}.${crypto.randomUUID()}.part`;
    await Deno.mkdir(dirname(this.#note), { recursive: true });
    await Deno.writeTextFile(part, JSON.stringify({ files: inCache, notices }) + "\n");
    await Deno.rename(part, this.#note);
  }

  /** The set as it was kept; null when it never was, or a file is gone since. */
  async find(): Promise<HubSet | null> {
    const text = await Deno.readTextFile(this.#note).catch(() => null);
    if (text === null) return null;
    const { files: inCache, notices } = JSON.parse(text) as HubSet;
    const files = inCache.map((file): RowFile => ({ ...file, path: join(this.#root, file.path) }));
    for (const { path } of files) {
      if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return null;
    }
    return { files, notices };
  }
}
