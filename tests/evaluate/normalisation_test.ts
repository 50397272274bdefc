import assert from "node:assert/strict";
import { normaliseAnswer } from "../../lib/evaluate/mod.ts";

const cases: readonly [what: string, text: string, expected: string][] = [
  ["case and punctuation", "Nine Fathoms!", "nine fathoms"],
  ["English articles", "The cat and an owl saw a mouse.", "cat and owl saw mouse"],
  ["an article that is all there is", "A.", "a"],
  ["white space of all kinds", " a\tb\u00a0c\n\nd ", "b c d"],
  ["marks between words", "south-west/by\u2014west", "south west by west"],
  ["straight and curly apostrophes alike", "Cooper's Cooper\u2019s", "coopers coopers"],
  ["quotes around a word", "'tide' \u2018tide\u2019 \u201ctide\u201d", "tide tide tide"],
  ["compatibility forms", "\uff11\uff12 \ufb01sh \u00bd", "12 fish 1 2"],
  ["composed and decomposed letters alike", "u\u0308ber \u00dcber", "über über"],
  ["zero-width characters", "ti\u200bde", "tide"],
  ["thousands separators", "1,234,567 and 70,000", "1234567 and 70000"],
  ["commas that separate no thousands", "1,2 and 12,34", "1 2 and 12 34"],
  ["decimal points", "8.9 inches.", "8.9 inches"],
  ["a fraction of zeros", "$18.00.", "18"],
  ["closing zeros of a fraction", "12.50", "12.5"],
  ["zeros that count", "100 and 10.05", "100 and 10.05"],
  ["a number that begins with its point", ".5", "0.5"],
  ["versions as they are", "1.10.0", "1.10.0"],
  ["a minus, of either kind", "-5 \u22125 -$5", "-5 -5 -5"],
  ["a range, which is no minus", "3-5", "3 5"],
  ["currencies and percent", "\u20ac3, 7 %", "3 7"],
  ["Markdown", "**18** `x`", "18 x"],
  ["nothing at all", " ?! ", ""],
];
for (const [what, text, expected] of cases) {
  Deno.test(`normaliseAnswer brings ${what} to one form`, () =>
    assert.equal(normaliseAnswer(text), expected));
}

Deno.test("normaliseAnswer changes nothing the second time", () => {
  for (const [, text] of cases) {
    const once = normaliseAnswer(text);
    assert.equal(normaliseAnswer(once), once);
  }
});
