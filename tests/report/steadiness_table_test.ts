import assert from "node:assert/strict";
import type { Steadiness } from "../../lib/core/mod.ts";
import { steadinessTable, unsteadyNotice } from "../../lib/report/mod.ts";
import { cell, tableCells } from "./rows.ts";

const even: Steadiness = {
  steady: true,
  warm_up_left: 0,
  drift: 0.02,
  littles_law: 1.01,
  stalled: 0,
  saturated: null,
};

Deno.test("each level says whether it ran evenly", () => {
  const rows = tableCells(steadinessTable([
    cell({ steadiness: even }),
    cell({
      concurrency: null,
      request_rate_rps: 5,
      steadiness: {
        steady: false,
        warm_up_left: 10,
        drift: 0.5,
        littles_law: 0.7,
        stalled: 2,
        saturated: true,
      },
    }),
    cell({ steadiness: { ...even, steady: null, warm_up_left: null, drift: null, littles_law: null } }),
  ]));
  assert.deepEqual(rows.slice(1).map((row) => row.slice(1)), [
    ["4", "yes", "+2 %", "0", "1.01", "0", "–"],
    ["5/s", "no", "+50 %", "10", "0.7", "2", "yes"],
    ["4", "?", "–", "–", "–", "0", "–"],
  ]);
});

Deno.test("a notice names what was uneven, and nothing else", () => {
  assert.equal(unsteadyNotice([cell({ steadiness: even })]), "");
  const notice = unsteadyNotice([
    cell({ steadiness: even }),
    cell({ experiment_name: "a*b", steadiness: { ...even, steady: false, drift: -0.3, stalled: 1 } }),
  ]);
  assert.equal(
    notice,
    "- a\\*b at 4 (payload\\_en\\_0-500): its response time changed by -30 % while it was measured; 1 of its answers stalled.",
  );
});
