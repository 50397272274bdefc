/** Where the files that a config names are found. */

import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../core/mod.ts";

/** The folder of the project, which holds `deno.json`. */
export const projectFolder: string = fileURLToPath(new URL("../../", import.meta.url));

/** Folders of the project in which files of a kind are shipped; null = there are none. */
const shippedFolders = {
  source_data: "source_data",
  prompt_template: "prompt_templates",
  configs: "configs",
  notebook: "notebooks",
  tokenizer: "source_data/tokenizers",
  script: null,
} as const;

/** What is looked for. */
export type FileKind = keyof typeof shippedFolders;

export interface Search {
  readonly kind: FileKind;
  /** As the config says it. */
  readonly name: string;
  /** Folder of the file in which the name is written. */
  readonly beside: string;
  /** Folder of the config that is run, when the name is written in one that it extends: looked in next. */
  readonly besideTop?: string;
  /** FMBench's read folder: `<tmp>/fmbench-read`. */
  readonly readFolder: string;
  /** The copy of the read bucket on this machine; absent: none is read from. */
  readonly bucketFolder?: string;
  /** Folder under the read folder, e.g. `s3_read_data.source_data_prefix`; empty for none. */
  readonly prefix: string;
}

/** What was looked for, and which file won. */
export interface LookUp {
  readonly search: Search;
  /** `s3_read_data.read_bucket` when it is read from. */
  readonly bucket: string | null;
  readonly found: FoundFile | null;
}

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** How the config names it from then on: the path below the project's folder if it ships, else the absolute path. */
  readonly name: string;
}

/**
 * Looks for a file: beside the config that names it (also in `prefix` there), beside the one that extends that, in
 * `<read folder>/<prefix>`, in the read bucket, among the shipped ones; the first that exists wins. An absolute path is taken as it is; a link is followed if it stays in the folder that is searched. A path of source data may lead out of the folder of the
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
  if (path !== undefined && leadsOut(search, path)) {
    throw new UserError({
      action: "read",
      thing: name,
      found: `${path} is a link that leads out of its folder`,
      expected: "a file in it, or the absolute path of the file",
    });
  }
  return path === undefined ? null : { path, name: shippedName(kind, path) ?? path };
}

/**
 * Whether a file that was found by its name below a folder lies elsewhere. Tokenizers may: caches of downloads link them
 * from one folder to another.
 */
function leadsOut({ kind, name }: Search, path: string): boolean {
  if (kind === "tokenizer" || isAbsolute(name) || climbs(name)) return false;
  const folder = path.slice(0, -normalize(name).length);
  const inside = relative(realpathSync(folder), realpathSync(path));
  return climbs(inside) || isAbsolute(inside);
}

/** The places where a file is looked for, in order. */
export function placesOf(search: Search): string[] {
  const { kind, name, bucketFolder, prefix } = search;
  if (isAbsolute(name)) return [name];
  const later = climbs(name) ? [] : [
    ...(bucketFolder === undefined ? [] : [join(bucketFolder, prefix, name)]),
    ...(shippedFolders[kind] === null ? [] : [join(projectFolder, shippedFolders[kind], name)]),
  ];
  const fromProject = kind === "source_data" ? [join(projectFolder, name)] : [];
  return [...new Set([...placesBeforeBucket(search), ...later, ...fromProject])];
}

/** Those of the places that come before the read bucket. */
export function placesBeforeBucket({ name, beside, besideTop, readFolder, prefix }: Search): string[] {
  if (isAbsolute(name)) return [name];
  const folders = [beside, ...(besideTop === undefined ? [] : [besideTop])];
  return [
    ...folders.flatMap((
      folder,
    ) => [join(folder, name), ...(climbs(name) ? [] : [join(folder, prefix, name)])]),
    ...(climbs(name) ? [] : [join(readFolder, prefix, name)]),
  ];
}

/**
 * The places in words, for a message that a file is nowhere.
 *
 * @param bucket the read bucket, when one is read from
 */
export function describePlaces(
  { kind, name, besideTop, readFolder, prefix }: Search,
  bucket: string | null = null,
): string {
  if (isAbsolute(name)) return "this place";
  if (climbs(name)) return "the config's folder or the project's, that path up and down";
  const shipped = shippedFolders[kind];
  const places = [
    ...(besideTop === undefined ? [] : ["the folder of the config that is extended"]),
    "the config's folder",
    join(readFolder, prefix),
    ...(bucket === null ? [] : [`s3://${join(bucket, prefix)}/`]),
    ...(shipped === null ? [] : [`the project's ${shipped}/`]),
  ];
  return `${places.slice(0, -1).join(", ")} or ${places.at(-1)}`;
}

/** One line about what was looked for: its kind, its name, and where it was found. */
export function describeLookUp(lookUp: LookUp): string {
  return `  ${lookUp.search.kind.padEnd(15)} ${lookUp.search.name} <- ${describePlace(lookUp)}`;
}

function describePlace({ search, bucket, found }: LookUp): string {
  if (found === null) return "nowhere";
  const { beside, besideTop, readFolder, bucketFolder, name } = search;
  const inside = (folder: string) =>
    !climbs(relative(folder, found.path)) && !isAbsolute(relative(folder, found.path));
  if (isAbsolute(name)) return found.path;
  if (bucketFolder !== undefined && inside(bucketFolder)) {
    return `read bucket: s3://${bucket}/${relative(bucketFolder, found.path)}`;
  }
  if (inside(readFolder)) return `read folder: ${found.path}`;
  if (besideTop !== undefined && inside(beside)) return `beside the extended config: ${found.path}`;
  return found.name === found.path || inside(besideTop ?? beside)
    ? `beside the config: ${found.path}`
    : `shipped: ${found.path}`;
}

/** Whether a path leads out of the folder that it is looked for in. */
function climbs(name: string): boolean {
  return name.split(/[\\/]/).includes("..");
}

function shippedName(kind: FileKind, path: string): string | null {
  const folder = shippedFolders[kind];
  if (folder === null) return null;
  const inside = relative(join(projectFolder, folder), path);
  return inside === "" || climbs(inside) || isAbsolute(inside) ? null : inside;
}
