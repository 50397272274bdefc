/** Step 5: what the analysis notebook works on. */

import type { DataFrame } from "../../analyze/mod.ts";
import type { LengthRow, RequestPoint } from "../../chart/mod.ts";
import { readCertificate } from "../../certify/mod.ts";
import type {
  Budgets,
  CellSummary,
  Certificate,
  ClientLoad,
  ColumnName,
  Endpoint,
  ExperimentCost,
  PanelSummary,
  Prices,
  Recommendation,
  Verdict,
} from "../../core/mod.ts";
import { UserError } from "../../core/mod.ts";
import { readEndpoints } from "../../deploy/mod.ts";
import { clientLoad, readVitals } from "../../load/mod.ts";
import { readVerdicts } from "../../evaluate/mod.ts";
import { recommend } from "../../metrics/mod.ts";
import type { AccuracyFigure, ReportContext, ReportHeader } from "../../report/mod.ts";
import { readManifest, type Run } from "../../run/mod.ts";
import { budgetsOf } from "../budgets.ts";
import { attempt, type StepContext } from "../context.ts";
import { outputOf } from "../sources.ts";
import { trustNotices } from "./certification.ts";
import { noticesOf } from "./notices.ts";
import { readAbsence } from "./panel_absence.ts";
import { readPanel } from "./panel_votes.ts";
import { headerOf } from "./report_header.ts";

/** Everything that the cells of an analysis notebook show. */
export interface AnalysisData {
  /** One row an attempt, columns as in `docs/columns.md`. A Polars frame: filter and group it as you like. */
  readonly requests: DataFrame;
  /** One row a cell (experiment x payload file x concurrency), flat columns. */
  readonly summary: DataFrame;
  /** The same cells as plain rows, which tables and charts take. */
  readonly cells: readonly CellSummary[];
  /** Every measured success, for the chart of latency against prompt length. */
  readonly requestPoints: readonly RequestPoint[];
  /** The answer for each payload file, the data set of interest first. */
  readonly recommendations: readonly Recommendation[];
  /** What the experiments of the run cost. */
  readonly costs: readonly ExperimentCost[];
  /** Fraction of right answers of each experiment and payload file, all loads together. */
  readonly accuracy: readonly AccuracyFigure[];
  /** The same by the length of the prompt, all payload files together. */
  readonly accuracyByLength: readonly LengthRow[];
  /** What the panel of judges did; null: none was asked. */
  readonly panel: PanelSummary | null;
  /** Names of the experiments in the order of the config: their colours in every chart. */
  readonly experiments: readonly string[];
  readonly budgets: Budgets;
  readonly prices: Prices;
  /** What the fragments of the report ask for: budgets, currency, whether the endpoint is simulated. */
  readonly context: ReportContext;
  readonly head: ReportHeader;
  /** The client's own error on the machine that sent the requests; null: it was not measured. */
  readonly certificate: Certificate | null;
  /** What sending took of that machine during the run; null: not known. */
  readonly client: ClientLoad | null;
  /** What a reader must know before believing a figure. */
  readonly notices: readonly string[];
  /** The resolved config as YAML. */
  readonly config: string;
}

let loaded: AnalysisData | null = null;

/**
 * The data of the open analysis. `await loadAnalysis(step)` fills it; until then every use of it refuses with one clear
 * message, so that Run All does not go on with nothing.
 */
export const analysis: AnalysisData = new Proxy({} as AnalysisData, {
  get(_, key) {
    if (loaded !== null) return Reflect.get(loaded, key);
    throw new UserError(
      "There is nothing to analyse yet: the cell with `await loadAnalysis(step)` has not run or has failed. Run the notebook from its first cell.",
    );
  },
});

/**
 * Reads the requests of the run, or of the run that stands in for it, summarises them under this run's budgets and prices,
 * and writes `metrics/*.csv`.
 */
export function loadAnalysis(step: StepContext): Promise<void> {
  loaded = null;
  return attempt(step, async () => {
    const source = await outputOf(step.run, "3_run_inference");
    // Polars is native code, loaded only when a table is made.
    const analyze = await import("../../analyze/mod.ts");
    const requests = await analyze.openRequests(source.paths.root);
    const endpoints = await readEndpoints((await outputOf(source, "2_deploy_model")).paths.root);
    const judged = await judgedRun(step.run, source);
    const verdicts = judged === null ? [] : await readVerdicts(judged.paths.verdicts);
    const { prices } = step.loaded;
    const budgets = budgetsOf(step);
    const cells = analyze.summarize(requests, { endpoints, prices, budgets, accuracy: verdicts });
    const costs = analyze.experimentCosts(requests, { endpoints, prices });
    const simulated = endpoints.some((endpoint: Endpoint) => endpoint.simulated);
    await analyze.writeMetrics(step.run.paths.root, { requests, cells, costs });
    loaded = {
      requests,
      summary: analyze.summaryFrame(cells),
      cells,
      requestPoints: pointsOf(requests),
      recommendations: payloadFiles(cells, step.config.metrics.dataset_of_interest)
        .map((file) => recommend(cells, file)),
      costs,
      accuracy: analyze.accuracyCells(verdicts.map((verdict) => ({ ...verdict, concurrency: null }))),
      accuracyByLength: analyze.accuracyByLength(judgedLengths(requests, verdicts)),
      panel: judged === null ? null : await readPanel(judged.paths),
      experiments: step.config.experiments.map(({ name }) => name),
      budgets,
      prices,
      context: { budgets, currency: prices.meta.currency, simulated },
      head: headerOf(
        step,
        await readManifest(step.run.paths.manifest),
        await readManifest(source.paths.manifest),
      ),
      certificate: await readCertificate(source.paths.certify),
      client: clientLoad(await readVitals(source.paths.root)),
      notices: [
        ...trustNotices(requests),
        ...noticesOf(requests, cells, judged === null ? null : await readAbsence(judged.paths)),
      ],
      config: await Deno.readTextFile(step.run.paths.config),
    };
    step.log("info", `analysed ${requests.height} attempts in ${cells.length} cells`);
  });
}

/** The run with the verdicts: this one, else the one whose answers are analysed; null: neither has any. */
async function judgedRun(run: Run, source: Run): Promise<Run | null> {
  for (const one of [run, source]) {
    if (await Deno.stat(one.paths.verdicts).then(() => true, () => false)) return one;
  }
  return null;
}

/** The answers with a verdict, each with the length of its prompt. */
function judgedLengths(requests: DataFrame, verdicts: readonly Verdict[]) {
  const column = <T>(name: ColumnName) => requests.getColumn(name).toArray() as (T | null)[];
  const ids = column<string>("request_id");
  const tokens = column<number>("prompt_tokens");
  const lengths = new Map(ids.map((id, i) => [id, tokens[i] ?? null]));
  return verdicts.flatMap(({ request_id, experiment_name, payload_file, payload_id, verdict }) => {
    const prompt_tokens = lengths.get(request_id) ?? null;
    const decided = verdict === "correct" || verdict === "incorrect";
    return decided && prompt_tokens !== null
      ? [{
        experiment_name,
        prompt: `${payload_file} ${payload_id}`,
        prompt_tokens,
        right: verdict === "correct",
      }]
      : [];
  });
}

function payloadFiles(cells: readonly CellSummary[], ofInterest: string): string[] {
  const files = new Set(cells.map(({ payload_file }) => payload_file));
  return [...files].sort((a, b) => Number(b === ofInterest) - Number(a === ofInterest));
}

/** Column by column: Polars' `toRecords` takes several times as long. */
function pointsOf(requests: DataFrame): RequestPoint[] {
  const column = <T>(name: ColumnName) => requests.getColumn(name).toArray() as (T | null)[];
  const names = column<string>("experiment_name");
  const concurrency = column<number>("concurrency");
  const rate = column<number>("request_rate_rps");
  const tokens = column<number>("prompt_tokens");
  const latency = column<number>("e2e_ms");
  const phase = column<string>("phase");
  return names.flatMap((experiment_name, i) => {
    const point = {
      experiment_name,
      concurrency: concurrency[i] ?? rate[i],
      prompt_tokens: tokens[i],
      e2e_ms: latency[i],
    };
    const known = Object.values(point).every((value) => value !== null);
    return phase[i] === "measure" && known ? [point as RequestPoint] : [];
  });
}
