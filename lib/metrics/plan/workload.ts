/** W and L, settled: what is asked for, and what was measured where nothing is asked for. */

import {
  type Budgets,
  type CellSummary,
  type Recommendation,
  showNumber,
  type Workload,
} from "../../core/mod.ts";

/** What is asked for; null: not said. */
export interface WorkloadWish {
  readonly requests_per_minute: number | null;
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_seconds: number | null;
  /** Which payload file speaks for the workload. @default the nearest in tokens, or the one of interest */
  readonly payload_file?: string | null;
}

export interface MeasuredTokens {
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
}

/** A workload with the payload file that speaks for it. */
export interface SettledWorkload {
  readonly payload_file: string;
  readonly measured: MeasuredTokens;
  readonly workload: Workload;
}

/**
 * Settles a workload on what was measured; null when nothing was.
 *
 * The payload file is the one that is named, else the one whose prompts and answers are nearest in tokens (by ratio) to those
 * asked for, else the one of interest. The rate, where none is asked for, is what the option recommended for that file got
 * through, or the most that any got through; L is the latency budget.
 *
 * @throws {RangeError} if the named file was not measured
 */
export function settleWorkload(
  wish: WorkloadWish | null,
  of: {
    readonly cells: readonly CellSummary[];
    readonly recommendations: readonly Recommendation[];
    readonly budgets: Budgets;
    readonly dataset_of_interest: string;
  },
): SettledWorkload | null {
  const files = [...new Set(of.cells.map(({ payload_file }) => payload_file))]
    .sort((a, b) => Number(b === of.dataset_of_interest) - Number(a === of.dataset_of_interest));
  const named = wish?.payload_file ?? null;
  if (named !== null && !files.includes(named)) {
    throw new RangeError(`Cannot plan for ${named}: it was not measured; there are ${files.join(", ")}`);
  }
  const payload_file = named ?? nearest(files, wish, of.cells);
  if (payload_file === null) return null;
  const cells = of.cells.filter((cell) => cell.payload_file === payload_file);
  const best = of.recommendations.find((one) => one.payload_file === payload_file)?.best ?? null;
  const rate = wish?.requests_per_minute ?? best?.transactions_per_minute ??
    cells.reduce((most, cell) => Math.max(most, cell.transactions_per_minute ?? 0), 0);
  if (rate === 0) return null;
  return {
    payload_file,
    measured: tokensOf(cells),
    workload: {
      requests_per_minute: rate,
      prompt_tokens: wish?.prompt_tokens ?? null,
      output_tokens: wish?.output_tokens ?? null,
      latency_seconds: wish?.latency_seconds ?? of.budgets.latency_budget,
      latency_statistic: of.budgets.latency_statistic,
      from: (wish?.requests_per_minute ?? null) === null ? "measured" : "config",
    },
  };
}

/** From here on a difference in tokens is said: it is more than intervals of the latency usually are wide. */
const toldDifference = 0.1;

/** How the lengths that were measured differ from those asked for, in words; nothing within a tenth. */
export function differences({ measured, workload }: SettledWorkload): string[] {
  return ([
    ["prompts", workload.prompt_tokens, measured.prompt_tokens],
    ["answers", workload.output_tokens, measured.output_tokens],
  ] as const).flatMap(([what, asked, found]) => {
    if (asked === null) return [];
    if (found === null) return [`tokens of ${what} were not counted`];
    if (Math.abs(found / asked - 1) <= toldDifference) return [];
    const shorter = found < asked
      ? "; longer ones take longer, so more replicas than planned may be needed"
      : "";
    return [
      `${what} of ${showNumber(asked)} tokens are asked for, those measured have ${
        showNumber(found)
      } on average${shorter}`,
    ];
  });
}

/** The file with the least distance, the sum of |ln(measured / asked)| over what is asked for; of equals the first. */
function nearest(
  files: readonly string[],
  wish: WorkloadWish | null,
  cells: readonly CellSummary[],
): string | null {
  const distances = files.map((file) => {
    const measured = tokensOf(cells.filter(({ payload_file }) => payload_file === file));
    return apart(measured.prompt_tokens, wish?.prompt_tokens ?? null) +
      apart(measured.output_tokens, wish?.output_tokens ?? null);
  });
  const least = Math.min(...distances);
  return files[distances.indexOf(least)] ?? null;
}

/** Beyond any ratio of lengths, but a number: tokens that were not counted fit nothing that is asked for. */
const unknownDistance = 100;

function apart(measured: number | null, asked: number | null): number {
  if (asked === null) return 0;
  return measured === null || measured <= 0 ? unknownDistance : Math.abs(Math.log(measured / asked));
}

/** Means over the successes of all cells; null where no cell knows. */
function tokensOf(cells: readonly CellSummary[]): MeasuredTokens {
  const mean = (figure: (cell: CellSummary) => number | null) => {
    const known = cells.flatMap((cell) => {
      const value = figure(cell);
      return value === null ? [] : [{ value, weight: cell.ok }];
    });
    const weights = known.reduce((sum, { weight }) => sum + weight, 0);
    return weights === 0 ? null : known.reduce((sum, { value, weight }) => sum + value * weight, 0) / weights;
  };
  return {
    prompt_tokens: mean((cell) => cell.prompt_tokens_mean),
    output_tokens: mean((cell) => cell.completion_tokens_mean),
  };
}
