/** The filters of a config, which sort rows into payload files. */

import { defaults } from "./defaults.ts";
import type { WrittenConfig } from "./schema.ts";

type WrittenFilter = NonNullable<WrittenConfig["datasets"]["filters"]>[number];

/** One entry of `datasets.filters`: which prompts go into which payload file. */
export type Filter = Omit<WrittenFilter, keyof SettledKeys> & SettledKeys;

interface SettledKeys {
  /** Rows of this language; null = all rows. */
  language: string | null;
  /** Prompts of fewer tokens than this; null = no limit. `min_length_in_tokens` is the least, itself included. */
  max_length_in_tokens: number | null;
  payload_file: string;
}

/** `payload_en_0-500.jsonl`; placeholders of FMBench's form are filled in. */
function payloadFileOf(
  { payload_file, language, min_length_in_tokens: min, max_length_in_tokens: max }: WrittenFilter,
) {
  const lang = language ?? "all";
  const most = max ?? "max";
  return payload_file === undefined
    ? `payload_${lang}_${min}-${most}.jsonl`
    : payload_file.replaceAll("{lang}", lang).replaceAll("{min}", String(min)).replaceAll(
      "{max}",
      String(most),
    );
}

/** All filters with every key; without any in the config the one that takes every row. */
export function filtersOf({ filters }: WrittenConfig["datasets"]): Filter[] {
  if (filters === undefined) {
    return [{ ...defaults.datasets.filter, language: null, max_length_in_tokens: null }];
  }
  return filters.map((filter) => ({
    ...filter,
    language: filter.language ?? null,
    max_length_in_tokens: filter.max_length_in_tokens ?? null,
    payload_file: payloadFileOf(filter),
  }));
}
