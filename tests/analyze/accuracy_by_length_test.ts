import assert from "node:assert/strict";
import { accuracyByLength } from "../../lib/analyze/mod.ts";

const answers = (experiment_name: string, n: number, right: (i: number) => boolean) =>
  Array.from({ length: n }, (_, i) => ({
    experiment_name,
    prompt: `p${i}`,
    prompt_tokens: (i + 1) * 10,
    right: right(i),
  }));

Deno.test("bins hold as many answers each, and share their ends between experiments", () => {
  // Lengths 10 to 400 twice, 40 answers an experiment: 4 bins of 10 lengths.
  const bins = accuracyByLength([...answers("a", 40, (i) => i < 20), ...answers("b", 40, () => true)]);
  const shown = (name: string) =>
    bins.filter(({ experiment_name }) => experiment_name === name).map((bin) => [
      bin.from_tokens,
      bin.prompt_tokens,
      bin.to_tokens,
      bin.accuracy.value,
      bin.accuracy.n,
    ]);
  assert.deepEqual(shown("a"), [
    [10, 50, 100, 1, 10],
    [110, 150, 200, 1, 10],
    [210, 250, 300, 0, 10],
    [310, 350, 400, 0, 10],
  ]);
  assert.deepEqual(shown("b").map(([, , , value]) => value), [1, 1, 1, 1]);
});

Deno.test("few answers make one bin, prompts of one length stay together, no answers make none", () => {
  const few = accuracyByLength(answers("a", 9, (i) => i < 3));
  assert.deepEqual(few.map(({ accuracy }) => [accuracy.value, accuracy.n]), [[1 / 3, 9]]);
  const same = answers("a", 50, () => true).map((one) => ({ ...one, prompt_tokens: 7 }));
  assert.equal(accuracyByLength(same).length, 1);
  assert.deepEqual(accuracyByLength([]), []);
});
