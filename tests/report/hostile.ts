/** A report of nothing but hostile text: what a model, a data set or a config could put into it. */

import type { CellSummary, PanelSummary } from "../../lib/core/mod.ts";
import type { Chart } from "../../lib/chart/mod.ts";
import * as chart from "../../lib/chart/mod.ts";
import * as report from "../../lib/report/mod.ts";
import {
  budgets,
  estimate,
  sampleAccuracy,
  sampleCells,
  sampleDistributions,
  sampleFailures,
  sampleLengths,
  samplePanel,
  sampleRequests,
  sampleTimeline,
} from "../chart/sample_cells.ts";
import { sampleOptions, samplePlan } from "../chart/sample_plan.ts";
import { hostileStudy } from "./hostile_study.ts";
import { recommend } from "./sample_recommendations.ts";

/** Whoever runs one of these sets `window.owned`, opens a dialog, or asks 127.0.0.1:9 for something. */
export const attacks: readonly string[] = [
  `<script>window.owned="script"</script>`,
  `</script><script>window.owned="closed"</script>`,
  `<img src=x onerror="window.owned='img'">`,
  `<img src=http://127.0.0.1:9/pixel.png>`,
  `<svg/onload=alert(1)><animate onbegin=alert(2) attributeName=x dur=1s>`,
  `<svg><foreignObject><body onload=alert(3)></body></foreignObject></svg>`,
  `</title></text></svg><img src=x onerror=alert(4)>`,
  `<iframe srcdoc="<script>parent.owned=5</script>"></iframe>`,
  `<a href="javascript:window.owned=6">link</a>`,
  `<a href="javas&#99;ript:window.owned=7">link</a>`,
  `[link](javascript:window.owned=8)`,
  `[link]: javascript:window.owned=9`,
  `![out](http://127.0.0.1:9/out.png)`,
  `<javascript:alert(10)>`,
  `<style>@import url(http://127.0.0.1:9/a.css);body{display:none}</style>`,
  `<link rel=stylesheet href=http://127.0.0.1:9/b.css>`,
  `<meta http-equiv=refresh content="0;url=http://127.0.0.1:9/">`,
  `<base href=http://127.0.0.1:9/><form action=x><button>b</button></form>`,
  `<!-- comment --><![CDATA[ x ]]><?xml version="1.0"?><!DOCTYPE html>`,
  `| a | b |\n|---|---|\n| c | d |`,
  "```\n~~~ `code` ``more``",
  `# heading\n---\n> quote\n* item\n1. one`,
  `$\\href{javascript:window.owned=11}{x}$ \\(\\href{javascript:window.owned=12}{y}\\) $$z$$`,
  `\\begin{align}\\unicode{x3c}script\\end{align} @@0@@`,
  `&lt;script&gt;window.owned=13&lt;/script&gt; &amp;lt;b&amp;gt;`,
  `{{ 7*7 }} {% raw %} \${window.owned=14} <%= 1 %>`,
  `<details open ontoggle=alert(15)><summary>s</summary></details>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(16)&gt;">`,
  "<details>\n```\n<img src=x onerror=alert(17)>\n```",
  "~~~\n```\n~~~\n<img src=x onerror=alert(18)>\n```",
  "a ` b\n` <img src=x onerror=alert(19)> `",
  "- a\n\n  ```\n<img src=x onerror=alert(20)>\n  ```",
  "| ` | <img src=x onerror=alert(21)> ` |\n|---|---|\n| ` | <img src=x onerror=alert(22)> ` |",
  `[x](&#106;avascript:window.owned=23) [y](javascript&colon;alert(24)) [z]( <javascript:alert(25)>)`,
  `\u202Egnirts\u2066 zero\u200Bwidth \u0000\u0007\u001B[31m control`,
];

/** The attacks, one after the other and round again. */
function* round(): Generator<string> {
  for (;;) yield* attacks;
}

/** The same rows with other names, the same name for the same name. */
function renamed(cells: readonly CellSummary[]): CellSummary[] {
  const next = round();
  const names = new Map<string, string>();
  const other = (name: string) => {
    if (!names.has(name)) names.set(name, next.next().value as string);
    return names.get(name)!;
  };
  return cells.map((cell) => ({
    ...cell,
    experiment_name: other(cell.experiment_name),
    model_id: other(cell.model_id),
    instance_type: other(cell.instance_type),
    payload_file: other(cell.payload_file),
  }));
}

const everything = attacks.join(" ");

const panel: PanelSummary = {
  answers: 12,
  ...samplePanel(3),
  judges: samplePanel(3).judges.map((judge, i) => ({
    ...judge,
    judge: attacks[i]!,
    model_id: attacks[i + 3]!,
    own_family: [attacks[i + 6]!],
  })),
  pairs: samplePanel(3).pairs.map((pair, i) => ({
    ...pair,
    judge: attacks[i % 3]!,
    other: attacks[(i + 1) % 3]!,
  })),
  kappa_answers: 9,
  verdict_types: [],
  ...{ cost: 0.25, calls: 28, resumed: 0, again: 0, stopped_by: "dollars" },
};

/** Every fragment and every chart, fed with the attacks: as many experiments as it takes until each attack was a name. */
export function hostileReport(): (string | Chart)[] {
  const cells = renamed([...sampleCells(6, 2, 6), ...sampleCells(6, 2, 6)].map((cell, i, all) => ({
    ...cell,
    experiment_name: `${cell.experiment_name} ${i * 2 < all.length}`,
  })));
  const [first] = cells;
  const unstreamed = cells.map((cell) => cell === first ? { ...cell, ttft_ms: null, itl_ms: null } : cell);
  const recommendations = recommend(cells);
  const context = { budgets, currency: "USD", simulated: true };
  const prices = { region: everything, currency: "USD", date: everything, source: everything };
  const head = {
    title: everything,
    run_id: attacks[0]!,
    date: attacks[1]!,
    versions: Object.fromEntries(attacks.map((attack) => [attack, attack])),
    machine: everything,
    sources: [{ step: attacks[2]!, run_id: attacks[3]! }],
  };
  const costs = cells.slice(0, 30).map((
    { experiment_name, instance_type, instance_count, cost_basis, requests },
  ) => ({
    ...{ experiment_name, instance_type, instance_count, basis: cost_basis, requests },
    ...{ duration_s: 60, prompt_tokens: 1000, completion_tokens: 1000, cost: 1 },
  }));
  const accuracy = sampleAccuracy(3, 2).map((row, i) => ({
    ...row,
    experiment_name: attacks[i]!,
    payload_file: attacks[i + 8]!,
  }));
  return [
    report.header(head),
    report.notices(attacks),
    report.summarySentence(recommendations, context),
    report.summarySentence(recommend(cells.map((cell) => ({ ...cell, criteria: failed(cell) }))), context),
    report.bestOptionTable(recommendations, context),
    report.latencyTable(unstreamed),
    report.costTable(cells, prices),
    report.accuracyTable(accuracy, 0.75),
    report.panelTable(panel, "USD"),
    report.failedCriteriaTable(recommendations, context),
    report.bestOptionFigures(recommendations, context),
    report.perInstanceResults(cells, budgets),
    report.tokenTimingTable(unstreamed),
    ...surroundings(),
    ...serviceLevels(cells),
    ...money(cells),
    ...hostileStudy(attacks),
    comparison(),
    report.runCostTable(costs, "USD"),
    report.configSection(attacks.join("\n")),
    chart.costAgainstLatency(cells, { budgets, best: recommendations.flatMap(({ best }) => best ?? []) }),
    chart.throughputAgainstLatency(cells, { budgets }),
    chart.latencyAgainstConcurrency(cells, { budgets }),
    chart.latencyDistribution(sampleDistributions(cells), { budgets }),
    chart.tokenLatency(unstreamed),
    chart.throughputAgainstConcurrency(cells),
    chart.errorRateByLoad(
      cells,
      sampleFailures(cells).map((failure, i) => ({ ...failure, error_kind: attacks[i % 9]! })),
      { budgets },
    ),
    chart.runTimeline(sampleTimeline(cells)),
    chart.latencyAgainstPromptTokens(
      sampleRequests(3, 2, 20).map((row, i) => ({ ...row, experiment_name: attacks[i % 3]! })),
      { budgets },
    ),
    chart.accuracyByExperiment(accuracy, { accuracy_budget: 0.75 }),
    chart.accuracyByPromptLength(
      sampleLengths(3).map((row, i) => ({ ...row, experiment_name: attacks[i % 3]! })),
      {},
    ),
    chart.accuracyAgainstCost(cells, { budgets }),
    chart.judgeAgreement(panel),
    chart.accuracyByExperiment(
      attacks.map((experiment_name) => ({
        experiment_name,
        payload_file: null,
        accuracy: estimate(0.5, 90),
      })),
      { accuracy_budget: null },
    ),
  ].filter((piece) => piece !== null);
}

/** What was served, the network, and how to do the run again. */
function surroundings(): string[] {
  const next = round();
  const attack = () => next.next().value as string;
  const pairs = Object.fromEntries(attacks.map((text) => [text, text]));
  return [
    report.servedTable(attacks.map((experiment_name) => ({
      ...{ experiment_name, what: "model", asked: attack(), served: attack(), answers: 3 },
    }))),
    report.servedTable(attacks.map((experiment_name) => ({
      ...{ experiment_name, what: "model", asked: attack(), served: null, answers: 3 },
    }))),
    report.networkTable(
      attacks.map((experiment_name) => ({
        ...{ experiment_name, regions: [attack()], connections: 3 },
        ...{ connect_least_ms: 90, connect_p50_ms: 99, ttft_p50_ms: 100 },
      })),
      everything,
    ),
    report.reproduction({
      runs: [0, 1].map(() => ({
        run_id: everything,
        part: everything,
        command: attacks,
        versions: pairs,
        machine: everything,
        seed: 1,
        hashes: pairs,
      })),
      steps: attacks.map((name) => ({ name, started_at: attack(), ended_at: attack(), run_id: attack() })),
      prompts: attacks.map((file) => ({ file, sha256: attack() })),
      prices: { region: everything, currency: "USD", date: everything, source: everything },
    }),
  ];
}

/** What is good, how even it was, how much load is possible. */
function serviceLevels(cells: readonly CellSummary[]): (string | null)[] {
  const level = { objectives: { e2e_ms: 900 }, share: 0.95 };
  const shaky = cells.map((cell) => ({
    ...cell,
    steadiness: { steady: false, warm_up_left: 3, drift: 0.4, littles_law: 0.5, stalled: 2, saturated: true },
  }));
  const limits = cells.map(({ experiment_name, payload_file }) => ({
    ...{ experiment_name, payload_file, closed: true, levels: [1, 2] },
    ...{ found: "between" as const, load: estimate(1.5, 90), transactions_per_minute: estimate(60, 90) },
  }));
  return [
    report.goodputTable(cells, level),
    report.loadLimitTable(limits, level),
    report.steadinessTable(shaky),
    report.unsteadyNotice(shaky),
    report.definitions("p95"),
  ];
}

/** How many it takes, and what that costs. */
function money(cells: readonly CellSummary[]): (string | Chart | null)[] {
  const names = round();
  const name = () => names.next().value as string;
  const plan = samplePlan(
    sampleOptions.map((option) => ({
      ...option,
      ...{ experiment_name: name(), model_id: name(), instance_type: name() },
      reason: option.reason === null ? null : everything,
    })),
  );
  const { payload_file } = cells[0]!;
  const [instance, api] = [cells[0]!, cells[1]!];
  return [
    report.planTable({ ...plan, payload_file: everything, notes: attacks }, "USD"),
    chart.fleetCost(plan),
    report.breakEvenTable([{ payload_file, instance, api, point: { when: "never" }, sure: false }], "USD"),
    report.utilisationTable(
      cells.map((cell) => ({
        payload_file: cell.payload_file,
        cell,
        cost_per_transaction: [1, 2, 3, 4, 5],
      })),
      "USD",
    ),
  ];
}

/** Two runs side by side. */
function comparison(): string {
  const side = (run: string, experiment_name: string) => ({
    ...{ run, experiment_name, created_at: attacks[4]!, simulated: true },
  });
  const figure = {
    ...{
      name: "response_p95_ms" as const,
      baseline: 1000,
      candidate: 1100,
      n: 400,
      primary: true,
      corrected_p: 0.01,
    },
    change: { scale: "ratio" as const, value: 0.1, low: 0.05, high: 0.16, p_value: 0.01 },
    ...{ verdict: "worse" as const, negligible: false },
  };
  return report.comparisonReport({
    ...{ statistic: "p95", primary: "response_p95_ms", min_effect: 0, effect: 0.05, currency: "USD" },
    pairs: [{
      baseline: side(attacks[0]!, attacks[1]!),
      candidate: side(attacks[2]!, attacks[3]!),
      differences: attacks,
      warnings: attacks,
      overall: [figure],
      cells: attacks.map((experiment_name, i) => ({
        ...{ experiment_name, payload_file: attacks[(i + 7) % attacks.length]!, concurrency: 1 },
        ...{ request_rate_rps: null, figures: [figure] },
      })),
      ...{ matched: 1, requests_for_effect: 1234, smallest_detectable: 0.08 },
    }],
    ...{ trend: null, strict: false, regression: true },
  });
}

function failed({ criteria }: CellSummary): CellSummary["criteria"] {
  return { ...criteria, latency: "fail", cost: "unknown" };
}
