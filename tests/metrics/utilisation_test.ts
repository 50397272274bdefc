import assert from "node:assert/strict";
import { type CellSummary, utilisations } from "../../lib/core/mod.ts";
import { cheapestLoads, costAtUtilisation, utilisationRows } from "../../lib/metrics/mod.ts";
import { plainCell } from "./plain_cell.ts";

Deno.test("an instance's transaction costs its share of the hour, a token's what it costs", () => {
  // 12 an hour, 1,200 transactions when full: 0.01; at a quarter 300 share the same 12.
  assert.equal(costAtUtilisation(0.01, "instance", 0.25), 0.04);
  assert.equal(costAtUtilisation(0.01, "instance", 1), 0.01);
  assert.equal(costAtUtilisation(0.01, "token", 0.25), 0.01);
});

const cell = (
  experiment_name: string,
  cost_basis: CellSummary["cost_basis"],
  cost_per_transaction: number | null,
): CellSummary => ({ ...plainCell, experiment_name, cost_basis, cost_per_transaction });

Deno.test("each option that qualifies and has a price stands at its cheapest load, the cheapest option first", () => {
  const qualifying = [
    cell("box", "instance", 0.02),
    cell("api", "token", 0.015),
    cell("free", null, null),
    cell("box", "instance", 0.01),
  ];
  const loads = cheapestLoads({ qualifying });
  assert.deepEqual(loads.map((one) => [one.experiment_name, one.cost_per_transaction]), [["box", 0.01], [
    "api",
    0.015,
  ]]);
  const rows = utilisationRows([{
    payload_file: "a.jsonl",
    best: null,
    qualifying,
    indistinct: [],
    front: [],
    best_per_instance_type: [],
    rejected: [cell("slow", "instance", 0.001)],
  }]);
  assert.deepEqual([...utilisations], [1, 0.75, 0.5, 0.25, 0.1]);
  assert.deepEqual(
    rows.map((row) => [row.payload_file, row.cell.experiment_name, row.cost_per_transaction]),
    [
      ["a.jsonl", "box", [0.01, 0.01 / 0.75, 0.02, 0.04, 0.01 / 0.1]],
      ["a.jsonl", "api", [0.015, 0.015, 0.015, 0.015, 0.015]],
    ],
  );
});
