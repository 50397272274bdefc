import assert from "node:assert/strict";
import {
  accuracyAgainstCost,
  accuracyByExperiment,
  accuracyByPromptLength,
  costAgainstLatency,
  errorRateByLoad,
  judgeAgreement,
  latencyAgainstConcurrency,
  latencyAgainstPromptTokens,
  latencyDistribution,
  runTimeline,
  throughputAgainstConcurrency,
  throughputAgainstLatency,
  tokenLatency,
} from "../../lib/chart/mod.ts";
import { withoutWarnings } from "./every_chart.ts";
import {
  bestOf,
  budgets,
  estimate,
  sampleCells,
  sampleDistributions,
  sampleFailures,
  samplePanel,
  sampleRequests,
  sampleTimeline,
} from "./sample_cells.ts";

Deno.test("a chart without a single figure is null", () => {
  const unpriced = sampleCells(2, 2, 1).map((cell) => ({ ...cell, cost_per_10k_transactions: null }));
  assert.equal(costAgainstLatency(unpriced, { budgets, best: [] }), null);
  assert.equal(latencyAgainstConcurrency([], { budgets }), null);
  const unstreamed = sampleCells(2, 2, 1).map((cell) => ({ ...cell, ttft_ms: null, itl_ms: null }));
  assert.equal(tokenLatency(unstreamed), null);
  assert.equal(latencyAgainstPromptTokens([], { budgets }), null);
  assert.equal(throughputAgainstConcurrency([]), null);
  assert.equal(throughputAgainstLatency(sampleCells(2, 2, 1, 10), { budgets }), null);
  assert.equal(latencyDistribution([], { budgets }), null);
  assert.equal(errorRateByLoad([], [], { budgets }), null);
  assert.equal(runTimeline(null), null);
  const unjudged = [{ experiment_name: "a", payload_file: null, accuracy: estimate(null, 0) }];
  assert.equal(accuracyByExperiment(unjudged, { accuracy_budget: 0.5 }), null);
});

Deno.test("tokenLatency() says who is not in it because nothing was streamed", () => {
  const [first, ...others] = sampleCells(2, 2, 1);
  const name = first!.experiment_name;
  const cells = [first!, ...others].map((cell) =>
    cell.experiment_name === name ? { ...cell, ttft_ms: null, itl_ms: null } : cell
  );
  const { caption } = withoutWarnings(() => tokenLatency(cells))!;
  assert.equal(caption.endsWith(`Not streamed, so not here: ${name}.`), true, caption);
  assert.doesNotMatch(withoutWarnings(() => tokenLatency(sampleCells(2, 2, 1)))!.caption, /streamed/);
});

Deno.test("hidden percentiles leave out their marks, not the chart", () => {
  // n = 10: p95 (needs 20) and p99 (needs 100) are hidden, the p50 is shown
  const cells = sampleCells(2, 2, 1, 10);
  const chart = withoutWarnings(() => latencyAgainstConcurrency(cells, { budgets }))!;
  assert.doesNotMatch(chart.svg, /NaN/);
  assert.equal((chart.svg.match(/aria-label="dot"/g) ?? []).length > 0, true);
});

Deno.test("costAgainstLatency() rings the recommended cell and says so above the panel", () => {
  const cells = sampleCells(3, 3, 1);
  const best = bestOf(cells);
  const { svg } = costAgainstLatency(cells, { budgets, best })!;
  assert.match(svg, new RegExp(`>best: ${best[0]!.experiment_name}, concurrency ${best[0]!.concurrency}, `));
  assert.equal((svg.match(/stroke-width="2"/g) ?? []).length, 1);
  assert.match(costAgainstLatency(cells, { budgets, best: [] })!.svg, />no option keeps all budgets</);
});

/** What is said where a reader points at a mark. */
function abouts(svg: string): string[] {
  return [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map((match) => match[1]!);
}

Deno.test("charts name the statistic that the latency budget judges, and draw it", () => {
  const cells = sampleCells(2, 2, 1).map((cell) => ({ ...cell, latency_ms: estimate(250, 120, 0.1) }));
  for (const latency_statistic of ["p50", "mean"] as const) {
    const own = { budgets: { ...budgets, latency_statistic } };
    const name = latency_statistic === "mean" ? "mean E2E latency" : "p50 of the E2E latency";
    for (
      const chart of [
        costAgainstLatency(cells, { ...own, best: [] }),
        throughputAgainstLatency(cells, own),
        accuracyAgainstCost(cells, own),
      ]
    ) assert.match(chart!.svg, new RegExp(`>${name} \\(ms\\)<`), chart!.name);
    const [about] = abouts(costAgainstLatency(cells, { ...own, best: [] })!.svg);
    assert.match(about!, new RegExp(`^${name}: 250 ms \\(95 %: 225 ms to 275 ms\\), n = 120$`, "m"));
  }
});

Deno.test("throughputAgainstLatency() rings the most that is done within the budgets for latency and errors", () => {
  const [small, large] = sampleCells(2, 1, 1);
  const cells = [{ ...small!, transactions_per_minute: 100 }, { ...large!, transactions_per_minute: 90 }];
  assert.match(throughputAgainstLatency(cells, { budgets })!.svg, />most: sim-small at 1, 100 a minute</);
  const slow = [{ ...cells[0]!, criteria: { ...cells[0]!.criteria, latency: "fail" as const } }, cells[1]!];
  assert.match(throughputAgainstLatency(slow, { budgets })!.svg, />most: sim-medium at 1, 90 a minute</);
  const failing = cells.map((cell) => ({
    ...cell,
    criteria: { ...cell.criteria, error_rate: "fail" as const },
  }));
  const { svg } = throughputAgainstLatency(failing, { budgets })!;
  assert.match(svg, />no load keeps the budgets/);
  assert.doesNotMatch(svg, /most \(1\)/);
});

Deno.test("latencyDistribution() takes the highest load that all experiments share, and hides thin percentiles", () => {
  const all = sampleDistributions(sampleCells(2, 3, 1));
  const shared = all.filter(({ experiment_name, concurrency }) =>
    experiment_name === "sim-small" || concurrency !== 16
  );
  assert.match(latencyDistribution(all, { budgets })!.svg, />at concurrency 16</);
  assert.match(latencyDistribution(shared, { budgets })!.svg, />at concurrency 4</);
  const apart = all.filter(({ experiment_name, concurrency }) =>
    (experiment_name === "sim-small") === (concurrency === 1)
  );
  assert.match(latencyDistribution(apart, { budgets })!.svg, />each at its highest load</);
  const thin = latencyDistribution(all.map((row) => ({ ...row, n: 40 })), { budgets })!.svg;
  assert.equal(abouts(thin).some((about) => about.includes("p99")), false);
  assert.equal(abouts(thin).every((about) => about.includes("p95")), true);
});

Deno.test("errorRateByLoad() is a sentence where nothing failed, else it names the kinds", () => {
  const fine = sampleCells(2, 1, 1);
  const words = errorRateByLoad(
    fine.map((cell) => ({ ...cell, error_rate: { ...estimate(0, 120), high: 0.031 } })),
    [],
    {
      budgets,
    },
  );
  assert.equal(
    words,
    "No request failed: all 240 finished ones succeeded. At the load with the fewest samples (n = 120) an error rate of up to " +
      "3.1 % can't be ruled out.",
  );
  const cells = sampleCells(1, 3, 1);
  const chart = errorRateByLoad(cells, sampleFailures(cells), { budgets });
  assert.ok(chart !== null && typeof chart !== "string");
  // 7 of 120 fail at concurrency 16: a third of them, rounded up, are timeouts; 360 finished in all
  assert.match(chart.svg, />4 \(1\.11 %\)</);
  assert.match(chart.svg, />3 \(0\.833 %\)</);
  assert.match(chart.svg, />throttled<.*>timeout</s);
});

Deno.test("runTimeline() tells of each slice what was going on, marks failures, and leaves gaps", () => {
  const cells = sampleCells(2, 3, 1);
  const { svg, caption } = withoutWarnings(() => runTimeline(sampleTimeline(cells)))!;
  assert.equal(abouts(svg).length, 3 * 150);
  assert.match(abouts(svg)[0]!, /^0 to [\d.]+ s\nsim-small, concurrency 1, payload_en_0-500\nin flight /);
  assert.ok(abouts(svg).some((about) => /2 failed attempts$/.test(about)));
  assert.ok(abouts(svg).some((about) => about.includes("no success")));
  assert.match(caption, /taken up again/);
  assert.doesNotMatch(runTimeline({ ...sampleTimeline(cells), breaks_s: [] })!.caption, /taken up again/);
});

Deno.test("every mark of a cell says who, at which load, on what, and of how many", () => {
  const cells = sampleCells(2, 2, 1);
  for (
    const chart of [
      costAgainstLatency(cells, { budgets, best: [] }),
      throughputAgainstLatency(cells, { budgets }),
      latencyAgainstConcurrency(cells, { budgets }),
      tokenLatency(cells),
      throughputAgainstConcurrency(cells),
      accuracyAgainstCost(cells, { budgets }),
    ]
  ) {
    const said = abouts(chart!.svg);
    assert.ok(said.length >= cells.length, chart!.name);
    for (const about of said) {
      assert.match(about, /^sim-(small|medium), concurrency [12], payload_en_0-500\n[^]*\d/, chart!.name);
      assert.match(about, /n = (120|7,080)/, chart!.name);
    }
  }
});

Deno.test("latencyAgainstPromptTokens() draws a sample of many requests and says so", () => {
  const requests = sampleRequests(1, 1, 500);
  const chart = latencyAgainstPromptTokens(requests, { budgets, dots: 100 })!;
  assert.equal(chart.svg.match(/<circle [^>]*r="2.6"/g)!.length, 100);
  assert.match(
    chart.caption,
    /100 of 500 requests are drawn, chosen at random from a fixed seed; the lines use all of them/,
  );
  // 500 requests in eight bins: 62 or 63 each
  assert.equal(abouts(chart.svg).length, 8);
  assert.match(
    abouts(chart.svg)[0]!,
    /^sim-small, load 1\nprompts of \d+ to \d+ tokens\nmedian of the E2E latency: \d+ ms, n = 62$/,
  );
  const { caption } = latencyAgainstPromptTokens(requests, { budgets, dots: 100, requestTotal: 1_000_000 })!;
  assert.match(caption, /100 of 1,000,000 requests are drawn.*the lines use a sample of 500\./);
});

Deno.test("accuracyByExperiment() says of how many answers the judged ones are", () => {
  const row = { experiment_name: "a", payload_file: null, accuracy: estimate(0.5, 90) };
  const svg = (more: object) => accuracyByExperiment([{ ...row, ...more }], { accuracy_budget: null })!.svg;
  assert.match(svg({ undecided: 4, needs_review: 6 }), />n = 90 of 100</);
  assert.match(svg({}), />n = 90</);
});

Deno.test("charts of judging are null without anything judged", () => {
  assert.equal(accuracyByPromptLength([], {}), null);
  assert.equal(
    accuracyAgainstCost(sampleCells(1, 1, 1).map((cell) => ({ ...cell, accuracy: null })), { budgets }),
    null,
  );
  assert.equal(judgeAgreement(null), null);
  assert.equal(judgeAgreement({ ...samplePanel(2), pairs: [] }), null);
});

Deno.test("accuracyAgainstCost() leaves out the cost where nothing has a price", () => {
  const unpriced = sampleCells(2, 2, 1).map((cell) => ({ ...cell, cost_per_10k_transactions: null }));
  const { svg } = withoutWarnings(() => accuracyAgainstCost(unpriced, { budgets }))!;
  assert.doesNotMatch(svg, /Cost of 10,000/);
  assert.match(svg, /p95 of the E2E latency/);
});
