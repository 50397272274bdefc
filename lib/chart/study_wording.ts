/** How the charts of a study name and show its figures. */

import {
  type Estimate,
  showNumber,
  showPercent,
  type StudyFigure,
  type StudyFigureKind,
  studyFigureKinds,
} from "../core/mod.ts";
import { latencyUnit } from "./axis.ts";

/** A figure of a study with the unit in which a chart shows it. */
export interface ShownFigure extends StudyFigureKind {
  /** With its unit, for an axis: `Time to first token (ms)`. */
  readonly label: string;
  /** From the figure's own unit to the shown one: divide by it. */
  readonly scale: number;
  readonly unitName: string;
}

/** The figure in a unit that suits its values: of latencies milliseconds, or seconds. */
export function shownFigure(figure: StudyFigure, values: readonly number[]): ShownFigure {
  const kind = studyFigureKinds[figure];
  const { name, ms } = kind.unit === "ms" ? latencyUnit(values) : { name: kind.unit, ms: 1 };
  return { ...kind, label: `${kind.title} (${name})`, scale: ms, unitName: name };
}

/** A value of the figure in words: `312 ms`. */
export function showFigure({ scale, unitName }: ShownFigure, value: number): string {
  return `${showNumber(value / scale)} ${unitName}`;
}

/** A change: `−20.1 %`, `+3 %`, `0 %`. */
export function showChange(change: number): string {
  return change === 0 ? "0 %" : `${change > 0 ? "+" : "−"}${showPercent(Math.abs(change))}`;
}

/** What is said where a reader points at an estimate: `312 (95 %: 300 to 325), n = 900`. */
export function plainInterval(
  { low, high }: Pick<Estimate, "low" | "high">,
  show: (value: number) => string,
) {
  return `${low === null ? "open" : show(low)} to ${high === null ? "open" : show(high)}`;
}

/** `22 Nov 14:05`, UTC. */
export function showTime(at_ms: number): string {
  const iso = new Date(at_ms).toISOString();
  return `${showDay(at_ms)} ${iso.slice(11, 16)}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `22 Nov`, UTC. */
export function showDay(at_ms: number): string {
  const day = new Date(at_ms);
  return `${day.getUTCDate()} ${months[day.getUTCMonth()]!}`;
}
