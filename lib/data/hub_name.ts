/** Names of data sets on the Hugging Face Hub: `hf:org/name[/subset[/split]]`. */

import { UserError } from "../core/mod.ts";
import { isRemoteSource } from "./source_name.ts";

/** What such a name says. */
export interface HubName {
  /** `org/name`; a single word for the Hub's few sets without an organisation. */
  readonly repo: string;
  /** null: `default`, else the only one there is. */
  readonly subset: string | null;
  /** null: the first that there is of train, validation, test. */
  readonly split: string | null;
}

/**
 * Reads a name. The subset `default` says no more than none.
 *
 * @throws {UserError} If it has another form
 */
export function parseHubName(name: string): HubName {
  const parts = name.trim().slice("hf:".length).split("/");
  if (!isRemoteSource(name) || parts.length > 4 || !parts.every((part) => /^\w[\w.+-]*$/.test(part))) {
    throw new UserError({
      action: "read the data set",
      thing: name,
      found: "the name has another form",
      expected: "hf:org/name, hf:org/name/subset or hf:org/name/subset/split",
      remedy: "Change s3_read_data.source_data_files.",
    });
  }
  const [org, set, subset, split] = parts as [string, string?, string?, string?];
  return {
    repo: set === undefined ? org : `${org}/${set}`,
    subset: subset === undefined || subset === "default" ? null : subset,
    split: split ?? null,
  };
}

/** The one of `there` that is meant by `wanted`: the same, else the same but for case, hyphens and underscores. */
export function meant(wanted: string, there: readonly string[]): string | undefined {
  const bare = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, "");
  const alike = there.filter((name) => bare(name) === bare(wanted));
  return there.includes(wanted) ? wanted : alike.length === 1 ? alike[0] : undefined;
}

/** Which split is read when none is named. */
export function nextSplit(there: readonly string[]): string | undefined {
  return ["train", "validation", "test"].find((split) => there.includes(split)) ?? there[0];
}
