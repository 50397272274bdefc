/** Latencies and speeds of every variant of a study. */

import {
  escapeMarkdown,
  showNumber,
  type StudyFigure,
  studyFigureKinds,
  type StudyFigures,
  type StudyVariant,
} from "../core/mod.ts";
import { type Column, figureWithInterval, paragraphs, sampleNotes, table, unitOf } from "./markdown.ts";

const shown: readonly StudyFigure[] = ["ttft_ms", "output_tokens_per_s", "e2e_ms"];
const percentiles = ["p10", "p50", "p90", "p99"] as const;

/** A table a figure: a line a variant with p10, p50, p90 and p99 and their intervals; "" without a call. */
export function variantTable({ variants }: StudyFigures): string {
  if (variants.every(({ calls }) => calls === 0)) return "";
  const tables = shown.filter((figure) => variants.some((variant) => variant[figure].p50.n > 0)).map((
    figure,
  ) => `**${heading(figure, variants)}**\n\n${table(variants, columns(figure, variants))}`);
  return paragraphs(
    ...tables,
    "In brackets the 95 % interval, which allows for calls with the same prompt resembling each other. n: successful calls on a connection that was " +
      "open already, served as asked. Of times the high percentiles are the slow tail, of the speed the low ones: a tenth of the answers " +
      "is slower than its p10.",
    ...sampleNotes(
      variants.flatMap((variant) => shown.flatMap((figure) => percentiles.map((p) => variant[figure][p]))),
    ),
  );
}

function unitFor(figure: StudyFigure, variants: readonly StudyVariant[]): { name: string; ms: number } {
  if (studyFigureKinds[figure].unit !== "ms") return { name: studyFigureKinds[figure].unit, ms: 1 };
  return unitOf(variants.flatMap((variant) => percentiles.map((p) => variant[figure][p].value)));
}

function heading(figure: StudyFigure, variants: readonly StudyVariant[]): string {
  return `${studyFigureKinds[figure].title} (${unitFor(figure, variants).name})`;
}

function columns(figure: StudyFigure, variants: readonly StudyVariant[]): Column<StudyVariant>[] {
  const unit = unitFor(figure, variants).ms;
  const slow = studyFigureKinds[figure].lower_is_better ? "p99" : "p10";
  return [
    ...variantColumns(variants),
    { heading: "n", cell: (variant) => showNumber(variant[figure].p50.n, 12) },
    { heading: "Prompts", cell: ({ prompts }) => showNumber(prompts, 12) },
    ...percentiles.map((p): Column<StudyVariant> => ({
      heading: p === "p50" ? "p50 (median)" : p === slow ? `${p} (slow tail)` : p,
      cell: (variant) => figureWithInterval(variant[figure][p], unit),
    })),
  ];
}

/** Who a variant is: its name, and what of region, profile and tier the names do not tell. */
export function variantColumns(variants: readonly StudyVariant[]): Column<StudyVariant>[] {
  const extra = (
    heading: string,
    of: (variant: StudyVariant) => string | null,
  ): Column<StudyVariant>[] => {
    const untold = variants.some((variant) => {
      const value = of(variant);
      return value !== null && !variant.experiment_name.includes(value);
    });
    return untold ? [{ heading, align: "left", cell: (variant) => escapeMarkdown(of(variant) ?? "–") }] : [];
  };
  return [
    { heading: "Variant", align: "left", cell: ({ experiment_name }) => escapeMarkdown(experiment_name) },
    ...extra("Region", ({ region }) => region),
    ...extra("Profile asked", ({ profile }) => profile),
    ...extra("Tier", ({ service_tier }) => service_tier),
  ];
}
