/** `extends: FILE`: a config that says only in what it differs from another one. */

import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { messageOf, redact } from "../core/mod.ts";
import { type Located, markOf, readDocument } from "./document.ts";
import { projectFolder } from "./lookup.ts";
import { overlay } from "./overlay.ts";
import { copyOf, isAddress } from "./remote_copy.ts";
import { mostYamlBytes, readTextFile } from "./text_file.ts";

/** A document with what it extends under it. */
export interface Extended {
  readonly located: Located;
  /** The folder of each file of the chain, by the name that marks give it: files are looked for beside who names them. */
  readonly folders: Map<string, string>;
}

/**
 * A document with what it extends under it, and so on down the chain. Every value keeps the place where it was written;
 * a file that is nowhere, can't be read or leads back to itself is a fault at its `extends`, and nothing else is looked at.
 *
 * @param located a read document; its `extends` is taken out
 * @param file its absolute path
 * @param beside the folder in which the named file is looked for first, then in the project's `configs/`; of an address
 * (`https://`, `s3://`) the copy is read that `fmbench run` and `validate` fetch
 */
export function withBases(
  located: Located,
  file: string,
  beside: string,
  values: Readonly<Record<string, string>>,
): Extended {
  const folders = new Map<string, string>();
  return { located: extended(located, beside, values, [file], folders), folders };
}

function extended(
  located: Located,
  beside: string,
  values: Readonly<Record<string, string>>,
  chain: readonly string[],
  folders: Map<string, string>,
): Located {
  folders.set(located.file, beside);
  const root = located.value;
  if (root === null || typeof root !== "object" || !("extends" in root)) return located;
  const name = root.extends;
  if (name === null) {
    delete root.extends;
    return located;
  }
  const fault = (text: string) => {
    located.faults.push({ ...markOf(located, ["extends"]), text });
    located.value = null;
    return located;
  };
  if (typeof name !== "string") return located;
  delete root.extends;
  const place = placeOf(name, beside);
  if ("fault" in place) return fault(place.fault);
  const found = place.path;
  if (chain.includes(found)) {
    const round = [...chain.slice(chain.indexOf(found)), found].map((path) => path.split("/").at(-1));
    return fault(`"extends" goes round in a circle: ${round.join(", ")}; expected a chain that ends`);
  }
  const read = readTextFile(found, mostYamlBytes);
  if (!("text" in read)) return fault(`"${name}" can't be read: ${read.found}; expected ${read.expected}`);
  const base = readDocument(shown(located.file, name, beside, found), read.text, values);
  if (base.value === null || typeof base.value !== "object" || Array.isArray(base.value)) {
    located.faults.push(...base.faults);
    return fault(`"${name}" holds no config; expected a config to extend`);
  }
  const under = extended(base, dirname(found), values, [...chain, found], folders);
  if (under.value !== null) return overlay(under, located);
  located.faults.push(...under.faults);
  located.value = null;
  return located;
}

/** Where the file lies that `extends` names, or what is wrong with the name. */
export function placeOf(
  name: string,
  beside: string,
): { readonly path: string } | { readonly fault: string } {
  if (isAddress(name)) {
    try {
      const path = copyOf(name);
      if (existsSync(path)) return { path };
      return {
        fault: `there is no copy of "${redact(name)}" here; expected a config that \`fmbench run\` or ` +
          "`validate` has fetched",
      };
    } catch (error) {
      return {
        fault: `"${redact(name)}" is no address: ${
          messageOf(error)
        }; expected s3://bucket/key or https://...`,
      };
    }
  }
  const places = isAbsolute(name) ? [name] : [join(beside, name), join(projectFolder, "configs", name)];
  const path = places.map((place) => resolve(place)).find((place) => existsSync(place));
  if (path !== undefined) return { path };
  return {
    fault: `there is no file "${name}"; expected it beside this one, or among those of \`fmbench configs\``,
  };
}

/** As the user would name the file: from where the extending one was named from. */
function shown(from: string, name: string, beside: string, found: string): string {
  if (isAddress(name)) return redact(name);
  if (isAbsolute(name) || resolve(beside, name) !== found) return found;
  return isAddress(from) ? from.replace(/[?#].*$/, "").replace(/[^/]*$/, name) : join(dirname(from), name);
}
