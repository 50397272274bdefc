/** Which prompts go into which payload file. */

import { UserError } from "../core/mod.ts";
import { checkPayloadFileName } from "./payload_file.ts";
import type { TokenCounts } from "./token_count.ts";

/** One entry of `datasets.filters`. */
export interface PayloadFilter {
  /** Compared with the row's `language` column, case apart; null takes every language. */
  readonly language: string | null;
  /** Tokens of the whole rendered prompt: at least this many. */
  readonly min_length_in_tokens: number;
  /** Tokens of the whole rendered prompt: fewer than this. */
  readonly max_length_in_tokens: number;
  readonly payload_file: string;
}

/**
 * Checks what can be known before a row is read.
 *
 * @throws {UserError} If there is no filter, a range is empty, or a file name is unfit or used twice
 */
export function checkFilters(filters: readonly PayloadFilter[]): void {
  const names = new Set<string>();
  for (const { payload_file, min_length_in_tokens: min, max_length_in_tokens: max } of filters) {
    checkPayloadFileName(payload_file);
    if (!(min >= 0 && min < max)) {
      throw fault(payload_file, `it takes ${min} to ${max} tokens`, "a smaller and a greater length");
    }
    if (names.has(payload_file)) {
      throw fault(payload_file, "two filters write this file", "a file for each filter");
    }
    names.add(payload_file);
  }
  if (filters.length === 0) throw fault("datasets.filters", "there is none", "at least one filter");
}

function fault(thing: string, found: string, expected: string): UserError {
  return new UserError({
    action: "use the payload filter",
    thing,
    found,
    expected,
    remedy: "Change datasets.filters.",
  });
}

/** Whether a filter takes a prompt; a row that has no language passes every filter's language. */
export function takes(filter: PayloadFilter, language: string | null, tokens: number): boolean {
  return hasLanguage(filter, language) && filter.min_length_in_tokens <= tokens &&
    tokens < filter.max_length_in_tokens;
}

function hasLanguage(filter: PayloadFilter, language: string | null): boolean {
  return filter.language === null || language === null ||
    filter.language.toLowerCase() === language.toLowerCase();
}

/** Why a filter took no row: no such language, or no such length. */
export function emptyFilter(
  filter: PayloadFilter,
  lengths: ReadonlyMap<string | null, TokenCounts>,
): UserError {
  const { language, min_length_in_tokens: min, max_length_in_tokens: max, payload_file } = filter;
  const there = [...lengths].filter(([other]) => hasLanguage(filter, other)).map(([, counts]) =>
    counts.range()!
  );
  const languages = [...lengths.keys()].map((name) => `"${name}"`).join(", ");
  const [found, remedy] = lengths.size === 0
    ? ["the data files have no rows", "Check s3_read_data.source_data_files."]
    : there.length === 0
    ? [`no row is in language "${language}", the data has ${languages}`, "Change the filter's language."]
    : [
      `no prompt${language === null || lengths.has(null) ? "" : ` in language "${language}"`} has ${min} to ${
        max - 1
      } tokens, they have ` +
      `${Math.min(...there.map((range) => range.min))} to ${Math.max(...there.map((range) => range.max))}`,
      "Change the filter's token range or the data.",
    ];
  return new UserError({
    action: "fill the payload file",
    thing: payload_file,
    found,
    expected: "at least one prompt",
    remedy,
  });
}
