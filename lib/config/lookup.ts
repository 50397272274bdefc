/** Where the files that a config names are found. */

import { existsSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/mod.ts";

/** The folder of the project, which holds `deno.json`. */
export const projectFolder: string = fileURLToPath(new URL("../../", import.meta.url));

/** Folders of the project in which files of a kind are shipped. */
const shippedFolders = {
  source_data: "source_data",
  prompt_template: "prompt_templates",
  configs: "configs",
  notebook: "notebooks",
  tokenizer: "source_data/tokenizers",
} as const;

/** What is looked for. */
export type FileKind = keyof typeof shippedFolders;

export interface Search {
  readonly kind: FileKind;
  /** As the config says it. */
  readonly name: string;
  /** Folder of the config file. */
  readonly beside: string;
  /** FMBench's read folder: `<tmp>/fmbench-read`. */
  readonly readFolder: string;
  /** Folder under the read folder, e.g. `s3_read_data.source_data_prefix`; empty for none. */
  readonly prefix: string;
}

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** How the config names it from then on: the path below the project's folder if it ships, else the absolute path. */
  readonly name: string;
}

/**
 * Looks for a file: beside the config (also in `prefix` there), in `<read folder>/<prefix>`, among the shipped ones; the
 * first that exists wins. An absolute path is taken as it is. A path of source data may lead out of the folder of the
 * config (`../data/x.jsonl`) and is looked for from the project's folder too; for all other kinds `..` is refused.
 *
 * @returns null when it is nowhere
 * @throws {UserError} If the name leads out of the folders that are searched
 */
export function findFile(search: Search): FoundFile | null {
  const { kind, name } = search;
  if ((climbs(name) && kind !== "source_data") || climbs(search.prefix)) {
    const found = "the path leads out of its folder";
    throw new UserError({
      action: "read",
      thing: climbs(search.prefix) ? search.prefix : name,
      found,
      expected: "a name inside it, or an absolute path",
    });
  }
  const path = placesOf(search).find((place) => existsSync(place));
  return path === undefined ? null : { path, name: shippedName(kind, path) ?? path };
}

/** The places where a file is looked for, in order. */
export function placesOf({ kind, name, beside, readFolder, prefix }: Search): string[] {
  if (isAbsolute(name)) return [name];
  const inside = [
    join(beside, prefix, name),
    join(readFolder, prefix, name),
    join(projectFolder, shippedFolders[kind], name),
  ];
  return [
    ...new Set([
      join(beside, name),
      ...(climbs(name) ? [] : inside),
      ...(kind === "source_data" ? [join(projectFolder, name)] : []),
    ]),
  ];
}

/** The places in words, for a message that a file is nowhere. */
export function describePlaces({ kind, name, readFolder, prefix }: Search): string {
  if (isAbsolute(name)) return "this place";
  if (climbs(name)) return "the config's folder or the project's, that path up and down";
  return `the config's folder, ${join(readFolder, prefix)} or the project's ${shippedFolders[kind]}/`;
}

/** Whether a path leads out of the folder that it is looked for in. */
function climbs(name: string): boolean {
  return name.split(/[\\/]/).includes("..");
}

function shippedName(kind: FileKind, path: string): string | null {
  const inside = relative(join(projectFolder, shippedFolders[kind]), path);
  return inside === "" || climbs(inside) || isAbsolute(inside) ? null : inside;
}
