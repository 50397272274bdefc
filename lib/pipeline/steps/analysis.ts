/** Step 5: reads a run, and fills what the analysis notebook works on. */

import type { DataFrame } from "../../analyze/mod.ts";
import { readCertificate } from "../../certify/mod.ts";
import type { CellSummary, Endpoint, Verdict } from "../../core/mod.ts";
import { readEndpoints } from "../../deploy/mod.ts";
import { clientLoad, readVitals } from "../../load/mod.ts";
import { readVerdicts } from "../../evaluate/mod.ts";
import { breakEvens, capacityPlan, loadLimits, recommend, utilisationRows } from "../../metrics/mod.ts";
import { readManifest } from "../../run/mod.ts";
import { budgetsOf } from "../budgets.ts";
import { attempt, type StepContext } from "../context.ts";
import { fleetSummary } from "../fleet_summary.ts";
import { judgedRun } from "../judged_run.ts";
import { unknownRegion } from "../machine_region.ts";
import { outputOf } from "../sources.ts";
import { setAnalysis } from "./analysis_data.ts";
import { trustNotices } from "./certification.ts";
import { absenceNotices, noticesOf } from "./notices.ts";
import { readAbsence } from "./panel_absence.ts";
import { readPanel } from "./panel_file.ts";
import { priceNotices } from "./price_notices.ts";
import { headerOf } from "./report_header.ts";
import { reproductionOf } from "./reproduction.ts";
import { machineUseOf } from "./utilisation.ts";

/**
 * Reads the requests of the run, or of the run that stands in for it, summarises them under this run's budgets and prices,
 * and writes `metrics/*.csv`.
 */
export function loadAnalysis(step: StepContext): Promise<void> {
  setAnalysis(null);
  return attempt(step, async () => {
    const source = await outputOf(step.run, "3_run_inference");
    // Polars is native code, loaded only when a table is made.
    const analyze = await import("../../analyze/mod.ts");
    const requests = await analyze.scanRequests(source.paths.root);
    const endpoints = await readEndpoints((await outputOf(source, "2_deploy_model")).paths.root);
    const judged = await judgedRun(step.run, source);
    const verdicts = judged === null ? [] : await readVerdicts(judged.paths.verdicts);
    const { config, loaded: { prices } } = step;
    const { dataset_of_interest } = config.metrics;
    const budgets = budgetsOf(step.loaded);
    const serviceLevel = config.report.objectives;
    const { objectives } = serviceLevel;
    const options = { endpoints, prices, budgets, objectives, accuracy: verdicts };
    const figures = await analyze.runFigures(requests, options, { scratch: step.run.paths.root });
    // Written while the rest is made; whoever fails first is heard.
    const listed = analyze.writeInferences(step.run.paths.root, requests, endpoints, figures.superseded);
    listed.catch(() => {});
    await analyze.writeMetrics(step.run.paths.root, figures);
    const files = payloadFiles(figures.cells, dataset_of_interest);
    const place = ({ payload_file }: CellSummary) => files.indexOf(payload_file);
    const cells = figures.cells.toSorted((a, b) => place(a) - place(b));
    const recommendations = files.map((file) => recommend(cells, file));
    const sender = await readManifest(source.paths.manifest);
    const counts = analyze.attemptCounts(requests);
    const sample = await analyze.sampleRequests(requests);
    const judgedIds = new Set(verdicts.map(({ request_id }) => request_id));
    const promptLengths = judgedIds.size === 0 ? new Map() : await analyze.promptLengths(requests, judgedIds);
    const { region = unknownRegion } = sender.machine;
    const simulated = endpoints.some((endpoint: Endpoint) => endpoint.simulated);
    const timeline = await analyze.timeline(requests);
    const machineUse = await machineUseOf(step, source.paths.root, { timeline, cells, endpoints });
    let whole: DataFrame | null = null;
    setAnalysis({
      get requests() {
        return whole ??= requests.collectSync();
      },
      summary: analyze.summaryFrame(cells),
      cells,
      requestPoints: sample.points,
      requestTotal: sample.total,
      distributions: figures.distributions,
      timeline,
      failures: figures.failures,
      recommendations,
      plan: capacityPlan({
        ...{ cells, recommendations, prices, budgets, dataset_of_interest },
        times: figures.times,
        wish: config.report.workload,
        seed: config.load.seed,
      }),
      limits: loadLimits(cells, serviceLevel),
      breakEvens: breakEvens(recommendations),
      utilisation: utilisationRows(recommendations),
      costs: figures.costs,
      accuracy: analyze.accuracyCells(verdicts.map((verdict) => ({ ...verdict, concurrency: null }))),
      accuracyByLength: analyze.accuracyByLength(judgedLengths(promptLengths, verdicts)),
      panel: judged === null ? null : await readPanel(judged.paths),
      experiments: config.experiments.map(({ name }) => name),
      budgets,
      serviceLevel,
      prices,
      context: { budgets, currency: prices.meta.currency, simulated },
      head: headerOf(step, await readManifest(step.run.paths.manifest), sender),
      certificate: await readCertificate(source.paths.certify),
      client: clientLoad(await readVitals(source.paths.root)),
      fleet: await fleetSummary(source.paths.root),
      machineUse,
      copies: figures.copies,
      served: await analyze.servedFigures(requests),
      network: await analyze.networkFigures(requests, cells),
      clientRegion: region === unknownRegion ? null : String(region),
      reproduction: await reproductionOf(step, await outputOf(source, "1_generate_data")),
      notices: [
        ...absenceNotices(config.experiments.map(({ name }) => name), endpoints),
        ...trustNotices(counts),
        ...noticesOf(counts, cells, judged === null ? null : await readAbsence(judged.paths)),
        ...priceNotices(step.loaded, new Date()),
      ],
      config: await Deno.readTextFile(step.run.paths.config),
    });
    await listed;
    step.log("info", `analysed ${counts.attempts} attempts in ${cells.length} cells`);
  });
}

/** The answers with a verdict, each with the length of its prompt. */
function judgedLengths(lengths: ReadonlyMap<string, number>, verdicts: readonly Verdict[]) {
  return verdicts.flatMap(({ request_id, experiment_name, payload_file, payload_id, verdict }) => {
    const prompt_tokens = lengths.get(request_id) ?? null;
    const decided = verdict === "correct" || verdict === "incorrect";
    return decided && prompt_tokens !== null
      ? [{
        experiment_name,
        prompt: `${payload_file} ${payload_id}`,
        prompt_tokens,
        right: verdict === "correct",
      }]
      : [];
  });
}

function payloadFiles(cells: readonly CellSummary[], ofInterest: string): string[] {
  const files = new Set(cells.map(({ payload_file }) => payload_file));
  return [...files].sort((a, b) => Number(b === ofInterest) - Number(a === ofInterest));
}
