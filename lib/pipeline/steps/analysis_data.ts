/** What the cells of an analysis notebook work on. */

import type { DataFrame, Distribution, FailureCount, RunTimeline } from "../../analyze/mod.ts";
import type { LengthRow, RequestPoint } from "../../chart/mod.ts";
import {
  type BreakEven,
  type Budgets,
  type CapacityPlan,
  type CellSummary,
  type Certificate,
  type ClientLoad,
  type CopyFigure,
  type ExperimentCost,
  type FleetSummary,
  type LoadLimit,
  type NetworkFigure,
  type PanelSummary,
  type Prices,
  type Recommendation,
  type RunUse,
  type ServedFigure,
  type ServiceLevel,
  UserError,
  type UtilisationRow,
} from "../../core/mod.ts";
import type { AccuracyFigure, ReportContext, ReportHeader, Reproduction } from "../../report/mod.ts";

/** Everything that the cells of an analysis notebook show. */
export interface AnalysisData {
  /**
   * One row an attempt, columns as in `docs/columns.md`. A Polars frame: filter and group it as you like. Read when it is first used: a
   * million requests with all texts take more than a gigabyte.
   */
  readonly requests: DataFrame;
  /** One row a cell (experiment x payload file x concurrency), flat columns. */
  readonly summary: DataFrame;
  /** The same cells as plain rows, which tables and charts take; those of the data set of interest first. */
  readonly cells: readonly CellSummary[];
  /** Measured successes, for the chart of latency against prompt length: all, or some thousands of each experiment. */
  readonly requestPoints: readonly RequestPoint[];
  /** How many there are, drawn or not. */
  readonly requestTotal: number;
  /** How TTFT and response time are spread over each cell, as quantiles. */
  readonly distributions: readonly Distribution[];
  /** The run in slices of time; null when nothing was sent. */
  readonly timeline: RunTimeline | null;
  /** How requests failed, by cell and kind. */
  readonly failures: readonly FailureCount[];
  /** The answer for each payload file, the data set of interest first. */
  readonly recommendations: readonly Recommendation[];
  /** What it takes to serve the workload of `report.workload`, or the measured load; null when nothing was measured. */
  readonly plan: CapacityPlan | null;
  /** The highest load of each experiment and payload file at which enough requests meet the objectives. */
  readonly limits: readonly LoadLimit[];
  /** From which traffic on an instance is cheaper than an API. */
  readonly breakEvens: readonly BreakEven[];
  /** What a transaction costs on instances that are not always busy. */
  readonly utilisation: readonly UtilisationRow[];
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
  /** What a request must keep to count as good, and how many have to. */
  readonly serviceLevel: ServiceLevel;
  readonly prices: Prices;
  /** What the fragments of the report ask for: budgets, currency, whether the endpoint is simulated. */
  readonly context: ReportContext;
  readonly head: ReportHeader;
  /** The client's own error on the machine that sent the requests; null: it was not measured. */
  readonly certificate: Certificate | null;
  /** What sending took of that machine during the run; null: not known. */
  readonly client: ClientLoad | null;
  /** The machines that sent the load; null: one did. */
  readonly fleet: FleetSummary | null;
  /** What machines and servers did while load was sent. */
  readonly machineUse: RunUse;
  /** What each copy of an endpoint got; empty where there was one, or something else shared requests among them. */
  readonly copies: readonly CopyFigure[];
  /** What was asked for and what the servers say they gave. */
  readonly served: readonly ServedFigure[];
  /** The connect round trip to each endpoint. */
  readonly network: readonly NetworkFigure[];
  /** Where the load was sent from; null: not known. */
  readonly clientRegion: string | null;
  /** What it takes to do this run again. */
  readonly reproduction: Reproduction;
  /** What a reader must know before believing a figure. */
  readonly notices: readonly string[];
  /** The resolved config as YAML. */
  readonly config: string;
}

let loaded: AnalysisData | null = null;

/** Fills `analysis`; null empties it, until the next data are there. */
export function setAnalysis(data: AnalysisData | null): void {
  loaded = data;
}

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
