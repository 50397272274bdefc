/** A finished run as one side of a comparison. */

import { parse } from "yaml";
import type { CellEstimates } from "../analyze/mod.ts";
import { readCertificate } from "../certify/mod.ts";
import { type Experiment, readPrices, serviceLevelOf, withExperimentPrices } from "../config/mod.ts";
import type { Budgets, Certificate, LatencyStatistic, Objectives, Prices } from "../core/mod.ts";
import { readEndpoints } from "../deploy/mod.ts";
import { readVerdicts } from "../evaluate/mod.ts";
import { type Manifest, openRun, readManifest, type Run } from "../run/mod.ts";
import { refuseStudy } from "./study_refusal.ts";
import { judgedRun } from "./judged_run.ts";
import { outputOf } from "./sources.ts";

/** What is read of a run to compare it. */
export interface RunToCompare {
  readonly run: Run;
  /** Of the run that sent the requests: an earlier one where step 3 was switched off. */
  readonly manifest: Manifest;
  readonly prices: Prices;
  /** `report.latency_statistic` of the run. */
  readonly statistic: LatencyStatistic;
  readonly objectives: Objectives;
  /** Names of the experiments, in the order of the config. */
  readonly experiments: readonly string[];
  readonly certificate: Certificate | null;
  /** The figures of every cell, under the objectives of the baseline. */
  readonly cells: (objectives: Objectives) => Promise<CellEstimates[]>;
}

/**
 * Opens a run directory. Nothing in it is written but `requests.parquet`, where that is missing or old.
 *
 * @throws {UserError} if it is no run, or one that has not sent its requests
 */
export async function openToCompare(folder: string): Promise<RunToCompare> {
  const run = await openRun(folder);
  refuseStudy(await readManifest(run.paths.manifest), "compare", folder);
  const source = await outputOf(run, "3_run_inference");
  const config = parse(await Deno.readTextFile(run.paths.config)) as ResolvedConfig;
  const prices = withExperimentPrices(readPrices(run.paths.prices).prices, config.experiments);
  return {
    run,
    manifest: await readManifest(source.paths.manifest),
    prices,
    statistic: config.report?.latency_statistic ?? "p95",
    objectives: objectivesOf(config),
    experiments: config.experiments.map(({ name }) => name),
    certificate: await readCertificate(source.paths.certify),
    cells: (objectives) => cellsOf(run, source, prices, objectives),
  };
}

/** What of `config.yml` is read: runs of earlier versions lack some of it. */
interface ResolvedConfig {
  readonly report?: {
    readonly latency_budget?: number;
    readonly latency_statistic?: LatencyStatistic;
    readonly objectives?: Parameters<typeof serviceLevelOf>[0]["objectives"];
  };
  readonly experiments: readonly Experiment[];
}

function objectivesOf({ report }: ResolvedConfig): Objectives {
  const { latency_budget, latency_statistic = "p95", objectives } = report ?? {};
  if (latency_budget === undefined) return {};
  return serviceLevelOf({ latency_budget, latency_statistic, objectives }).objectives;
}

async function cellsOf(
  run: Run,
  source: Run,
  prices: Prices,
  objectives: Objectives,
): Promise<CellEstimates[]> {
  // Polars is native code, loaded only when a table is made.
  const analyze = await import("../analyze/mod.ts");
  const endpoints = await readEndpoints((await outputOf(source, "2_deploy_model")).paths.root);
  const accuracy = await verdictsOf(run, source);
  const requests = await analyze.scanRequests(source.paths.root);
  return await analyze.cellEstimates(requests, {
    endpoints,
    prices,
    budgets: noBudgets,
    objectives,
    accuracy,
  });
}

/** Nothing is held against a budget here. */
const noBudgets: Budgets = {
  latency_budget: Infinity,
  latency_statistic: "p95",
  cost_per_10k_txn_budget: null,
  error_rate_budget: 1,
  accuracy_budget: null,
  cosine_similarity_budget: null,
  accuracy_error_rate_budget: null,
};

/** The verdicts of a run, or of the one whose answers it analysed; none where nothing was judged. */
export async function verdictsOf(run: Run, source: Run) {
  const judged = await judgedRun(run, source);
  return judged === null ? [] : await readVerdicts(judged.paths.verdicts);
}
