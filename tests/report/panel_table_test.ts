import assert from "node:assert/strict";
import type { PanelSummary } from "../../lib/core/mod.ts";
import { accuracyTable, panelTable } from "../../lib/report/mod.ts";
import { estimate, tableCells } from "./rows.ts";

const judge = { model_id: "m", correct: 6, incorrect: 3, unparsable: 1, failed: 2, calls: 14 };
const panel: PanelSummary = {
  answers: 12,
  judges: [
    { ...judge, judge: "first", prompt_tokens: 1, completion_tokens: 1, cost: 0.25, own_family: ["mine"] },
    { ...judge, judge: "second", prompt_tokens: 1, completion_tokens: 1, cost: null, own_family: [] },
  ],
  pairs: [],
  kappa: 0.514,
  kappa_answers: 9,
  verdict_types: [{
    verdict: "correct",
    verdict_type: "correct_by_unanimous_decision",
    count: 6,
    fraction: 1,
  }],
  ...{ cost: 0.25, calls: 28, resumed: 0, again: 0, stopped_by: "dollars" },
};

Deno.test("panelTable() shows each judge's votes and cost, the agreement, and why votes are lacking", () => {
  const text = panelTable(panel, "USD")!;
  const [header, first, second] = tableCells(text);
  assert.deepEqual(header, ["Judge", "Right", "Wrong", "No vote", "Calls", "Cost", "Of its own family"]);
  assert.deepEqual(first!.filter((_, i) => i !== 5), ["first", "6", "3", "3", "14", "mine"]);
  assert.deepEqual(second!.slice(5), ["no price", "none"]);
  assert.match(text, /kappa, their agreement beyond chance, is 0\.51 on the 9 answers/);
  assert.match(text, /6 correct by unanimous decision \(100 %\)/);
  assert.match(text, /stopped \(dollars\): votes are lacking/);
  assert.match(text, /may favour models of its own family/);
  assert.match(text, /Judging cost \\\$0\.25 and what has no price \(second\)\. /);
  assert.match(
    panelTable({ ...panel, cost: null }, "USD")!,
    /What judging cost is not known, as no price is given\./,
  );
  assert.equal(panelTable(null, "USD"), null);
});

Deno.test("panelTable() counts embedding into what judging cost, and says what is in no sum and what others paid", () => {
  const [first, second] = panel.judges;
  const embedding = { model_id: "e-1", calls: 3, prompt_tokens: 90, cost: 0.5 };
  const priced = {
    ...panel,
    judges: [first!, { ...second!, cost: 0.5 }],
    embedding,
    cost: 1.25,
    taken_over: 7,
  };
  const text = panelTable(priced, "USD")!;
  assert.match(text, /Judging cost \\\$1\.25\. /);
  assert.match(text, /Of that, embedding by e-1: \\\$0\.5\./);
  assert.match(text, /7 votes are those of an earlier run, which paid for them\./);
  const unpriced = panelTable({ ...priced, embedding: { ...embedding, cost: null } }, "USD")!;
  assert.match(unpriced, /Judging cost \\\$1\.25 and what has no price \(the embedder e-1\)\. /);
  assert.match(unpriced, /embedding by e-1: no price\./);
  // Whoever was never called costs nothing, price or no price; answers without a count are no matter of the price.
  const idle = { ...second!, cost: null, calls: 0, prompt_tokens: 0 };
  assert.match(panelTable({ ...panel, judges: [first!, idle] }, "USD")!, /Judging cost \\\$0\.25\. /);
  const uncounted = { ...second!, cost: null, prompt_tokens: 0 };
  assert.deepEqual(
    tableCells(panelTable({ ...panel, judges: [uncounted] }, "USD")!)[1]![5],
    "tokens not counted",
  );
});

Deno.test("accuracyTable() shows answers without a verdict and similarities where there are any", () => {
  const row = { experiment_name: "a", payload_file: "p.jsonl", accuracy: estimate(0.5) };
  assert.equal(tableCells(accuracyTable([{ ...row, unjudged: estimate(0) }], null))[0]!.length, 4);
  const [header, cells] = tableCells(
    accuracyTable([{ ...row, unjudged: estimate(0.1), similarity: estimate(0.62) }], null),
  );
  assert.deepEqual(header!.slice(3), ["Right (%)", "Without verdict (%)", "Mean similarity"]);
  assert.match(cells![4]!, /^10/);
  assert.match(cells![5]!, /^0\.62/);
});
