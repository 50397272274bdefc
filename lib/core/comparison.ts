/** What a comparison of runs says. Plain rows: tables, JSON and the exit code share them. */

import type { LatencyStatistic } from "./prices.ts";

/** `ratio`: the change relative to the baseline, 0.05 = 5 % more. `points`: the difference itself. */
export type ChangeScale = "ratio" | "points";

/** How much a figure changed, with the 95 % interval of the change. */
export interface Change {
  readonly scale: ChangeScale;
  /** null: one of the two figures is not known. */
  readonly value: number | null;
  /** null: open. */
  readonly low: number | null;
  /** null: open. */
  readonly high: number | null;
  /** Of no change, two-sided; null: the samples are too few for a test. */
  readonly p_value: number | null;
}

export type ComparisonVerdict = "better" | "worse" | "no difference shown" | "not enough data";

const latencyStatistics = ["p50", "p95", "p99", "mean"] as const;

const latencies = (kind: "response" | "ttft" | "tpot" | "itl", title: string) =>
  latencyStatistics.map((statistic) => ({
    name: `${kind}_${statistic}_ms` as const,
    title: `${title} ${statistic}`,
    unit: "ms" as const,
    scale: "ratio" as const,
    lower_is_better: true,
  }));

/** Every figure that is compared, in the order of the tables. */
export const comparedFigures = [
  ...latencies("response", "Response time"),
  ...latencies("ttft", "TTFT"),
  ...latencies("tpot", "TPOT"),
  ...latencies("itl", "ITL"),
  ...([
    ["transactions_per_minute", "Transactions per minute", "number", "ratio", false],
    ["goodput_per_minute", "Within the objectives, per minute", "number", "ratio", false],
    ["error_rate", "Error rate", "share", "points", true],
    ["accuracy", "Accuracy", "share", "points", false],
    ["similarity", "Similarity", "number", "points", false],
    ["cost_per_transaction", "Cost per transaction", "money", "ratio", true],
  ] as const).map(([name, title, unit, scale, lower_is_better]) => ({
    name,
    title,
    unit,
    scale,
    lower_is_better,
  })),
] as const;

/** How a figure is called, shown and judged. */
export type ComparedFigureKind = (typeof comparedFigures)[number];
export type ComparedName = ComparedFigureKind["name"];

/** One figure of one cell, or of all matched cells together. */
export interface ComparedFigure {
  readonly name: ComparedName;
  /** Of one cell; of several cells together the mean of those that are compared, the geometric one for ratios. */
  readonly baseline: number | null;
  readonly candidate: number | null;
  /** Fewest samples behind either side of any cell. */
  readonly n: number;
  readonly change: Change;
  /** Whether it is the one figure that decides. */
  readonly primary: boolean;
  /** The p-value after Holm's correction over what is tested beside it. */
  readonly corrected_p: number | null;
  readonly verdict: ComparisonVerdict;
  /** Whether it is better or worse by less than `min_effect` of the baseline: reported, but no regression. */
  readonly negligible: boolean;
}

/** One cell of the baseline and its counterpart. */
export interface ComparedCell {
  /** Of the baseline; the candidate's has the same name, unless other experiments are compared on purpose. */
  readonly experiment_name: string;
  readonly payload_file: string;
  readonly concurrency: number | null;
  readonly request_rate_rps: number | null;
  readonly figures: readonly ComparedFigure[];
}

/** One side of a comparison. */
export interface ComparedSide {
  /** `<general.name>/<run id>`. */
  readonly run: string;
  /** The experiment that is compared; null: all of them, each with the one of its name. */
  readonly experiment_name: string | null;
  /** When the run began, ISO 8601, UTC. */
  readonly created_at: string;
  readonly simulated: boolean;
}

/** One candidate against its baseline. */
export interface ComparedPair {
  readonly baseline: ComparedSide;
  readonly candidate: ComparedSide;
  /** What differs in config, versions, machine, client, prices: one sentence each. */
  readonly differences: readonly string[];
  /** What makes the comparison doubtful: other data, other load, cells without a counterpart. */
  readonly warnings: readonly string[];
  /** All matched cells together, each counting the same, the primary figure among them. */
  readonly overall: readonly ComparedFigure[];
  /** Each matched cell; none when there is only one. */
  readonly cells: readonly ComparedCell[];
  /** How many cells were matched. */
  readonly matched: number;
  /** Measured requests in each cell and on each side that it takes to find a change of `effect`; null: not known. */
  readonly requests_for_effect: number | null;
  /** Least relative change of the primary figure that the present requests find in 80 % of cases; null: not known. */
  readonly smallest_detectable: number | null;
}

/** How the primary figure went from run to run. */
export interface RunTrend {
  readonly runs: number;
  /** Relative change from one run to the next, on average. */
  readonly per_run: number;
  /** Its 95 % interval, by how the runs scatter about the line. */
  readonly low: number;
  readonly high: number;
}

/** The answer of `fmbench compare`. */
export interface Comparison {
  /** Which figure of the response time decides. */
  readonly statistic: LatencyStatistic;
  readonly primary: ComparedName;
  /** A change of less is reported but is no regression; 0: every one that is shown counts. */
  readonly min_effect: number;
  /** The change that the number of requests is given for. */
  readonly effect: number;
  readonly currency: string;
  readonly pairs: readonly ComparedPair[];
  /** From three runs on; null: fewer, or not the same cells in all of them. */
  readonly trend: RunTrend | null;
  /** Whether every figure can make a regression, not just the primary one. */
  readonly strict: boolean;
  readonly regression: boolean;
}
