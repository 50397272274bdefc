/** A latency study by hand: the first cell is edited, Run All does the rest; run again, it is only analysed. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Lab } from "../lab.ts";
import { errorsOf, type NotebookPage, textOf } from "../notebook_page.ts";
import { manifestOf, requestsOf, runsOf } from "../run_folder.ts";

/** Three lines, two calls each in 40 rounds: 240. */
const edits: readonly (readonly [string, string])[] = [
  ["invocations_per_scenario: 5", "invocations_per_scenario: 2"],
  ["source_data/latency_scenarios.jsonl", "tests/testdata/scenarios/documented_lines.jsonl"],
  ["rounds: 5", "rounds: 40"],
  ["sleep_between_invocations: 60", "sleep_between_invocations: 0.5"],
  ["parallel_calls: 4,", 'parallel_calls: 4,\n  config: "../../configs/latency-study-demo.yml",'],
];

/** Reads the live line below the cell until the notebook has ended. */
async function watch(notebook: NotebookPage, ended: Promise<void>): Promise<Set<string>> {
  const seen = new Set<string>();
  let running = true;
  void ended.finally(() => running = false);
  while (running) {
    const shown = await notebook.page.locator(":has(> progress)").allInnerTexts();
    for (const line of shown) if (/ of 240\b/.test(line)) seen.add(line);
    await notebook.page.waitForTimeout(150);
  }
  await ended;
  return seen;
}

/** Counts, rates, last values and time left are seen while calls are made; the answer stands below its cell; nothing is left behind. */
export async function latencyStudy(lab: Lab): Promise<void> {
  const notebook = await lab.open("notebooks/studies/latency_study.ipynb");
  for (const [from, to] of edits) await notebook.edit(0, from, to);
  const seen = await watch(notebook, notebook.runAll());
  const cells = await notebook.cells();
  for (const cell of cells) assert.deepEqual(errorsOf(cell), [], cell.source);
  const shown = (source: string) => textOf(cells.find((cell) => cell.source.includes(source))!);
  assert.ok(seen.size >= 3, [...seen].join("\n"));
  assert.ok(
    [...seen].some((line) => /\/s.*left.*study · .*TTFT .*tokens\/s/s.test(line)),
    [...seen].join("\n"),
  );
  assert.match(shown("report.studySummary("), /Choose .*optimized/);
  assert.match(shown("chart.studyPairs("), /<svg.*more than chance/s);
  assert.match(shown("report.servedModeTable("), /optimized/);
  await notebook.picture("latency_study");

  const [run, ...others] = await runsOf(lab.copy.results, "latency-study-demo");
  assert.ok(run !== undefined && others.length === 0);
  assert.equal((await requestsOf(run)).length, 240);
  assert.equal((await manifestOf(run)).status, "finished");
  const page = await Deno.readTextFile(join(run, "study-summary.html"));
  assert.match(page, /@page/);

  await notebook.runAll();
  assert.equal((await requestsOf(run)).length, 240);
  assert.equal((await runsOf(lab.copy.results, "latency-study-demo")).length, 1);
  await notebook.close();
}
