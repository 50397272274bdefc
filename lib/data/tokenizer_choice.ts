/** Which tokenizer counts: the first that there is of a folder, a model on the Hub, the shipped one. */

import type { HubOptions } from "./hub_client.ts";
import { fetchTokenizer } from "./hub_tokenizer.ts";
import { loadTokenizer, type TokenCounter } from "./tokenizer.ts";

/** What decided for a tokenizer. */
export type TokenizerOrigin = "tokenizer_prefix" | "hf_tokenizer_model_id" | "shipped";

/** What there is to choose from. */
export interface TokenizerWishes {
  /** Folder with `tokenizer.json` that `tokenizer_prefix` was found to be; null when there is none. */
  readonly folder: string | null;
  /** A model on the Hub; null when none is named. */
  readonly model_id: string | null;
  /** Folder of the shipped tokenizer. */
  readonly shipped: string;
}

/** Where the counts of a tokenizer come from, as manifest and report tell it. */
export interface TokenizerRecord {
  readonly name: string;
  /** SHA-256 over its files. */
  readonly hash: string;
  readonly origin: TokenizerOrigin;
}

export interface ChosenTokenizer {
  readonly counter: TokenCounter;
  readonly record: TokenizerRecord;
  /** What a user should know of it; whole sentences. */
  readonly notices: readonly string[];
}

/**
 * Chooses and loads a tokenizer. A model that is named and can't be fetched is an error, never silently another
 * tokenizer: other counts would put other rows into the payload files.
 *
 * @throws {UserError} If the chosen one can't be had or read
 */
export async function chooseTokenizer(
  { folder, model_id, shipped }: TokenizerWishes,
  hub: HubOptions = {},
): Promise<ChosenTokenizer> {
  if (folder !== null) return chosen(await loadTokenizer(folder), "tokenizer_prefix");
  if (model_id === null) return chosen(await loadTokenizer(shipped), "shipped");
  const fetched = await fetchTokenizer(model_id, hub);
  const counter = await loadTokenizer(fetched.folder);
  const notices = fetched.notice === null ? [] : [fetched.notice];
  return chosen({ ...counter, name: model_id }, "hf_tokenizer_model_id", notices);
}

function chosen(
  counter: TokenCounter,
  origin: TokenizerOrigin,
  notices: readonly string[] = [],
): ChosenTokenizer {
  return { counter, record: { name: counter.name, hash: counter.hash, origin }, notices };
}
