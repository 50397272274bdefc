/** Token counts by a model's own tokenizer, from the two files that every Hugging Face model has. */

import { Tokenizer } from "@huggingface/tokenizers";
import { basename, join } from "node:path";
import { messageOf, sha256, type TokenSource, UserError } from "../core/mod.ts";
import { tokenCounter } from "./word_counts.ts";

/** Counts tokens. What counted, and from which bytes, belongs into manifest and report. */
export interface TokenCounter {
  /** The tokenizer's own name when its config has one, else the folder's. */
  readonly name: string;
  /** SHA-256 over both files: equal hashes, equal counts. */
  readonly hash: string;
  readonly source: TokenSource;
  /** The folder that it was read from. */
  readonly folder: string;
  /** Tokens of the text itself, without the special tokens that a chat server puts around it. */
  count(text: string): number;
}

const loaded = new Map<string, Promise<TokenCounter>>();

/**
 * Loads the tokenizer of a folder with `tokenizer.json` and, where there is one, `tokenizer_config.json`. A folder is
 * read once in a process.
 *
 * @throws {UserError} If the folder has no tokenizer.json, or it is not one
 */
export function loadTokenizer(folder: string): Promise<TokenCounter> {
  const known = loaded.get(folder);
  if (known !== undefined) return known;
  const counter = load(folder);
  loaded.set(folder, counter);
  counter.catch(() => loaded.delete(folder));
  return counter;
}

async function load(folder: string): Promise<TokenCounter> {
  const model = await readIfThere(join(folder, "tokenizer.json"));
  if (model === null) {
    throw unusable(folder, "there is no tokenizer.json in it");
  }
  const config = await readIfThere(join(folder, "tokenizer_config.json")) ?? "{}";
  try {
    const settings = JSON.parse(config);
    return {
      name: nameOf(settings, folder),
      hash: sha256(`${model}\u0000${config}`),
      source: "tokenizer",
      folder,
      count: tokenCounter(new Tokenizer(JSON.parse(model), settings)),
    };
  } catch (error) {
    throw unusable(folder, `its files can't be read (${messageOf(error)})`, error);
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** A path in the config tells where somebody kept the model, not what it is called. */
function nameOf(settings: { name_or_path?: unknown }, folder: string): string {
  const name = settings.name_or_path;
  return typeof name === "string" && /^[^./\\][^\\]*$/.test(name) ? name : basename(folder);
}

function unusable(folder: string, found: string, cause?: unknown): UserError {
  return new UserError({
    action: "load the tokenizer",
    thing: folder,
    found,
    expected: "the tokenizer.json and tokenizer_config.json of a model",
    remedy: "Copy the model's two files there, or use the one that ships in source_data/tokenizers/gpt2.",
  }, { cause });
}
