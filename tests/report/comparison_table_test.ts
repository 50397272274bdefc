import assert from "node:assert/strict";
import type { Change, ComparedFigure, ComparedPair, Comparison } from "../../lib/core/mod.ts";
import { comparisonReport } from "../../lib/report/mod.ts";

const change = (more: Partial<Change> = {}): Change => ({
  scale: "ratio",
  value: 0.1,
  low: 0.05,
  high: 0.16,
  p_value: 0.0004,
  ...more,
});

const figure = (more: Partial<ComparedFigure> = {}): ComparedFigure => ({
  name: "response_p95_ms",
  baseline: 1000,
  candidate: 1100,
  n: 400,
  change: change(),
  primary: true,
  corrected_p: 0.0004,
  verdict: "worse",
  negligible: false,
  ...more,
});

const side = (run: string, experiment_name: string | null = null) => ({
  run,
  experiment_name,
  created_at: "2026-01-01T00:00:00.000Z",
  simulated: false,
});

const pair = (more: Partial<ComparedPair> = {}): ComparedPair => ({
  baseline: side("mine/1"),
  candidate: side("mine/2"),
  differences: [],
  warnings: [],
  overall: [figure()],
  cells: [],
  matched: 1,
  requests_for_effect: 1234,
  smallest_detectable: 0.081,
  ...more,
});

const comparison = (more: Partial<Comparison> = {}): Comparison => ({
  statistic: "p95",
  primary: "response_p95_ms",
  min_effect: 0,
  effect: 0.05,
  currency: "USD",
  pairs: [pair()],
  trend: null,
  strict: false,
  regression: true,
  ...more,
});

const row = (text: string, opens: string) =>
  text.split("\n").find((line) => line.startsWith(`| ${opens}`))?.split("|").map((cell) => cell.trim()).slice(
    1,
    -1,
  );

Deno.test("the first sentence has verdict, change, interval, p, and what the requests can show", () => {
  const [heading, sentence] = comparisonReport(comparison()).split("\n\n");
  assert.equal(heading, "# Comparison: mine/2 with mine/1");
  assert.equal(
    sentence,
    "p95 of the response time – **worse**: +10 % (+5 % to +16 %; p &lt; 0.001). In four of five cases these requests " +
      "show a change of 8.1 %; to see 5 % takes about 1,234 requests in each cell on each side.",
  );
});

Deno.test("a latency has its difference in milliseconds and its change in percent", () => {
  assert.deepEqual(row(comparisonReport(comparison()), "**Response time p95**"), [
    ...["**Response time p95**", "1,000 ms", "1,100 ms", "400", "+100 ms", "+10 %", "+5 % to +16 %"],
    ...["&lt; 0.001", "worse"],
  ]);
});

Deno.test("fractions differ by points, and money is escaped", () => {
  const points = change({ scale: "points", value: -0.1, low: -0.2, high: null, p_value: null });
  const text = comparisonReport(comparison({
    pairs: [pair({
      overall: [
        figure(),
        figure({
          name: "accuracy",
          baseline: 0.9,
          candidate: 0.8,
          primary: false,
          change: points,
          corrected_p: null,
          verdict: "not enough data",
        }),
        figure({
          name: "cost_per_transaction",
          baseline: 2,
          candidate: 1.5,
          primary: false,
          change: change({ value: -0.25, low: -0.3, high: -0.2 }),
          verdict: "better",
        }),
      ],
    })],
  }));
  assert.deepEqual(row(text, "Accuracy"), [
    ...["Accuracy", "90 %", "80 %", "400", "−10 points", "–", "−20 points to open", "–", "not enough data"],
  ]);
  assert.deepEqual(row(text, "Cost")!.slice(1, 6), ["\\$2.00", "\\$1.50", "400", "−\\$0.5", "−25 %"]);
});

Deno.test("figures that neither side knows are left out", () => {
  const unknown = figure({ name: "ttft_p50_ms", baseline: null, candidate: null, primary: false });
  const text = comparisonReport(comparison({ pairs: [pair({ overall: [figure(), unknown] })] }));
  assert.ok(!text.includes("TTFT"));
});

Deno.test("too few requests are said to be too few, with how many it takes", () => {
  const open = figure({
    change: change({ low: null, high: null, p_value: null }),
    corrected_p: null,
    verdict: "not enough data",
  });
  const text = comparisonReport(
    comparison({
      regression: false,
      pairs: [pair({ overall: [open], requests_for_effect: null, smallest_detectable: null })],
    }),
  );
  assert.match(text, /\*\*not enough data\*\*\. Its interval takes 72 requests in each cell at least/);
  assert.match(text, /\*\*No regression\*\*: it would be one if the p95 of the response time became worse\./);
});

Deno.test("a change below the least effect is called little", () => {
  const text = comparisonReport(comparison({
    min_effect: 0.2,
    regression: false,
    pairs: [pair({ overall: [figure({ negligible: true })] })],
  }));
  assert.match(text, /That is less than the 20 % from which on it counts as a regression\./);
  assert.equal(row(text, "**Response")!.at(-1), "worse, by little");
});

Deno.test("several candidates stand side by side, with the trend of the runs", () => {
  const text = comparisonReport(comparison({
    pairs: [pair(), pair({ candidate: side("mine/3") })],
    trend: { runs: 3, per_run: 0.02, low: -0.01, high: 0.05 },
  }));
  assert.match(text, /^# Comparison of 2 with mine\/1\n/);
  assert.match(
    text,
    /Over the 3 runs in the order given the p95 of the response time changed by \+2 % a run \(95 % interval −1 % to \+5 %/,
  );
  assert.match(text, /No trend is shown/);
  assert.equal(text.match(/^\| mine\/1 +\| mine\/[23]/gm)?.length, 2);
});

Deno.test("cells are listed by the deciding figure, and by what else is better or worse", () => {
  const cell = (concurrency: number, ttft: ComparedFigure["verdict"]) => ({
    experiment_name: "exp",
    payload_file: "short.jsonl",
    concurrency,
    request_rate_rps: null,
    figures: [figure({ primary: false }), figure({ name: "ttft_p50_ms", primary: false, verdict: ttft })],
  });
  const text = comparisonReport(comparison({
    pairs: [pair({ matched: 2, cells: [cell(1, "better"), cell(4, "no difference shown")] })],
  }));
  assert.equal(text.match(/^\| exp, short, concurrency [14] +\| Response time p95/gm)?.length, 2);
  assert.equal(text.match(/^\| exp, short, concurrency [14] +\| TTFT p50/gm)?.length, 1);
});

Deno.test("text from outside is text, and the embedded endpoint is named at once", () => {
  const hostile = "<img src=x onerror=alert(1)>|*b*[x](javascript:1)";
  const text = comparisonReport(comparison({
    pairs: [pair({
      candidate: { ...side(hostile, hostile), simulated: true },
      differences: [hostile],
      warnings: [hostile],
      matched: 2,
      cells: [{
        experiment_name: hostile,
        payload_file: hostile,
        concurrency: 1,
        request_rate_rps: null,
        figures: [figure({ primary: false })],
      }],
    })],
  }));
  assert.ok(!/<img|[^\\]\*b|[^\\]\[x|[^\\]\|\\\*b/.test(text), text);
  assert.match(text.split("\n\n")[1]!, /Simulated endpoint/);
});
