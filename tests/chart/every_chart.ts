/** Every chart over one shape of sample data. */

import {
  accuracyAgainstCost,
  accuracyByExperiment,
  accuracyByPromptLength,
  type Chart,
  costAgainstLatency,
  judgeAgreement,
  latencyAgainstConcurrency,
  latencyAgainstPromptTokens,
  throughputAgainstConcurrency,
  tokenLatency,
} from "../../lib/chart/mod.ts";
import {
  bestOf,
  budgets,
  sampleAccuracy,
  sampleCells,
  sampleLengths,
  samplePanel,
  sampleRequests,
} from "./sample_cells.ts";

/** All nine, for so many experiments, load levels and payload files, and requests in each experiment and level. */
export function everyChart(experiments: number, levels: number, payloads: number, requests = 60): Chart[] {
  const cells = sampleCells(experiments, levels, payloads);
  return [
    costAgainstLatency(cells, { budgets, best: bestOf(cells) }),
    latencyAgainstConcurrency(cells, { budgets }),
    tokenLatency(cells),
    latencyAgainstPromptTokens(sampleRequests(experiments, levels, requests), { budgets }),
    throughputAgainstConcurrency(cells),
    accuracyByExperiment(sampleAccuracy(experiments, payloads), { accuracy_budget: budgets.accuracy_budget }),
    accuracyByPromptLength(sampleLengths(experiments), {}),
    accuracyAgainstCost(cells, { budgets }),
    judgeAgreement(samplePanel(experiments)),
  ].filter((chart) => chart !== null);
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
