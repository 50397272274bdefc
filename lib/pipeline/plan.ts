/** The capacity plan of a finished run, for whatever workload is asked for. */

import { parse } from "yaml";
import { type Config, readPrices, withExperimentPrices } from "../config/mod.ts";
import { type CapacityPlan, UserError } from "../core/mod.ts";
import { readEndpoints } from "../deploy/mod.ts";
import { capacityPlan, recommend, type WorkloadWish } from "../metrics/mod.ts";
import { openRun, readManifest } from "../run/mod.ts";
import { refuseStudy } from "./study_refusal.ts";
import { budgetsOf } from "./budgets.ts";
import { verdictsOf } from "./compared_run.ts";
import { outputOf } from "./sources.ts";

/** What is read of a run's `config.yml`. */
type Resolved = Pick<Config, "report" | "evaluation" | "metrics" | "experiments" | "load">;

/** A plan with the currency of its prices. */
export interface RunPlan {
  readonly plan: CapacityPlan;
  readonly currency: string;
}

/**
 * Plans for a run directory, from its requests, its budgets and its prices. Nothing is sent, and nothing is written but
 * `requests.parquet`, where that is missing or old.
 *
 * @param wish what is asked for; what it leaves out is as the run's `report.workload` says
 * @throws {UserError} if it is no run that has sent its requests, nothing succeeded, or the wish names a payload file that it lacks
 */
export async function planRun(folder: string, wish: Partial<WorkloadWish>): Promise<RunPlan> {
  const run = await openRun(folder);
  refuseStudy(await readManifest(run.paths.manifest), "plan from", folder);
  const source = await outputOf(run, "3_run_inference");
  const config = parse(await Deno.readTextFile(run.paths.config)) as Resolved;
  const prices = withExperimentPrices(readPrices(run.paths.prices).prices, config.experiments);
  const budgets = budgetsOf({ config: complete(config), prices });
  // Polars is native code, loaded only when a table is made.
  const analyze = await import("../analyze/mod.ts");
  const requests = await analyze.scanRequests(source.paths.root);
  const endpoints = await readEndpoints((await outputOf(source, "2_deploy_model")).paths.root);
  const { cells, times } = await analyze.runFigures(requests, {
    endpoints,
    prices,
    budgets,
    accuracy: await verdictsOf(run, source),
  });
  const files = [...new Set(cells.map(({ payload_file }) => payload_file))];
  const { payload_file = null } = wish;
  const named = payload_file === null ? null : files.find((file) => isNamed(file, payload_file)) ?? null;
  if (payload_file !== null && named === null) throw notMeasured(payload_file, files);
  const asked = { ...nothingAsked, ...config.report.workload, ...wish, payload_file: named };
  const plan = capacityPlan({
    cells,
    times,
    recommendations: files.map((file) => recommend(cells, file)),
    prices,
    budgets,
    dataset_of_interest: config.metrics.dataset_of_interest,
    wish: asked,
    seed: config.load.seed,
  });
  if (plan === null) throw nothingMeasured(folder);
  return { plan, currency: prices.meta.currency };
}

/** With what runs of earlier versions do not say. */
function complete({ report, evaluation, ...config }: Resolved): Config {
  const missing = {
    latency_statistic: "p95",
    accuracy_budget: null,
    accuracy_error_rate_budget: null,
    cosine_similarity_budget: null,
    cost_per_10k_txn_budget: null,
  };
  return {
    ...config,
    report: { ...missing, ...report },
    evaluation: evaluation ?? { embedder: { kind: "none" } },
  } as Config;
}

const nothingAsked = {
  requests_per_minute: null,
  prompt_tokens: null,
  output_tokens: null,
  latency_seconds: null,
} as const;

/** `payload_en_1-500.jsonl`, also without its ending, or only `en_1-500`. */
function isNamed(file: string, name: string): boolean {
  return [name, `${name}.jsonl`, `payload_${name}.jsonl`].includes(file);
}

function notMeasured(name: string, files: readonly string[]): UserError {
  return new UserError({
    action: "plan for the payload file",
    thing: name,
    found: "the run has not measured it",
    expected: files.join(", "),
  });
}

function nothingMeasured(folder: string): UserError {
  return new UserError({
    action: "plan from",
    thing: folder,
    found: "no request of it succeeded",
    expected: "a run with measured requests",
  });
}
