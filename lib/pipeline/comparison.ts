/** Runs, or experiments, side by side: what became better, worse, or can't be told. */

import type { CellEstimates } from "../analyze/mod.ts";
import {
  comparedFigures,
  type ComparedName,
  type ComparedPair,
  type ComparedSide,
  type Comparison,
  describeLoad,
  type LatencyStatistic,
  type Objectives,
  UserError,
} from "../core/mod.ts";
import {
  compareCells,
  compareEachCell,
  holm,
  lineThrough,
  type MatchedCell,
  overallShift,
  sampleSizeFor,
  sidesOf,
  smallestDetectable,
  withCorrection,
} from "../metrics/mod.ts";
import { openToCompare, type RunToCompare } from "./compared_run.ts";
import { runDifferences } from "./run_differences.ts";

/** What is to be compared, and how. */
export interface CompareOptions {
  /** Run directories; the first is the baseline. */
  readonly runs: readonly string[];
  /** Compare every experiment with the first one of the baseline, whatever their names. */
  readonly acrossModels?: boolean;
  /** Experiments of the baseline, each with the one that it is compared with, in the other runs or in the same. */
  readonly experiments?: readonly (readonly [baseline: string, candidate: string])[];
  /** A relative change of less is reported but is no regression. Default 0. */
  readonly minEffect?: number;
  /** The relative change that the number of requests is given for. Default: `minEffect`, or 0.05 where that is 0. */
  readonly effect?: number;
  /** Whether every figure can make a regression. */
  readonly strict?: boolean;
  /** Which figure of the response time decides. Default: `report.latency_statistic` of the baseline. */
  readonly statistic?: LatencyStatistic;
}

interface Side {
  readonly run: RunToCompare;
  /** null: all, each with the one of its name. */
  readonly experiment: string | null;
}

type Cells = ReadonlyMap<RunToCompare, readonly CellEstimates[]>;

/**
 * Compares finished runs. Nothing is sent, and nothing is written but a `requests.parquet` that is missing.
 *
 * @throws {UserError} if a folder holds no finished run, an experiment is not there, or nothing has a counterpart
 */
export async function compareRuns(options: CompareOptions): Promise<Comparison> {
  const runs: RunToCompare[] = [];
  for (const folder of options.runs) runs.push(await openToCompare(folder));
  const asked = pairsOf(runs, options);
  const baseline = runs[0]!;
  const statistic = options.statistic ?? baseline.statistic;
  const primary: ComparedName = `response_${statistic}_ms`;
  const min_effect = options.minEffect ?? 0;
  const settings = { primary, min_effect, effect: options.effect ?? (min_effect || 0.05) };
  const cells = await measured(runs, baseline.objectives);
  const compared = asked.map(([from, to]) => comparePair(from, to, cells, settings));
  const pairs = correctedTogether(compared.map(({ pair }) => pair), min_effect);
  const strict = options.strict ?? false;
  return {
    statistic,
    ...settings,
    currency: baseline.prices.meta.currency,
    pairs,
    trend: trendOf(compared, options),
    strict,
    regression: pairs.some((pair) => isRegression(pair, strict)),
  };
}

async function measured(runs: readonly RunToCompare[], objectives: Objectives): Promise<Cells> {
  const cells = new Map<RunToCompare, readonly CellEstimates[]>();
  for (const run of runs) cells.set(run, await run.cells(objectives));
  return cells;
}

/** Which side is compared with which. */
function pairsOf(
  runs: readonly RunToCompare[],
  { acrossModels = false, experiments = [] }: CompareOptions,
): [Side, Side][] {
  const [baseline, ...others] = runs as [RunToCompare, ...RunToCompare[]];
  const candidates = others.length === 0 ? [baseline] : others;
  if (experiments.length > 0) {
    return experiments.flatMap(([from, to]) =>
      candidates.map((run): [Side, Side] => [sideOf(baseline, from), sideOf(run, to)])
    );
  }
  if (acrossModels) {
    const first = sideOf(baseline, baseline.experiments[0]!);
    const rest = runs.flatMap((run) => run.experiments.map((name) => sideOf(run, name)))
      .filter((side) => side.run !== first.run || side.experiment !== first.experiment);
    if (rest.length > 0) return rest.map((side) => [first, side]);
    throw nothingToCompare(baseline, "it has one experiment only");
  }
  if (others.length > 0) {
    return others.map((run) => [{ run: baseline, experiment: null }, { run, experiment: null }]);
  }
  throw nothingToCompare(baseline, "no other run is named");
}

function nothingToCompare({ run }: RunToCompare, found: string): UserError {
  return new UserError({
    action: "compare",
    thing: run.paths.root,
    found,
    expected: "two runs, or two experiments of one",
    remedy: "Name another run, or experiments of this one by `--across models` or `--pair alpha=beta`.",
  });
}

function sideOf(run: RunToCompare, experiment: string): Side {
  if (run.experiments.includes(experiment)) return { run, experiment };
  throw new UserError({
    action: "compare the experiment",
    thing: experiment,
    found: `${run.run.id} has none of that name`,
    expected: run.experiments.join(", "),
  });
}

interface Settings {
  readonly primary: ComparedName;
  readonly min_effect: number;
  readonly effect: number;
}

interface Compared {
  readonly pair: ComparedPair;
  /** The change of the primary figure, in logarithms; null: not known. */
  readonly shift: number | null;
  readonly names: readonly string[];
}

function comparePair(
  from: Side,
  to: Side,
  cells: Cells,
  { primary, min_effect, effect }: Settings,
): Compared {
  const { matched, warnings } = matchCells(from, to, cells);
  const { differences, warnings: graver } = runDifferences(from.run, to.run);
  const kind = comparedFigures.find(({ name }) => name === primary)!;
  const shift = overallShift(matched, kind);
  const each = matched.length > 1 ? compareEachCell(matched, min_effect) : [];
  return {
    shift: shift?.value ?? null,
    names: matched.map(({ name }) => name),
    pair: {
      baseline: describe(from),
      candidate: describe(to),
      differences,
      warnings: [...sameRequests(from, to), ...graver, ...warnings],
      overall: compareCells(matched, primary, min_effect),
      cells: each.map((figures, i) => {
        const { experiment_name, payload_file, concurrency, request_rate_rps } = matched[i]!;
        return { experiment_name, payload_file, concurrency, request_rate_rps, figures };
      }),
      matched: matched.length,
      requests_for_effect: shift === null
        ? null
        : sampleSizeFor({ shift, sides: sidesOf(matched, kind) }, effect),
      smallest_detectable: shift === null ? null : smallestDetectable(shift),
    },
  };
}

function sameRequests(from: Side, to: Side): string[] {
  const same = from.run.manifest.run_id === to.run.manifest.run_id && from.experiment === to.experiment;
  return same ? ["Both sides are the same requests: only prices and judgements can differ."] : [];
}

function describe({ run: { manifest }, experiment }: Side): ComparedSide {
  const { name, run_id, created_at, simulated } = manifest;
  return { run: `${name}/${run_id}`, experiment_name: experiment, created_at, simulated };
}

type NamedCell = MatchedCell & Omit<CellEstimates, "estimates"> & { readonly name: string };

function matchCells(from: Side, to: Side, cells: Cells) {
  const of = ({ run, experiment }: Side) =>
    cells.get(run)!.filter(({ experiment_name }) => experiment === null || experiment_name === experiment);
  const candidates = new Map(of(to).map((cell) => [cellName(cell, to), cell]));
  const matched: NamedCell[] = [];
  const lonely: string[] = [];
  for (const cell of of(from)) {
    const name = cellName(cell, from);
    const partner = candidates.get(name);
    candidates.delete(name);
    if (partner === undefined) lonely.push(shownName(cell));
    else matched.push({ ...cell, name, baseline: cell.estimates, candidate: partner.estimates });
  }
  if (matched.length === 0) {
    throw new UserError({
      action: "compare",
      thing: to.run.run.paths.root,
      found: "no cell of it has the payload file and the load of one of the baseline" +
        (from.experiment === null ? ", in an experiment of the same name" : ""),
      expected: `one of ${lonely.join("; ")}`,
      remedy: "Experiments of other names are compared by `--across models` or `--pair alpha=beta`.",
    });
  }
  return {
    matched,
    warnings: [
      ...(lonely.length === 0 ? [] : [`Only the baseline has: ${lonely.join("; ")}.`]),
      ...(candidates.size === 0
        ? []
        : [`Only the candidate has: ${[...candidates.values()].map(shownName).join("; ")}.`]),
    ],
  };
}

/** What has to agree for two cells to be compared. */
function cellName(cell: CellEstimates, { experiment }: Side): string {
  const { experiment_name, payload_file, concurrency, request_rate_rps } = cell;
  const own = experiment === null ? experiment_name : null;
  return JSON.stringify([own, payload_file, concurrency, request_rate_rps]);
}

function shownName(cell: CellEstimates): string {
  return `${cell.experiment_name}, ${cell.payload_file}, ${describeLoad(cell)}`;
}

/** The primary figures of several candidates are as many tests: they are corrected together. */
function correctedTogether(pairs: readonly ComparedPair[], min_effect: number): ComparedPair[] {
  const p_values = pairs.map(({ overall }) => overall.find(({ primary }) => primary)!.change.p_value);
  const corrected = holm(p_values);
  return pairs.map((pair, i) => ({
    ...pair,
    overall: pair.overall.map((figure) =>
      figure.primary ? withCorrection(figure, corrected[i]!, min_effect) : figure
    ),
  }));
}

function isRegression({ overall, cells }: ComparedPair, strict: boolean): boolean {
  const figures = strict
    ? [...overall, ...cells.flatMap((cell) => cell.figures)]
    : overall.filter(({ primary }) => primary);
  return figures.some(({ verdict, negligible }) => verdict === "worse" && !negligible);
}

/** The line through the primary figure of all runs, where all were measured in the same cells. */
function trendOf(compared: readonly Compared[], options: CompareOptions): Comparison["trend"] {
  const names = JSON.stringify(compared[0]!.names);
  const alike = compared.every((one) => JSON.stringify(one.names) === names && one.shift !== null);
  const byRun = !options.acrossModels && (options.experiments ?? []).length === 0;
  if (!byRun || !alike || compared.length < 2) return null;
  const line = lineThrough([0, ...compared.map(({ shift }) => shift!)]);
  const [per_run, low, high] = [line.value, line.low, line.high].map((end) => Math.expm1(end!));
  return { runs: compared.length + 1, per_run: per_run!, low: low!, high: high! };
}
