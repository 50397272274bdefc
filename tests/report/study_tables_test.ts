import assert from "node:assert/strict";
import type { StudyFigures, StudyVariant } from "../../lib/core/mod.ts";
import {
  coldTable,
  gapTable,
  pairedTable,
  servedModeTable,
  studyErrorTable,
  variantTable,
} from "../../lib/report/mod.ts";
import { emptyStudy, known, samplePair, sampleStudy, sampleVariant, unknown } from "../chart/sample_study.ts";

const tables = [
  ...[variantTable, servedModeTable, studyErrorTable, coldTable, gapTable],
  (figures: StudyFigures) => pairedTable(figures, { precision: null }),
];
const withVariants = (...changes: Partial<StudyVariant>[]): StudyFigures => ({
  ...emptyStudy,
  variants: changes.map((change, i) =>
    sampleVariant(i % 2, 2, { experiment_name: `v${i + 1}`, region: null, profile: null, ...change })
  ),
});
/** Cells of the line that begins with this name, of the nth table that has it. */
const cells = (markdown: string, name: string, nth = 0): string[] =>
  markdown.split("\n").filter((line) => line.startsWith(`| ${name} `))[nth]!.split("|").slice(1, -1)
    .map((cell) => cell.trim());

Deno.test("no table says anything of a study without calls", () => {
  for (const table of tables) assert.equal(table(emptyStudy), "", table.name);
});

Deno.test("variants have p10, p50, p90 and p99 with intervals, n and prompts; the slow tail is named", () => {
  const quantiles = { p10: known(200), p50: known(300), p90: known(500), p99: { ...known(900), high: null } };
  const text = variantTable(withVariants({ ttft_ms: quantiles }));
  assert.deepEqual(cells(text, "v1"), [
    ...["v1", "1,000", "40"],
    ...["200 (192–208)", "300 (288–312)", "500 (480–520)", "900 (864–)"],
  ]);
  const headings = text.split("\n").filter((line) => line.startsWith("| Variant"));
  assert.match(headings[0]!, /p10 \|.*p50 \(median\) \|.*p90 \|.*p99 \(slow tail\) \|/);
  assert.match(headings[1]!, /p10 \(slow tail\) \|.*p50 \(median\) \|.*p90 \|.*p99 \|/);
  assert.match(text, /\*\*Output speed \(tokens\/s\)\*\*/);
});

Deno.test("region, profile and tier have columns where the names do not tell them", () => {
  const told = variantTable(
    withVariants({ experiment_name: "m us-east-2 standard", region: "us-east-2", profile: "standard" }),
  );
  assert.doesNotMatch(told, /Region|Profile asked|Tier/);
  const untold = variantTable(
    withVariants({ region: "us-east-2", profile: "optimized", service_tier: "flex" }),
  );
  assert.deepEqual(cells(untold, "v1").slice(0, 4), ["v1", "us-east-2", "optimized", "flex"]);
});

Deno.test("figures that are hidden or have few samples say so", () => {
  const quantiles = { p10: known(200), p50: { ...known(300), flagged: true }, p90: known(500), p99: unknown };
  const text = variantTable(withVariants({ ttft_ms: quantiles }));
  assert.equal(cells(text, "v1")[4], "300† (288–312)");
  assert.equal(cells(text, "v1")[6], "–");
  assert.match(text, /† Few samples/);
});

Deno.test("pairs have change, interval, difference, wins, probability, verdict and what is still wanted", () => {
  const pair = { ...samplePair("a", "b", "ttft_ms", -0.2, 0.03), pairs_needed: 4567 };
  const row = [
    "TTFT",
    "−20 %",
    "−23 % to −17 %",
    "−64 ms (−73.6 ms to −54.4 ms)",
    "71 %",
    "over 99.9 %",
    "better",
    "988",
  ];
  const text = pairedTable({ pairs: [pair] }, { precision: 0.05 });
  assert.match(text, /^\*\*b\*\* against \*\*a\*\*, on 40 prompts$/m);
  assert.match(text, /More for ±5 %/);
  assert.deepEqual(cells(text, "TTFT"), [...row, "4,600"]);
  assert.deepEqual(cells(pairedTable({ pairs: [pair] }, { precision: null }), "TTFT"), row);
});

Deno.test("what was served otherwise is a row with its share; where all was as asked there is no table", () => {
  const mixed = { served_as_asked: 800, served_otherwise: 150, served_unknown: 50, profile: "optimized" };
  const text = servedModeTable(withVariants({ experiment_name: "v1 standard", profile: "standard" }, mixed));
  assert.equal(text.split("\n").filter((line) => line.startsWith("| v")).length, 1);
  assert.deepEqual(cells(text, "v2").slice(-5), [
    "optimized",
    "1,000",
    "800 (80 %)",
    "150 (15 %)",
    "50 (5 %)",
  ]);
  // A protocol without profiles says nothing of them, and nothing is missing.
  assert.equal(servedModeTable(withVariants({ served_as_asked: 0, served_unknown: 1000 })), "");
});

Deno.test("errors and throttling are rates of all calls", () => {
  const rate = (value: number) => ({ value, low: value / 2, high: value * 2, n: 1000, flagged: false });
  const text = studyErrorTable(
    withVariants({ ok: 960, error_rate: rate(0.04), throttle_rate: rate(0.03), cut: 96 }),
  );
  // 96 of 960 successes were cut.
  assert.deepEqual(cells(text, "v1"), [
    ...["v1", "1,000", "40", "4 % (2 % to 8 %)", "3 % (1.5 % to 6 %)", "96 (10 %)"],
  ]);
});

Deno.test("cold calls stand beside the warm ones; without them there is no table", () => {
  const quantiles = { p10: known(200), p50: known(300), p90: known(500), p99: known(900) };
  const text = coldTable(
    withVariants({ cold: 12, cold_ttft_ms: known(450), ttft_ms: quantiles }, { cold: 0 }),
  );
  assert.deepEqual(cells(text, "v1"), ["v1", "12", "450 (432–468)", "300 (288–312)", "150 ms"]);
  assert.equal(coldTable(withVariants({ cold: 0 })), "");
});

Deno.test("gaps are listed in order, an open one as such, a clock step with its direction", () => {
  const [network, sleep, step] = sampleStudy(1).gaps;
  const text = gapTable({
    ...emptyStudy,
    gaps: [{ ...step!, ms: -90_000 }, { ...sleep!, until_at: null }, network!],
  });
  const lines = text.split("\n").filter((line) => /^\| \d/.test(line)).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assert.deepEqual(lines, [
    [
      "17 Nov 2026 02:20",
      "17 Nov 2026 02:44",
      "24 min 0 s",
      "no network",
      "no endpoint could be reached: connection refused",
    ],
    ["18 Nov 2026 18:20", "not over at the end", "11 h 0 min", "the machine slept", "the machine slept"],
    [
      "20 Nov 2026 06:20",
      "20 Nov 2026 06:20",
      "back by 1 min 30 s",
      "the wall clock was set",
      "the clock went 90 s forward",
    ],
  ]);
});

Deno.test("twelve variants have a line each in every table of variants", () => {
  const figures = sampleStudy(12);
  assert.equal(studyErrorTable(figures).split("\n").filter((line) => / 1,000 /.test(line)).length, 12);
  assert.equal(variantTable(figures).split("\n").filter((line) => / 996 /.test(line)).length, 36);
});

Deno.test("names from files can not leave their cells", () => {
  const names = ["<script>alert(1)</script>", "a | b `c`\n| d |"];
  const hostile = (figures: StudyFigures): StudyFigures => ({
    ...figures,
    variants: figures.variants.map((variant) => ({
      ...variant,
      ...{ region: "<img src=x>", profile: "x | y", service_tier: "*t*", served_otherwise: 3 },
    })),
    gaps: figures.gaps.map((gap) => ({ ...gap, detail: "<b> | <!--" })),
  });
  for (const table of tables) {
    const text = table(hostile(sampleStudy(2, { names })));
    assert.doesNotMatch(text, /<script|<img|<b>|<!--/, table.name);
    const widths = text.split("\n").filter((line) => line.startsWith("|")).map((line) =>
      line.replace(/\\\|/g, "").split("|").length
    );
    // All lines of a block of lines have as many cells as its heading.
    assert.ok(widths.length >= 3, table.name);
    assert.equal(new Set(widths).size, 1, `${table.name}: ${widths}`);
  }
});
