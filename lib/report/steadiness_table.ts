/** Whether each level ran evenly. */

import {
  type CellSummary,
  escapeMarkdown,
  loadHeading,
  showLoad,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { byPayloadFile, fileName, paragraphs, table } from "./markdown.ts";

/** Off Little's law by more than that, a level deserves a look. */
const offBy = 0.1;

/** One table a payload file. */
export function steadinessTable(cells: readonly CellSummary[]): string {
  if (cells.length === 0) return "No request was measured.";
  const tables = byPayloadFile(cells, (rows) =>
    table(rows, [
      { heading: "Experiment", align: "left", cell: (cell) => escapeMarkdown(cell.experiment_name) },
      { heading: loadHeading(cells), cell: (cell) => showLoad(cell) },
      { heading: "Steady", align: "left", cell: ({ steadiness }) => answer(steadiness.steady) },
      { heading: "Change", cell: ({ steadiness }) => signed(steadiness.drift) },
      { heading: "Warm-up left", cell: ({ steadiness }) => showNumber(steadiness.warm_up_left) },
      { heading: "Little's law", cell: ({ steadiness }) => showNumber(steadiness.littles_law) },
      { heading: "Stalled", cell: ({ steadiness }) => showNumber(steadiness.stalled) },
      {
        heading: "Queue grew",
        align: "left",
        cell: ({ steadiness, concurrency }) => concurrency === null ? answer(steadiness.saturated) : "–",
      },
    ]));
  return paragraphs(
    tables,
    "Steady: the response time did not change by more than 10 % and chance from the first request to the last; '?' where there are too " +
      "few requests to say. Warm-up left: requests at the start that are not like the rest. Little's law: what ended × how long it took " +
      "/ what was in flight, 1 for a level that is long enough. Stalled: answers with a gap of more than a second and ten usual ones.",
  );
}

/** One sentence a level that did not run evenly; empty when all did, or nobody can say. */
export function unsteadyNotice(cells: readonly CellSummary[]): string {
  return cells.flatMap((cell) => {
    const { steady, drift, warm_up_left, littles_law, stalled, saturated } = cell.steadiness;
    const faults = [
      saturated ? "more came in than got through, so that its figures depend on how long it ran" : null,
      steady === false ? `its response time changed by ${signed(drift)} while it was measured` : null,
      (warm_up_left ?? 0) > 0 ? `its first ${warm_up_left} requests still belong to the warm-up` : null,
      littles_law !== null && Math.abs(littles_law - 1) > offBy
        ? `it is short for how long its requests take (Little's law gives ${showNumber(littles_law)})`
        : null,
      stalled > 0 ? `${showNumber(stalled)} of its answers stalled` : null,
    ].filter((fault) => fault !== null);
    if (faults.length === 0) return [];
    const name = `${escapeMarkdown(cell.experiment_name)} at ${showLoad(cell)} (${
      fileName(cell.payload_file)
    })`;
    return [`- ${name}: ${faults.join("; ")}.`];
  }).join("\n");
}

const answer = (is: boolean | null) => is === null ? "?" : is ? "yes" : "no";

function signed(fraction: number | null): string {
  return fraction !== null && fraction > 0 ? `+${showPercent(fraction)}` : showPercent(fraction);
}
