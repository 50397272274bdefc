/** What became of the answers that were judged. */

import type { Estimate, Verdict, VerdictOutcome } from "../core/mod.ts";
import { groupedWilson, meanInterval } from "../metrics/mod.ts";
import { byCell, cellKey } from "./cell_names.ts";

/** What judging says of answers. */
export interface JudgedFigures {
  /** correct / (correct + incorrect), with its interval, in which answers to one prompt count as what they are: alike. */
  readonly accuracy: Estimate;
  /** Mean cosine of answer and nearest right answer; n counts those that are known. */
  readonly similarity: Estimate;
  /** Answers without a verdict (undecided, needs review) among those that have a ground truth. */
  readonly unjudged: Estimate;
}

/** The verdicts of one experiment, payload file and load. */
export interface AccuracyCell extends JudgedFigures {
  readonly experiment_name: string;
  readonly payload_file: string;
  /** null: judged without regard to the load. */
  readonly concurrency: number | null;
  readonly correct: number;
  readonly incorrect: number;
  readonly needs_review: number;
  readonly undecided: number;
  readonly no_ground_truth: number;
  /** Requests without an answer. */
  readonly failed: number;
}

/** Figures of any set of verdicts. */
export function judgedFigures(verdicts: readonly Verdict[]): JudgedFigures & Counts {
  const counts = countsOf(verdicts);
  return {
    ...counts,
    accuracy: fractionOf(verdicts, ["correct"], ["correct", "incorrect"]),
    similarity: meanInterval(
      byPrompt(verdicts).map((own) => own.flatMap(({ similarity }) => similarity ?? [])),
    ),
    unjudged: fractionOf(verdicts, open, [...open, "correct", "incorrect"]),
  };
}

const open: readonly VerdictOutcome[] = ["needs_review", "undecided"];

/** How many of some verdicts are what is looked for, by prompts. */
function fractionOf(
  verdicts: readonly Verdict[],
  wanted: readonly VerdictOutcome[],
  among: readonly VerdictOutcome[],
): Estimate {
  const counted = verdicts.filter(({ verdict }) => among.includes(verdict));
  return groupedWilson(
    byPrompt(counted).map((own) => ({
      successes: own.filter(({ verdict }) => wanted.includes(verdict)).length,
      n: own.length,
    })),
  );
}

function byPrompt(verdicts: readonly Verdict[]): Verdict[][] {
  const prompts = Map.groupBy(verdicts, ({ payload_file, payload_id }) => `${payload_file} ${payload_id}`);
  return [...prompts.values()];
}

type Counts = Pick<
  AccuracyCell,
  "correct" | "incorrect" | "needs_review" | "undecided" | "no_ground_truth" | "failed"
>;

function countsOf(verdicts: readonly Verdict[]): Counts {
  const counts = { correct: 0, incorrect: 0, needs_review: 0, undecided: 0, no_ground_truth: 0, failed: 0 };
  for (const { verdict } of verdicts) counts[verdict]++;
  return counts;
}

/** Counts verdicts by cell, sorted by experiment, payload file and concurrency. */
export function accuracyCells(verdicts: readonly Verdict[]): AccuracyCell[] {
  return [...Map.groupBy(verdicts, cellKey).values()].map((group) => {
    const { experiment_name, payload_file, concurrency } = group[0]!;
    return { experiment_name, payload_file, concurrency, ...judgedFigures(group) };
  }).sort(byCell);
}

/**
 * The figures that belong to a cell: each of its own load, else of its experiment and payload file whatever the load; null where
 * nothing there has that figure.
 */
export function judgedFiguresOf(
  cells: readonly AccuracyCell[],
  of: { experiment_name: string; payload_file: string; concurrency: number | null },
): { readonly [K in keyof JudgedFigures]: Estimate | null } {
  const figure = (name: keyof JudgedFigures) => {
    const candidates = cells.filter((cell) =>
      cell.experiment_name === of.experiment_name && cell.payload_file === of.payload_file && cell[name].n > 0
    );
    const own = candidates.find(({ concurrency }) => concurrency === of.concurrency) ??
      candidates.find(({ concurrency }) => concurrency === null);
    return own?.[name] ?? null;
  };
  return { accuracy: figure("accuracy"), similarity: figure("similarity"), unjudged: figure("unjudged") };
}
