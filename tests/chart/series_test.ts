import assert from "node:assert/strict";
import { distinct, experimentLooks, looks, stepLooks } from "../../lib/chart/series.ts";

Deno.test("looks() are all different for 49 names, and the first seven differ in colour, symbol alone", () => {
  const names = Array.from({ length: 49 }, (_, i) => `e${i}`);
  const all = looks(names);
  assert.equal(new Set(all.map((look) => `${look.colour} ${look.symbol}`)).size, 49);
  assert.equal(new Set(all.slice(0, 7).map((look) => look.colour)).size, 7);
  assert.equal(new Set(all.slice(0, 7).map((look) => look.symbol)).size, 7);
});

Deno.test("experimentLooks() gives an experiment the same look whether or not the others have rows", () => {
  const order = ["c", "a", "b"];
  const all = experimentLooks(order.map((experiment_name) => ({ experiment_name })), order);
  const alone = experimentLooks([{ experiment_name: "b" }], order);
  assert.deepEqual(alone, [all[2]]);
});

Deno.test("stepLooks() spreads its colours over the whole spectrum", () => {
  const [first, last] = stepLooks(["1", "8"]);
  assert.notEqual(first!.colour, last!.colour);
  assert.equal(new Set(stepLooks(["1", "2", "4", "8", "16", "32"]).map((look) => look.colour)).size, 6);
});

Deno.test("distinct() sorts numbers in names by their value", () => {
  assert.deepEqual(distinct(["c10", "c2", "c2"], (name) => name), ["c2", "c10"]);
});
