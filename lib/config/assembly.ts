/** The document behind a config: its text, what it extends, what is set, every key where it is read; nothing is checked yet. */

import { dirname, resolve } from "node:path";
import { UserError } from "../core/mod.ts";
import { bucketUse, type IdentityNeed, probeValues } from "./default_bucket.ts";
import { readDocument } from "./document.ts";
import { type Extended, withBases } from "./extension.ts";
import { type LoadOptions, surroundingsOf } from "./load_options.ts";
import { placeholderValues } from "./placeholder.ts";
import { settleMetrics, settleTemplateKeys } from "./relocation.ts";
import { settleRunSteps } from "./run_steps.ts";
import { configSchema } from "./schema.ts";
import { applySetting } from "./setting.ts";
import { deriveStudy, type FoundStudy } from "./study_document.ts";
import { mostYamlBytes, readTextFile } from "./text_file.ts";

/** A document with all that follows from it before it is checked. */
export interface Assembled extends Extended {
  /** The scenarios of its study; null: it has none. */
  readonly study: FoundStudy | null;
}

/**
 * Puts the document together, with the placeholders that come from AWS filled in for what is really used. When it can't be
 * read, its value is null and its faults say why.
 */
export function assemble(path: string, source: string, options: LoadOptions): Assembled {
  const surroundings = surroundingsOf(options);
  const probed = readChain(path, source, options, probeValues(surroundings)).located.value;
  const use = bucketUse(probed, { ...surroundings, localMode: options.localMode ?? false });
  const values = placeholderValues({ ...surroundings, defaultBuckets: use.defaults });
  // Where nothing that is used holds the account, a bucket of that name is not contacted.
  const account = use.holdsAccount || values["account"] !== undefined ? {} : { account: "unknown" };
  const chain = readChain(path, source, options, { ...values, ...account });
  const { located, folders } = chain;
  if (located.value === null || typeof located.value !== "object") return { ...chain, study: null };
  const beside = options.beside ?? dirname(resolve(path));
  const { tmpDir } = surroundings;
  return {
    ...chain,
    study: deriveStudy(located, { beside, folders, tmpDir, localMode: options.localMode ?? false }),
  };
}

/** What the study of a config names as its scenario file, an address or the name of a file; null: nothing, or it can't be read. */
export function scenariosOf(path: string, options: LoadOptions = {}): string | null {
  const read = readTextFile(path, mostYamlBytes);
  if (!("text" in read)) return null;
  const { value } = readChain(path, read.text, options, probeValues(surroundingsOf(options))).located;
  const study = value !== null && typeof value === "object" && "study" in value ? value.study : null;
  const name = study !== null && typeof study === "object" && "scenarios" in study ? study.scenarios : null;
  return typeof name === "string" ? name : null;
}

function readChain(
  path: string,
  source: string,
  { beside, sets = [] }: LoadOptions,
  values: Readonly<Record<string, string>>,
): Extended {
  const file = resolve(path);
  const chain = withBases(readDocument(path, source, values), file, beside ?? dirname(file), values);
  const { located } = chain;
  if (located.value === null && located.faults.length > 0) return chain;
  settleRunSteps(located);
  settleMetrics(located);
  for (const setting of sets) applySetting(configSchema, located, setting);
  settleTemplateKeys(located);
  return chain;
}

/**
 * Whether AWS has to be asked before a config can be read: it uses a bucket whose name holds the account. null: it need not,
 * also when the config can't be read at all.
 *
 * @throws {UserError} If the file can't be read
 */
export function identityNeeded(path: string, options: LoadOptions = {}): IdentityNeed | null {
  const surroundings = surroundingsOf(options);
  const { located } = readChain(path, textOf(path), options, probeValues(surroundings));
  return bucketUse(located.value, { ...surroundings, localMode: options.localMode ?? false }).need;
}

/** What a config extends as it is written, an address or the name of a file; null: nothing, or it can't be read. */
export function baseOf(path: string, options: LoadOptions = {}): string | null {
  const read = readTextFile(path, mostYamlBytes);
  if (!("text" in read)) return null;
  const { value } = readDocument(path, read.text, placeholderValues(surroundingsOf(options)));
  const name = value !== null && typeof value === "object" && "extends" in value ? value.extends : null;
  return typeof name === "string" ? name : null;
}

/** The text of a config on this machine. Throws UserError if it can't be read. */
export function textOf(path: string): string {
  if (/^(s3|https?):/.test(path)) {
    const found = "it lies elsewhere";
    const expected = "the path of a file; `fmbench run` and `validate` fetch addresses";
    throw new UserError({ action: "read the config", thing: path, found, expected });
  }
  const read = readTextFile(path, mostYamlBytes);
  if ("text" in read) return read.text;
  const remedy = read.expected.includes("UTF-8")
    ? "Save it as UTF-8."
    : "Correct the path; `fmbench configs` lists those that ship.";
  const expected = read.expected === "a text file" ? "a YAML file" : read.expected;
  throw new UserError({ action: "read the config", thing: path, found: read.found, expected, remedy });
}
