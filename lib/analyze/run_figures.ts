/** Everything that is made of single requests, in one pass over them. */

import type { CellSummary, ExperimentCost } from "../core/mod.ts";
import { type Cell, cellKey, eachCellAhead, known } from "./attempts.ts";
import { cellSummaries, type SummarizeOptions } from "./cell_summary.ts";
import { type CellUse, costsOf, useOf } from "./experiment_cost.ts";
import type { Requests } from "./frame.ts";
import { letGo } from "./native_memory.ts";

/** Sums of known tokens of the successes of a cell. */
export interface CellTokens {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

/** The figures of a run. */
export interface RunFigures {
  /** As `summarize` gives them. */
  readonly cells: readonly CellSummary[];
  /** As `experimentCosts` gives them. */
  readonly costs: readonly ExperimentCost[];
  /** By `cellKey`. */
  readonly tokens: ReadonlyMap<string, CellTokens>;
}

/**
 * The figures of a table of attempts, which is read once; no more than one cell of it is held as rows at a time.
 *
 * @throws {RangeError} if an attempt belongs to no level
 */
export async function runFigures(requests: Requests, options: SummarizeOptions): Promise<RunFigures> {
  const summarizeNext = cellSummaries(options);
  const cells: CellSummary[] = [];
  const uses: CellUse[] = [];
  const tokens = new Map<string, CellTokens>();
  for await (const cell of eachCellAhead(requests)) {
    cells.push(summarizeNext(cell));
    uses.push(useOf(cell, options));
    tokens.set(cellKey(cell), tokensOf(cell));
    await letGo(cell.attempts.length);
  }
  return { cells, costs: costsOf(uses, options), tokens };
}

function tokensOf({ successes }: Cell): CellTokens {
  const sum = (column: keyof CellTokens) => known(successes, column).reduce((total, one) => total + one, 0);
  return { prompt_tokens: sum("prompt_tokens"), completion_tokens: sum("completion_tokens") };
}
