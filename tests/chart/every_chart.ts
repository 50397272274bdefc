/** Every chart over one shape of sample data. */

import {
  accuracyAgainstCost,
  accuracyByExperiment,
  accuracyByPromptLength,
  type Chart,
  costAgainstLatency,
  errorRateByLoad,
  judgeAgreement,
  latencyAgainstConcurrency,
  latencyAgainstPromptTokens,
  latencyDistribution,
  machineUse,
  runTimeline,
  throughputAgainstConcurrency,
  throughputAgainstLatency,
  tokenLatency,
} from "../../lib/chart/mod.ts";
import type { CellSummary } from "../../lib/core/mod.ts";
import {
  bestOf,
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
  sampleUse,
} from "./sample_cells.ts";

/** All of them, for so many experiments, load levels and payload files, and requests in each experiment and level. */
export function everyChart(experiments: number, levels: number, payloads: number, requests = 60): Chart[] {
  const cells = sampleCells(experiments, levels, payloads);
  const failing = withFailures(cells);
  return [
    costAgainstLatency(cells, { budgets, best: bestOf(cells) }),
    latencyAgainstConcurrency(cells, { budgets }),
    tokenLatency(cells),
    latencyAgainstPromptTokens(sampleRequests(experiments, levels, requests), { budgets }),
    throughputAgainstConcurrency(cells),
    throughputAgainstLatency(cells, { budgets }),
    latencyDistribution(sampleDistributions(cells), { budgets }),
    errorRateByLoad(failing, sampleFailures(failing), { budgets }),
    runTimeline(sampleTimeline(failing)),
    machineUse(sampleUse(sampleTimeline(failing)), sampleTimeline(failing)),
    accuracyByExperiment(sampleAccuracy(experiments, payloads), { accuracy_budget: budgets.accuracy_budget }),
    accuracyByPromptLength(sampleLengths(experiments), {}),
    accuracyAgainstCost(cells, { budgets }),
    judgeAgreement(samplePanel(experiments)),
  ].filter((chart) => chart !== null && typeof chart !== "string");
}

/** Where no cell has a failure, the first one gets some. */
function withFailures(cells: readonly CellSummary[]): CellSummary[] {
  if (cells.some(({ errors }) => errors > 0)) return [...cells];
  return cells.map((cell, i) =>
    i > 0
      ? cell
      : { ...cell, errors: 9, ok: cell.ok - 9, error_rate: estimate(9 / cell.requests, cell.requests, 0.5) }
  );
}

/** Runs `draw` so that a warning of Plot, which it writes to the console, is an error. */
export function withoutWarnings<T>(draw: () => T): T {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    throw new Error(`Plot warns: ${words.join(" ")}`);
  };
  try {
    return draw();
  } finally {
    console.warn = warn;
  }
}
