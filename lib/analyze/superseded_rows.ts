/** Which attempts of the measure phase a later one of the same request stands for. */

import { type Cell, type CellOptions, eachCellAhead } from "./attempts.ts";
import type { Requests } from "./frame.ts";

/** Their positions in the table, ascending. Few requests have more than one attempt. */
export async function supersededRows(requests: Requests, options: CellOptions = {}): Promise<Uint32Array> {
  const found: Uint32Array[] = [];
  for await (const cell of eachCellAhead(requests, options)) found.push(supersededOf(cell));
  return inOrder(found);
}

/** Those of one cell. */
export function supersededOf({ attempts, finals }: Cell): Uint32Array {
  const isFinal = new Uint8Array(attempts.length);
  for (let i = 0; i < finals.length; i++) isFinal[finals.position(i)] = 1;
  const measured = attempts.labelled("phase", "measure");
  const rows = attempts.columns.number("row");
  const found = new Uint32Array(measured.length - finals.length);
  let n = 0;
  for (let i = 0; i < measured.length; i++) {
    const at = measured.position(i);
    if (isFinal[at] === 0) found[n++] = rows[at]!;
  }
  return found;
}

/** Rows of all cells, ascending. */
export function inOrder(rows: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const own of rows) {
    all.set(own, from);
    from += own.length;
  }
  return all.sort();
}
