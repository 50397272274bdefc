import assert from "node:assert/strict";
import { relativeWidth, WidthRule } from "../../lib/load/mod.ts";

Deno.test("the width is that of the median's interval by order statistics, relative to the median", () => {
  // 1, 100, 2, 99, ...: the median is 50.5 and its 95 % interval runs from rank 40 to rank 61.
  const samples = Array.from({ length: 100 }, (_, i) => i % 2 === 0 ? i / 2 + 1 : 100 - (i - 1) / 2);
  assert.equal(relativeWidth(samples), (61 - 40) / 50.5);
});

Deno.test("a level whose latency still rises has no narrow interval", () => {
  assert.equal(relativeWidth(Array.from({ length: 100 }, (_, i) => i + 1)), null);
});

Deno.test("few samples have no width", () => {
  assert.equal(relativeWidth(Array(29).fill(7)), null);
  assert.equal(relativeWidth(Array(30).fill(7)), 0);
});

Deno.test("the rule is met when the interval is narrow enough, and stays met", () => {
  const rule = new WidthRule(0.1);
  const wide = Array.from({ length: 40 }, (_, i) => 100 + 10 * (i % 5));
  assert.equal(rule.metBy(wide), false); // the interval reaches from 110 to 130
  assert.equal(rule.metBy(Array(200).fill(120)), true);
  assert.equal(rule.metBy([1, 1000]), true);
});
