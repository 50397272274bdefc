/** From the figures of matched cells to verdicts. */

import {
  type ComparedFigure,
  type ComparedFigureKind,
  comparedFigures,
  type ComparedName,
  type ComparisonVerdict,
  type Estimate,
  type Interval,
} from "../core/mod.ts";
import { changeOf, dependentMeanShift, meanShift, shiftBetween } from "./change.ts";
import { holm } from "./multiple_tests.ts";

/** What both sides measured of one cell. */
export interface MatchedCell {
  readonly payload_file: string;
  readonly baseline: Readonly<Record<ComparedName, Estimate | null>>;
  readonly candidate: Readonly<Record<ComparedName, Estimate | null>>;
}

/** Below this a p-value shows a difference. */
const level = 0.05;

/** Answers to the same prompts at several loads are no independent evidence. */
const ofAnswers: ReadonlySet<ComparedName> = new Set(["accuracy", "similarity"]);

interface Side {
  readonly payload_file: string;
  readonly from: Estimate;
  readonly to: Estimate;
  readonly shift: Interval;
}

/** The cells in which both sides know a figure. */
export function sidesOf(cells: readonly MatchedCell[], { name, scale }: ComparedFigureKind): Side[] {
  return cells.flatMap(({ payload_file, baseline, candidate }): Side[] => {
    const from = baseline[name];
    const to = candidate[name];
    const shift = from && to ? shiftBetween(from, to, scale) : null;
    return from && to && shift ? [{ payload_file, from, to, shift }] : [];
  });
}

/** The shift of a figure over all cells in which both sides know it, each counting the same; null without any. */
export function overallShift(cells: readonly MatchedCell[], kind: ComparedFigureKind): Interval | null {
  const sides = sidesOf(cells, kind);
  if (!ofAnswers.has(kind.name)) return meanShift(sides.map(({ shift }) => shift));
  const byFile = [...Map.groupBy(sides, ({ payload_file }) => payload_file).values()];
  return meanShift(byFile.map((own) => dependentMeanShift(own.map(({ shift }) => shift))!));
}

/**
 * Compares all figures of the cells together. The primary one keeps its p-value; the others are corrected by Holm's method, over all
 * that are tested.
 */
export function compareCells(
  cells: readonly MatchedCell[],
  primary: ComparedName,
  min_effect: number,
): ComparedFigure[] {
  const figures = comparedFigures.map((kind) => rawFigure(cells, kind, primary));
  const corrected = holm(figures.map((figure) => figure.primary ? null : figure.change.p_value));
  return figures.map((figure, i) =>
    withCorrection(figure, figure.primary ? figure.change.p_value : corrected[i]!, min_effect)
  );
}

/** Compares each cell by itself; Holm's correction goes over all figures of all cells, without a primary one. */
export function compareEachCell(
  cells: readonly MatchedCell[],
  min_effect: number,
): ComparedFigure[][] {
  const raw = cells.map((cell) => comparedFigures.map((kind) => rawFigure([cell], kind, null)));
  const corrected = holm(raw.flatMap((figures) => figures.map(({ change }) => change.p_value)));
  return raw.map((figures, row) =>
    figures.map((figure, i) => withCorrection(figure, corrected[row * figures.length + i]!, min_effect))
  );
}

type RawFigure = Omit<ComparedFigure, "corrected_p" | "verdict" | "negligible">;

function rawFigure(
  cells: readonly MatchedCell[],
  kind: ComparedFigureKind,
  primary: ComparedName | null,
): RawFigure {
  const sides = sidesOf(cells, kind);
  const single = cells.length === 1 ? cells[0]! : null;
  return {
    name: kind.name,
    baseline: single === null ? typical(sides.map(({ from }) => from), kind) : valueOf(single.baseline, kind),
    candidate: single === null ? typical(sides.map(({ to }) => to), kind) : valueOf(single.candidate, kind),
    n: sides.reduce((least, { from, to }) => Math.min(least, from.n, to.n), sides[0]?.from.n ?? 0),
    change: changeOf(overallShift(cells, kind), kind.scale),
    primary: kind.name === primary,
  };
}

const valueOf = (of: MatchedCell["baseline"], { name }: ComparedFigureKind) => of[name]?.value ?? null;

/** The mean over cells, on the scale of the figure; of cells that are compared every value is known. */
function typical(estimates: readonly Estimate[], { scale }: ComparedFigureKind): number | null {
  if (estimates.length === 0) return null;
  const at = (value: number) => scale === "ratio" ? Math.log(value) : value;
  const mean = estimates.reduce((sum, { value }) => sum + at(value!), 0) / estimates.length;
  return scale === "ratio" ? Math.exp(mean) : mean;
}

/** A figure with its verdict under another p-value: of several candidates, the primary figures are corrected together. */
export function withCorrection(
  figure: RawFigure,
  corrected_p: number | null,
  min_effect: number,
): ComparedFigure {
  const verdict = verdictOf(figure, corrected_p);
  const shown = verdict === "better" || verdict === "worse";
  return { ...figure, corrected_p, verdict, negligible: shown && relative(figure) < min_effect };
}

function verdictOf({ name, change }: RawFigure, p: number | null): ComparisonVerdict {
  if (change.value === null || p === null) return "not enough data";
  if (p >= level) return "no difference shown";
  const { lower_is_better } = comparedFigures.find((kind) => kind.name === name)!;
  return (change.value < 0) === lower_is_better ? "better" : "worse";
}

/** Size of a change relative to the baseline; from a baseline of 0 every change is infinitely large. */
function relative({ baseline, change }: RawFigure): number {
  const size = Math.abs(change.value ?? 0);
  return change.scale === "ratio" || size === 0 ? size : size / Math.abs(baseline ?? 0);
}
