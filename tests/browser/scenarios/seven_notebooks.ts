/** All seven notebooks by hand, in order, on the config of the demo; then the analysis is changed. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Lab } from "../lab.ts";
import { type CodeCell, errorsOf, type NotebookPage, textOf } from "../notebook_page.ts";
import { manifestOf, runsOf, waitForText } from "../run_folder.ts";

/** What the cell with the text on the left must show below itself; whatever is not listed shows nothing. */
const expected: readonly (readonly [source: string, output: RegExp])[] = [
  ["await openStep(", /^\d_\w+ · run \d{8}T\d{6}Z-\w{6}\n$/],
  ["describeRun(step)", /\| run +\| demo \/ \d{8}T/],
  ["describeWorkload(step)", /sim-small.*sim-large.*sim-api/s],
  ["certifyClient(step)", /client's own error/],
  ["generateData(step)", /rows read, .* used, .* outside every range/],
  ["samplePrompt(step)", /^\d+ tokens, from payload/],
  ["deployModels(step)", /(simulated endpoint, started.*){3}/s],
  ["planRequests(step)", /\| experiment +\| payload files/],
  ["sendRequests(step)", /792 of 792/],
  ["describeRequests(step)", /792 planned = 792 ok \+ 0 errors \+ 0 cancelled \+ 0 pending\./],
  ["preflight(step)", /No pre-flight call is needed/],
  ["judgeAnswers(step)", /\| accuracy \|/],
  ["judgePanel(step)", /No panel was asked/],
  ["humanAgreement(step)", /No answer has a label of a person/],
  ["sampleVerdicts(step)", /\*\*question:\*\*/],
  ["cleanUp(step)", /sim-api.*sim-large.*sim-small/s],
  ["report.header(", /Benchmark: Embedded endpoint/],
  ["report.summarySentence(", /Simulated endpoint/],
  ["report.bestOptionTable(", /\| Option/],
  ["report.bestOptionFigures(", /Paid for/],
  ["report.planTable(", /takes \*\*\d+ × sim/],
  ["chart.fleetCost(", /<svg.*traffic grows/s],
  ["chart.costAgainstLatency(", /<svg.*cheapest/s],
  ["report.certificate(", /client's own error/],
  ["report.latencyTable(", /E2E p50/],
  ["report.tokenTimingTable(", /TTFT p50/],
  ["report.perInstanceResults(", /within the budgets up to/],
  ["report.loadLimitTable(", /Highest load/],
  ["report.goodputTable(", /Good, of all finished/],
  ["report.steadinessTable(", /Little's law/],
  ["report.networkTable(", /TCP handshakes/],
  ["report.servedTable(", /what was asked for/],
  ["report.utilisationTable(", /10,000 at 25 %/],
  ["report.breakEvenTable(", /Cheaper from/],
  ["report.definitions(", /Can't be told apart/],
  ["report.reproduction(", /deno task fmbench run --config-file/],
  ["chart.latencyAgainstConcurrency(", /<svg.*grow with load/s],
  ["chart.tokenLatency(", /<svg.*answer begin/s],
  ["chart.latencyDistribution(", /<svg.*unlucky ones/s],
  ["chart.latencyAgainstPromptTokens(", /<svg.*length of the prompt/s],
  ["chart.throughputAgainstConcurrency(", /<svg.*work gets done/s],
  ["chart.throughputAgainstLatency(", /<svg.*become slow/s],
  ["chart.errorRateByLoad(", /No request failed/],
  ["report.machineUseTable(", /Machine CPU.*Endpoint CPU.*Client CPU/],
  ["chart.machineUse(", /<svg.*held the machine back/s],
  ["report.copyTable(", /No endpoint had several copies/],
  ["chart.runTimeline(", /<svg.*evenly/s],
  ["report.costTable(", /\|/],
  ["report.accuracyTable(", /\|/],
  ["chart.accuracyByExperiment(", /<svg/],
  ["chart.accuracyByPromptLength(", /<svg/],
  ["chart.accuracyAgainstCost(", /<svg/],
  ["report.failedCriteriaTable(", /\|/],
  ["report.runCostTable(", /\|/],
  ["report.configSection(", /concurrency_levels/],
];

function assertShown(step: string, cells: readonly CodeCell[]): void {
  for (const cell of cells) {
    const place = `${step}: ${cell.source}`;
    assert.notEqual(cell.execution_count, null, place);
    assert.deepEqual(errorsOf(cell), [], place);
    const wanted = expected.find(([source]) => cell.source.includes(source));
    if (wanted !== undefined) assert.match(textOf(cell), wanted[1], place);
    else if (step !== "5_model_metric_analysis") assert.deepEqual(cell.outputs, [], place);
  }
}

/** Reads the count of the newest progress bar until the notebook has ended. */
async function watchProgress(notebook: NotebookPage, ended: Promise<void>): Promise<number[]> {
  const counts: number[] = [];
  let running = true;
  void ended.finally(() => running = false);
  while (running) {
    const shown = await notebook.page.locator(":has(> progress)").last().innerText({ timeout: 200 }).catch(
      () => "",
    );
    const count = Number(/(\d[\d,]*) of 792/.exec(shown)?.[1]?.replaceAll(",", "") ?? NaN);
    if (count >= 0 && count !== counts.at(-1)) counts.push(count);
    await notebook.page.waitForTimeout(100);
  }
  await ended;
  return counts;
}

/** The scenario; `t` counts its parts one by one. */
export async function sevenNotebooks(lab: Lab, t: Deno.TestContext): Promise<void> {
  const steps = ["0_setup", "1_generate_data", "2_deploy_model", "3_run_inference", "4_get_evaluations"];
  for (const step of steps) {
    await t.step(`${step}: every cell runs, every output is in its cell`, async () => {
      const notebook = await lab.open(`notebooks/${step}.ipynb`);
      const ended = notebook.runAll();
      const counts = step === "3_run_inference" ? await watchProgress(notebook, ended) : [];
      await ended;
      assertShown(step, await notebook.cells());
      await notebook.picture(step);
      await notebook.close();
      if (step !== "3_run_inference") return;
      console.log(`${counts.length} counts were seen while the load ran: ${counts.join(" ")}`);
      assert.ok(counts.length >= 10, "progress must be seen to grow");
      assert.deepEqual(counts, counts.toSorted((a, b) => a - b));
    });
  }
  const [run, ...others] = await runsOf(lab.copy.results, "demo");
  assert.ok(run !== undefined && others.length === 0);
  await t.step(
    "5_model_metric_analysis: tables and charts, and saving writes the report",
    () => analyse(lab, run),
  );
  await t.step("6_cleanup: every step is finished, in one run", async () => {
    const notebook = await lab.open("notebooks/6_cleanup.ipynb");
    await notebook.runAll();
    assertShown("6_cleanup", await notebook.cells());
    await notebook.picture("6_cleanup");
    await notebook.close();
    const manifest = await manifestOf(run);
    assert.equal(manifest.steps.length, 7);
    assert.deepEqual(manifest.steps.filter(({ status }) => status !== "finished"), []);
    assert.equal(manifest.status, "finished");
    assert.equal((await runsOf(lab.copy.results, "demo")).length, 1);
  });
}

async function analyse(lab: Lab, run: string): Promise<void> {
  const notebook = await lab.open("notebooks/5_model_metric_analysis.ipynb");
  await notebook.runAll();
  assertShown("5_model_metric_analysis", await notebook.cells());
  await notebook.picture("5_model_metric_analysis");
  await notebook.save();
  const markdown = join(run, "report.md"), html = join(run, "report.html");
  await waitForText(html, "</html>");
  await waitForText(markdown, "What this run cost");

  const latency = (await notebook.cells()).findIndex(({ source }) => source.includes("latencyTable"));
  await notebook.addBelow(latency, 'await show("## Added by hand");');
  await notebook.run(latency + 1);
  await notebook.save();
  const took_ms = await waitForText(markdown, "## Added by hand");
  await waitForText(html, "Added by hand");
  console.log(`the changed report was there ${Math.round(took_ms)} ms after saving`);

  await notebook.addBelow(latency + 1, "6 * 7;");
  assert.match(textOf(await notebook.run(latency + 2)), /\b42\b/);
  await notebook.addBelow(latency + 2, "analysis.summary");
  const frame = await notebook.run(latency + 3);
  const table = frame.outputs.map(({ data }) => data?.["text/html"]).find((value) => value !== undefined);
  assert.match([table].flat().join(""), /<table[\s\S]*experiment_name/);
  const drawn = notebook.page.locator(".jp-OutputArea table", { hasText: "experiment_name" }).last();
  await drawn.scrollIntoViewIfNeeded();
  assert.ok(await drawn.isVisible());
  await notebook.page.screenshot({ path: join(lab.screenshots, "own_cells.png") });
  await notebook.close();
}
