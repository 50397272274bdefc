import assert from "node:assert/strict";
import { checkFilters, emptyFilter, type PayloadFilter, takes, TokenCounts } from "../../lib/data/mod.ts";

const filter: PayloadFilter = {
  language: "en",
  min_length_in_tokens: 100,
  max_length_in_tokens: 200,
  payload_file: "p.jsonl",
};

Deno.test("takes includes the lower end of the range and leaves out the upper", () => {
  assert.deepEqual([99, 100, 199, 200].map((tokens) => takes(filter, "en", tokens)), [
    false,
    true,
    true,
    false,
  ]);
});

Deno.test("takes compares languages without case, and passes rows and filters that name none", () => {
  assert.equal(takes(filter, "EN", 150), true);
  assert.equal(takes(filter, "de", 150), false);
  assert.equal(takes(filter, null, 150), true);
  assert.equal(takes({ ...filter, language: null }, "de", 150), true);
});

const faults: readonly [string, PayloadFilter[], RegExp][] = [
  ["no filter", [], /there is none; expected at least one filter/],
  ["an empty range", [{ ...filter, max_length_in_tokens: 100 }], /"p.jsonl": it takes 100 to 100 tokens/],
  ["a range that is not a number", [{ ...filter, min_length_in_tokens: NaN }], /it takes NaN to 200/],
  ["one file for two filters", [filter, { ...filter, language: "de" }], /two filters write this file/],
  ["a path", [{ ...filter, payload_file: "../p.jsonl" }], /not a plain file name/],
];
for (const [name, filters, message] of faults) {
  Deno.test(`checkFilters refuses ${name}`, () => assert.throws(() => checkFilters(filters), message));
}

function lengths(...rows: [string | null, number][]): Map<string | null, TokenCounts> {
  const result = new Map<string | null, TokenCounts>();
  for (const [language, tokens] of rows) {
    if (!result.has(language)) result.set(language, new TokenCounts());
    result.get(language)!.add(tokens);
  }
  return result;
}

Deno.test("emptyFilter tells the lengths that the filter's language has", () => {
  const error = emptyFilter(filter, lengths(["en", 20], ["en", 90], ["de", 150]));
  assert.equal(
    error.message,
    'Cannot fill the payload file "p.jsonl": no prompt in language "en" has 100 to 199 tokens, they have 20 to 90; ' +
      "expected at least one prompt. Change the filter's token range or the data.",
  );
});

Deno.test("emptyFilter does not name a language that the rows do not have", () => {
  assert.match(
    emptyFilter(filter, lengths([null, 20])).message,
    /no prompt has 100 to 199 tokens, they have 20 to 20/,
  );
});

Deno.test("emptyFilter tells the languages of the data when the filter's is not among them", () => {
  assert.match(
    emptyFilter(filter, lengths(["de", 20], ["es", 5])).message,
    /no row is in language "en", the data has "de", "es"/,
  );
});

Deno.test("emptyFilter says so when there is no data at all", () => {
  assert.match(emptyFilter(filter, lengths()).message, /the data files have no rows/);
});
