/** `deno run -A tests/report/sample_report.ts FOLDER` writes report.html and report.md of made-up cells into the folder. */

import * as report from "../../lib/report/mod.ts";
import { everyChart } from "../chart/every_chart.ts";
import { budgets, sampleCells } from "../chart/sample_cells.ts";
import { codeCell, renderCells, shown } from "./executed_notebook.ts";
import { recommend } from "./sample_recommendations.ts";

if (import.meta.main) {
  const cells = sampleCells(6, 6, 6);
  const context = { budgets, currency: "USD", simulated: true };
  const recommendations = recommend(cells);
  await renderCells([
    codeCell(...shown([
      "# Benchmark: six options",
      report.summarySentence(recommendations, context),
      report.bestOptionTable(recommendations, context),
      report.latencyTable(cells),
      report.failedCriteriaTable(recommendations, context),
      ...everyChart(6, 6, 6),
    ])),
  ], Deno.args[0]!);
}
