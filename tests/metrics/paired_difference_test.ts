import assert from "node:assert/strict";
import { type Pair, pairedDifference, PairedProgress } from "../../lib/metrics/mod.ts";
import { speedModel, ttftModel } from "./simulated_study.ts";
import { flippedByOutlier, studyCoverage } from "./study_coverage.ts";

const close = (a: number | null, b: number, within = 1e-4) =>
  assert.ok(Math.abs(a! - b) < within, `${a} ${b}`);
const within = (count: number, low: number, high: number) =>
  assert.ok(count >= low && count <= high, `${count}`);

const pair = (at_ms: number, baseline: number, candidate: number, prompt = "p"): Pair => ({
  prompt,
  at_ms,
  baseline,
  candidate,
});
/** From 800 ms to 400 and to 100 in turns: a half and an eighth. */
const ten = Array.from({ length: 10 }, (_, i) => pair(i, 800, i % 2 === 0 ? 400 : 100));
const ttft = { figure: "ttft_ms", precision: null } as const;

Deno.test("the change is the geometric mean of the pairs' ratios, with Student's interval", () => {
  // Logarithms -ln 2 and -3 ln 2: mean -2 ln 2; error ln 2 sqrt(10/9/10) = 0.23105, t(9) = 2.2622: -1.38629 -/+ 0.52267.
  const said = pairedDifference(ten, ttft);
  assert.deepEqual([said.figure, said.pairs, said.prompts], ["ttft_ms", 10, 1]);
  assert.equal(said.clustered_by, "prompt and time");
  close(said.change.value, -0.75);
  close(said.change.low, -0.85177);
  close(said.change.high, -0.57836);
  // t = 6 with 9 degrees.
  close(said.change.p_value, 0.000202, 2e-6);
  close(said.probability, 0.999899, 1e-6);
  assert.equal(said.verdict, "better");
  assert.equal(said.pairs_needed, null);
});

Deno.test("the difference in the unit is the median of the pairs' differences, wins are counted", () => {
  const { difference, wins } = pairedDifference([...ten, pair(10, 800, 900)], ttft);
  // 5 of -700, 5 of -400, one of +100.
  assert.deepEqual([difference.value, difference.n], [-400, 11]);
  close(wins.value, 10 / 11);
  assert.equal(wins.n, 11);
  assert.equal(pairedDifference(ten.map((one) => ({ ...one, candidate: 800 })), ttft).wins.value, 0);
});

Deno.test("more tokens a second are better, and less time is", () => {
  const speed = pairedDifference(ten, { figure: "output_tokens_per_s", precision: null });
  assert.equal(speed.verdict, "worse");
  assert.equal(speed.wins.value, 0);
  close(speed.probability, 0.000101, 1e-6);
  const back = ten.map((one) => ({ ...one, baseline: one.candidate, candidate: one.baseline }));
  assert.equal(pairedDifference(back, ttft).verdict, "worse");
  assert.equal(pairedDifference(back, { ...ttft, figure: "e2e_ms" }).verdict, "worse");
});

Deno.test("equal values are no difference, and under ten pairs there is not enough data", () => {
  const equal = pairedDifference(ten.map((_, i) => pair(i, 400, i % 2 === 0 ? 200 : 800)), ttft);
  close(equal.change.value, 0);
  assert.equal(equal.verdict, "no difference shown");
  close(equal.change.p_value, 1, 1e-9);
  close(equal.probability, 0.5, 1e-9);
  const nine = pairedDifference(ten.slice(1), ttft);
  assert.equal(nine.verdict, "not enough data");
  assert.deepEqual([nine.change.low, nine.change.p_value, nine.probability], [null, null, null]);
  assert.ok(nine.change.value! < 0);
  const none = pairedDifference([], { ...ttft, precision: 0.05 });
  assert.deepEqual([none.change.value, none.pairs, none.pairs_needed], [null, 0, null]);
});

Deno.test("a pair without a ratio is no pair", () => {
  const odd = [pair(3, 0, 400), pair(4, 400, 0), pair(5, -1, 400), pair(6, NaN, 400), pair(7, 400, Infinity)];
  assert.deepEqual(pairedDifference([...odd, ...ten], ttft), pairedDifference(ten, ttft));
});

Deno.test("the order in which pairs are given is not that of time", () => {
  const swings = Array.from({ length: 40 }, (_, i) => pair(i, 100, i < 20 ? 90 + i % 3 : 110 + i % 3));
  const mixed = swings.map((_, i) => swings[(i * 7) % 40]!);
  assert.deepEqual(pairedDifference(mixed, ttft), pairedDifference(swings, ttft));
});

Deno.test("from eight prompts on their differences count, and the sums that are kept on the way say the same", () => {
  const pairs = Array.from({ length: 400 }, (_, i) => pair(i, 100, 70 + i % 8 + i % 7, `p${i % 8}`));
  const said = pairedDifference(pairs, { ...ttft, precision: 0.001 });
  assert.equal(said.clustered_by, "prompt");
  const progress = new PairedProgress();
  for (const one of pairs) progress.add(one);
  progress.add(pair(400, 0, 1));
  assert.equal(progress.pairs, 400);
  assert.deepEqual(progress.change(), said.change);
  assert.equal(progress.pairsNeeded(0.001), said.pairs_needed);
  assert.equal(progress.pairsNeeded(0.1), 0);
});

Deno.test("of 1,000 studies with TTFT 20 % lower and equal speed, 950 intervals hold the truth", () => {
  const lower = studyCoverage(1, ttftModel, "ttft_ms", 1000);
  within(lower.covered, 927, 970);
  assert.equal(lower.different, 1000);
  const speed = studyCoverage(1, speedModel, "output_tokens_per_s", 1000);
  within(speed.covered, 927, 970);
  within(speed.different, 0, 73);
});

Deno.test("of 1,000 studies without a difference at most 73 say that there is one", () => {
  const { covered, different, wins, medians } = studyCoverage(1, { ...ttftModel, ratio: 1 }, "ttft_ms", 1000);
  within(different, 0, 73);
  within(covered, 927, 970);
  within(wins!, 927, 970);
  within(medians!, 927, 980);
});

Deno.test("few prompts hold the truth of themselves", () => {
  for (const [prompts, calls] of [[5, 200], [1, 1000]] as const) {
    const model = { ...ttftModel, prompts, calls };
    within(studyCoverage(1, model, "ttft_ms", 300).covered, 275, 297);
    within(studyCoverage(1, { ...model, ratio: 1, interaction: 0 }, "ttft_ms", 300).different, 0, 26);
  }
});

Deno.test("one call of a minute among 1,000 turns no verdict", () => {
  assert.equal(flippedByOutlier(1, ttftModel, 100), 0);
});
