import assert from "node:assert/strict";
import { showDuration, showMoney, showNumber, showPercent, showRate } from "../../lib/core/mod.ts";

Deno.test("showNumber() keeps three significant digits", () => {
  const cases: [number | null, string][] = [
    [1234.5, "1,235"],
    [99.96, "100"],
    [12.345, "12.3"],
    [0.00123456, "0.00123"],
    [0, "0"],
    [-5.678, "-5.68"],
    [null, "–"],
    [Infinity, "∞"],
    [1e-7, "0.0000001"],
  ];
  for (const [value, text] of cases) assert.equal(showNumber(value), text);
});

Deno.test("showDuration() chooses its unit", () => {
  const cases: [number, string][] = [
    [12.34, "12.3 ms"],
    [999.9, "1,000 ms"],
    [1234, "1.23 s"],
    [
      65_000,
      "1 min 5 s",
    ],
    [7_500_000, "2 h 5 min"],
    [47 * 3_600_000, "47 h 0 min"],
    [317 * 3_600_000, "13 d 5 h"],
  ];
  for (const [ms, text] of cases) assert.equal(showDuration(ms), text);
});

Deno.test("showRate() says by the minute what is slower than one a second", () => {
  assert.deepEqual([12.34, 1, 0.0667].map(showRate), ["12.3/s", "1/s", "4/min"]);
});

Deno.test("showMoney() and showPercent() keep small amounts readable", () => {
  assert.equal(showMoney(0.0012345), "$0.00123");
  assert.equal(showMoney(12.3), "$12.30");
  assert.equal(showMoney(1234.5), "$1,235");
  assert.equal(showMoney(0), "$0.00");
  assert.equal(showPercent(0.1234), "12.3 %");
});

Deno.test("what is not known is an en dash in every format", () => {
  for (const show of [showNumber, showDuration, showPercent, showMoney]) {
    assert.deepEqual([show(null), show(undefined)], ["–", "–"], show.name);
  }
  assert.deepEqual([showNumber(NaN), showDuration(NaN), showMoney(NaN)], ["–", "–", "–"]);
  assert.equal(showNumber(-Infinity), "-∞");
});

Deno.test("showNumber() gives as many digits as are asked for, and whole numbers up to them in full", () => {
  assert.equal(showNumber(1_234_567, 9), "1,234,567");
  assert.equal(showNumber(3.14159, 5), "3.1416");
  assert.equal(showNumber(9.999), "10");
});

Deno.test("showDuration() changes its unit at a second, a minute and an hour", () => {
  assert.equal(showDuration(0), "0 ms");
  assert.equal(showDuration(1000), "1 s");
  assert.equal(showDuration(60_000), "1 min 0 s");
  // 59 min 59.6 s are 3600 s when rounded.
  assert.equal(showDuration(3_599_600), "1 h 0 min");
});

Deno.test("showMoney() knows the sign of a currency and groups thousands", () => {
  assert.equal(showMoney(12.3, "EUR"), "€12.30");
  assert.equal(showMoney(1_234_567, "EUR"), "€1,234,567");
});
