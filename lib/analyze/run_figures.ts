/** Everything that is made of single requests, in one pass over them. */

import type { CellSummary, CopyFigure, ExperimentCost } from "../core/mod.ts";
import type { LevelTimes } from "../metrics/mod.ts";
import { type Cell, type CellOptions, eachCellAhead, release } from "./attempts.ts";
import { cellKey } from "./cell_names.ts";
import { cellSummaries, type SummarizeOptions } from "./cell_summary.ts";
import { copiesOf } from "./copy_figures.ts";
import { type Distribution, distributionsOf } from "./distributions.ts";
import { type FailureCount, failuresOf } from "./errors_by_kind.ts";
import { type CellUse, costsOf, useOf } from "./experiment_cost.ts";
import type { Requests } from "./frame.ts";
import { letGo } from "./native_memory.ts";
import { byFirstRow, type CellTimes, timesOf } from "./service_times.ts";
import { inOrder, supersededOf } from "./superseded_rows.ts";

/** Sums of known tokens of the successes of a cell. */
export interface CellTokens {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

interface Lists {
  readonly failures: FailureCount[];
  readonly copies: CopyFigure[];
  readonly distributions: Distribution[];
  readonly times: CellTimes[];
}

/** The figures of a run. */
export interface RunFigures {
  /** As `summarize` gives them. */
  readonly cells: readonly CellSummary[];
  /** As `experimentCosts` gives them. */
  readonly costs: readonly ExperimentCost[];
  /** By `cellKey`. */
  readonly tokens: ReadonlyMap<string, CellTokens>;
  /** As `errorsByKind` gives them. */
  readonly failures: readonly FailureCount[];
  /** As `copyFigures` gives them. */
  readonly copies: readonly CopyFigure[];
  /** As `distributions` gives them. */
  readonly distributions: readonly Distribution[];
  /** As `serviceTimes` gives them. */
  readonly times: readonly LevelTimes[];
  /** As `supersededRows` gives them. */
  readonly superseded: Uint32Array;
}

/**
 * The figures of a table of attempts, which is read once; what is held at a time are columns of one cell.
 *
 * @param cellOptions where numbers may be laid aside meanwhile
 * @throws {RangeError} if an attempt belongs to no level
 */
export async function runFigures(
  requests: Requests,
  options: SummarizeOptions,
  cellOptions: CellOptions = {},
): Promise<RunFigures> {
  const summarizeNext = cellSummaries(options);
  const cells: CellSummary[] = [];
  const uses: CellUse[] = [];
  const tokens = new Map<string, CellTokens>();
  const of = { failures: [], copies: [], distributions: [], times: [] } as Lists;
  const superseded: Uint32Array[] = [];
  for await (const cell of eachCellAhead(requests, cellOptions)) {
    cells.push(summarizeNext(cell));
    uses.push(useOf(cell, options));
    tokens.set(cellKey(cell), tokensOf(cell));
    of.failures.push(...failuresOf(cell));
    of.copies.push(...copiesOf(cell));
    of.distributions.push(...distributionsOf(cell));
    of.times.push(...timesOf(cell));
    superseded.push(supersededOf(cell));
    await letGo(cell.attempts.length);
  }
  return {
    cells,
    costs: costsOf(uses, options),
    tokens,
    ...of,
    times: byFirstRow(of.times),
    superseded: inOrder(superseded),
  };
}

function tokensOf({ successes }: Cell): CellTokens {
  const sum = (column: keyof CellTokens) => {
    const total = successes.known(column).reduce((all, one) => all + one, 0);
    release(successes.columns);
    return total;
  };
  return { prompt_tokens: sum("prompt_tokens"), completion_tokens: sum("completion_tokens") };
}
