/** What `fmbench compare` says, as Markdown. */

import {
  type ComparedCell,
  type ComparedFigure,
  comparedFigures,
  type ComparedPair,
  type ComparedSide,
  type Comparison,
  describeLoad,
  escapeMarkdown,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { type Column, fileName, money, paragraphs, table } from "./markdown.ts";

/** The whole comparison: the answer in words, what makes it doubtful, tables, and how it was made. */
export function comparisonReport(comparison: Comparison): string {
  const { pairs } = comparison;
  return paragraphs(
    `# ${heading(pairs)}`,
    pairs.some(({ baseline, candidate }) => baseline.simulated || candidate.simulated)
      ? "**Simulated endpoint**: the embedded endpoint answered, whose timings and prices are made up."
      : null,
    pairs.map((pair) => verdictSentence(pair, comparison, pairs.length > 1)).join("\n\n"),
    trendSentence(comparison),
    pairs.length > 1 ? sideBySide(comparison) : null,
    ...pairs.map((pair) => pairSection(pair, comparison)),
    howItIsMade(comparison),
  );
}

function heading(pairs: readonly ComparedPair[]): string {
  const { baseline, candidate } = pairs[0]!;
  return pairs.length === 1
    ? `Comparison: ${sideName(candidate)} with ${sideName(baseline)}`
    : `Comparison of ${pairs.length} with ${sideName(baseline)}`;
}

function sideName({ run, experiment_name }: ComparedSide): string {
  return escapeMarkdown(experiment_name === null ? run : `${experiment_name} of ${run}`);
}

const kindOf = ({ name }: Pick<ComparedFigure, "name">) =>
  comparedFigures.find((kind) => kind.name === name)!;
const primaryOf = ({ overall }: ComparedPair) => overall.find(({ primary }) => primary)!;

/** What became of the primary figure, and what the requests could show. */
function verdictSentence(pair: ComparedPair, comparison: Comparison, named: boolean): string {
  const { requests_for_effect, smallest_detectable, matched } = pair;
  const figure = primaryOf(pair);
  const { verdict, corrected_p, negligible } = figure;
  const over = matched === 1 ? "" : `, over ${matched} cells`;
  const who = named ? `${sideName(pair.candidate)}: ` : "";
  const said = verdict === "not enough data"
    ? `${over}. ${tooFew(comparison)}`
    : `: ${changeText(figure)} (${interval(figure)}; ${pText(corrected_p)}${over}).`;
  const small = negligible
    ? ` That is less than the ${showPercent(comparison.min_effect)} from which on it counts as a regression.`
    : "";
  const detectable = smallest_detectable === null
    ? ""
    : ` In four of five cases these requests show a change of ${showPercent(smallest_detectable)};`;
  const needed = requests_for_effect === null
    ? ""
    : ` to see ${showPercent(comparison.effect)} takes about ${
      showNumber(requests_for_effect, 2)
    } requests in each cell on each side.`;
  return `${who}${
    statisticName(comparison)
  } of the response time – **${verdict}**${said}${small}${detectable}${needed}`;
}

function tooFew({ statistic }: Comparison): string {
  const least = { p50: 6, p95: 72, p99: 368, mean: 2 }[statistic];
  return `Its interval takes ${least} requests in each cell at least, more where neighbours resemble each other` +
    (statistic === "p95" || statistic === "p99" ? "; `--statistic p50` or `mean` takes fewer." : ".");
}

function statisticName({ statistic }: Comparison): string {
  return statistic === "mean" ? "Mean" : statistic;
}

function trendSentence({ trend, statistic }: Comparison): string | null {
  if (trend === null) return null;
  const { runs, per_run, low, high } = trend;
  const shown = low > 0 || high < 0 ? "It is rising or falling beyond chance" : "No trend is shown";
  return `Over the ${runs} runs in the order given the ${statistic} of the response time changed by ${
    signedPercent(per_run)
  } a run (95 % interval ${signedPercent(low)} to ${
    signedPercent(high)
  }, by how the runs scatter about a line). ${shown}.`;
}

/** The primary figure of every candidate beside the baseline's. */
function sideBySide({ pairs, statistic }: Comparison): string {
  const columns: Column<ComparedPair>[] = [
    { heading: "Baseline", align: "left", cell: ({ baseline }) => sideName(baseline) },
    { heading: "Candidate", align: "left", cell: ({ candidate }) => sideName(candidate) },
    { heading: "Began (UTC)", align: "left", cell: ({ candidate }) => minute(candidate.created_at) },
    { heading: `${statistic} of the baseline (ms)`, cell: (pair) => showNumber(primaryOf(pair).baseline) },
    { heading: `${statistic} (ms)`, cell: (pair) => showNumber(primaryOf(pair).candidate) },
    { heading: "Change", cell: (pair) => changeText(primaryOf(pair)) },
    { heading: "95 % interval", cell: (pair) => interval(primaryOf(pair)) },
    { heading: "p", cell: (pair) => showP(primaryOf(pair).corrected_p) },
    { heading: "Verdict", align: "left", cell: (pair) => verdictText(primaryOf(pair)) },
  ];
  return table(pairs, columns);
}

const minute = (at: string) => escapeMarkdown(at.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}).*$/, "$1 $2"));

function pairSection(pair: ComparedPair, comparison: Comparison): string {
  const { baseline, candidate, overall, cells, differences, warnings, matched } = pair;
  const known = (figures: readonly ComparedFigure[]) =>
    figures.filter((figure) => figure.baseline !== null || figure.candidate !== null);
  const several = matched > 1;
  return paragraphs(
    `## ${sideName(candidate)} with ${sideName(baseline)}`,
    quoted(warnings),
    several
      ? `All ${matched} cells together, each counting the same; values are means over the cells.`
      : null,
    table(known(overall), figureColumns(comparison)),
    differences.length === 0 ? null : paragraphs(
      "Besides, these differ:",
      differences.map((text) => `- ${escapeMarkdown(text)}`).join("\n"),
    ),
    several ? cellTables(cells, comparison) : null,
  );
}

/** The deciding figure of each cell, and what else of single cells is better or worse. */
function cellTables(cells: readonly ComparedCell[], comparison: Comparison): string {
  const rows = (wanted: (figure: ComparedFigure) => boolean) =>
    cells.flatMap((cell) => cell.figures.filter(wanted).map((figure) => ({ cell, figure })));
  const others = rows(({ name, verdict }) =>
    name !== comparison.primary && (verdict === "better" || verdict === "worse")
  );
  return paragraphs(
    "### Cell by cell",
    table(rows(({ name }) => name === comparison.primary), cellColumns(comparison)),
    others.length === 0
      ? "No other figure of a single cell is shown to be better or worse."
      : "Other figures of single cells that are better or worse:",
    others.length === 0 ? null : table(others, cellColumns(comparison)),
  );
}

interface CellRow {
  readonly cell: ComparedCell;
  readonly figure: ComparedFigure;
}

function cellColumns(comparison: Comparison): Column<CellRow>[] {
  const columns = figureColumns(comparison).map(({ cell, ...column }): Column<CellRow> => ({
    ...column,
    cell: ({ figure }) => cell(figure),
  }));
  return [{ heading: "Cell", align: "left", cell: ({ cell }) => cellTitle(cell) }, ...columns];
}

function quoted(warnings: readonly string[]): string | null {
  if (warnings.length === 0) return null;
  return ["> **Warnings**", ">", ...warnings.map((text) => `> - ${escapeMarkdown(text)}`)].join("\n");
}

function cellTitle(cell: ComparedCell): string {
  return `${escapeMarkdown(cell.experiment_name)}, ${fileName(cell.payload_file)}, ${describeLoad(cell)}`;
}

function figureColumns({ currency }: Comparison): Column<ComparedFigure>[] {
  const value = (of: ComparedFigure, side: "baseline" | "candidate") => valueText(of, of[side], currency);
  return [
    {
      heading: "Figure",
      align: "left",
      cell: (figure) => figure.primary ? `**${kindOf(figure).title}**` : kindOf(figure).title,
    },
    { heading: "Baseline", cell: (figure) => value(figure, "baseline") },
    { heading: "Candidate", cell: (figure) => value(figure, "candidate") },
    { heading: "n", cell: ({ n }) => n === 0 ? "–" : showNumber(n, 12) },
    { heading: "Difference", cell: (figure) => differenceText(figure, currency) },
    { heading: "Change", cell: (figure) => figure.change.scale === "ratio" ? changeText(figure) : "–" },
    { heading: "95 % interval", cell: interval },
    { heading: "p", cell: ({ corrected_p }) => showP(corrected_p) },
    { heading: "Verdict", align: "left", cell: verdictText },
  ];
}

function valueText(figure: Pick<ComparedFigure, "name">, value: number | null, currency: string): string {
  if (value === null) return "–";
  const { unit } = kindOf(figure);
  if (unit === "money") return money(value, currency);
  return unit === "share"
    ? showPercent(value)
    : unit === "ms"
    ? `${showNumber(value)} ms`
    : showNumber(value);
}

function signed(value: number, show: (size: number) => string): string {
  return value === 0 ? show(0) : `${value > 0 ? "+" : "−"}${show(Math.abs(value))}`;
}

const signedPercent = (fraction: number) => signed(fraction, showPercent);

/** A change as its scale has it: `+5 %`, or points of a fraction. */
function ended(figure: Pick<ComparedFigure, "name" | "change">, at: number | null): string {
  if (at === null) return "open";
  if (figure.change.scale === "ratio") return signedPercent(at);
  return kindOf(figure).unit === "share"
    ? `${signed(at * 100, (size) => showNumber(size))} points`
    : signed(at, (size) => showNumber(size));
}

/** In the unit of the figure; of fractions in points. */
function differenceText(figure: ComparedFigure, currency: string): string {
  const { baseline, candidate, change } = figure;
  if (change.scale === "points") return changeText(figure);
  if (baseline === null || candidate === null) return "–";
  return signed(candidate - baseline, (size) => valueText(figure, size, currency));
}

function changeText(figure: ComparedFigure): string {
  return figure.change.value === null ? "–" : ended(figure, figure.change.value);
}

function interval(figure: ComparedFigure): string {
  const { value, low, high } = figure.change;
  if (value === null || (low === null && high === null)) return "–";
  return `${ended(figure, low)} to ${ended(figure, high)}`;
}

function showP(p: number | null): string {
  return p === null ? "–" : p < 0.001 ? "&lt; 0.001" : p.toFixed(3);
}

const pText = (p: number | null) => p !== null && p < 0.001 ? "p &lt; 0.001" : `p = ${showP(p)}`;

function verdictText({ verdict, negligible }: ComparedFigure): string {
  return negligible ? `${verdict}, by little` : verdict;
}

function howItIsMade({ statistic, strict, min_effect, regression, pairs }: Comparison): string {
  const counts = strict ? "any figure" : `the ${statistic} of the response time`;
  const least = min_effect > 0 ? ` by ${showPercent(min_effect)} or more` : "";
  return paragraphs(
    `**${regression ? "Regression" : "No regression"}**: it would be one if ${counts} became worse${least}.`,
    "How this is made: intervals take into account that neighbouring requests resemble each other. A figure is better or worse when its " +
      "95 % interval leaves out no change. The figure in bold decides" +
      (pairs.length > 1 ? "; its p-values are corrected for the number of candidates (Holm)" : "") +
      ". The p-values of all others of a table, or of all cells, are corrected for their number (Holm), so that an interval may leave out no " +
      "change and the verdict still be that none is shown. That no difference is shown does not mean that there is none: " +
      "it may be smaller than these requests can show.",
  );
}
