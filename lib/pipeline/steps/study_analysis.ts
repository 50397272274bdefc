/** The analysis of a latency study: reads a run, and fills what the study's notebook works on. */

import { join } from "node:path";
import type { DataFrame } from "../../analyze/mod.ts";
import { type StudyFigures, UserError } from "../../core/mod.ts";
import { readEndpoints } from "../../deploy/mod.ts";
import type { StudyContext } from "../../report/mod.ts";
import { readManifest } from "../../run/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { unknownRegion } from "../machine_region.ts";
import { outputOf } from "../sources.ts";
import { readGaps } from "./gap_log.ts";
import { studyExperiments } from "./study_experiments.ts";

/** Everything that the cells of a study's notebook show. */
export interface StudyData {
  readonly figures: StudyFigures;
  /** What the fragments of the report ask for. */
  readonly context: StudyContext;
  /** One row a call, columns as in `docs/columns.md`: a Polars frame, read when it is first used. */
  readonly requests: DataFrame;
}

let loaded: StudyData | null = null;

/**
 * The data of the open study. `await loadStudy(step)` fills it; until then every use of it refuses with one clear message, so that
 * Run All does not go on with nothing.
 */
export const study: StudyData = new Proxy({} as StudyData, {
  get(_, key) {
    if (loaded !== null) return Reflect.get(loaded, key);
    throw new UserError(
      "There is no study to show yet: the cell with `await loadStudy(step)` has not run or has failed. Run the notebook from its first cell.",
    );
  },
});

/**
 * Reads the calls of the run, or of the run that stands in for it, and writes them and their summary as CSV files in the form that
 * analyses of older studies read.
 */
export function loadStudy(step: StepContext): Promise<void> {
  loaded = null;
  return attempt(step, async () => {
    const { config, loaded: { scenarios }, run } = step;
    const source = await outputOf(run, "3_run_inference");
    // Polars is native code, loaded only when a table is made.
    const analyze = await import("../../analyze/mod.ts");
    const requests = await analyze.scanRequests(source.paths.root);
    const endpoints = await readEndpoints((await outputOf(source, "2_deploy_model")).paths.root);
    const experiments = studyExperiments(endpoints);
    const precision = config.study?.precision ?? null;
    const figures = analyze.studyFigures(requests, {
      experiments,
      gaps: await readGaps(source),
      precision,
      notices: await readStudyNotices(source),
    });
    await analyze.writeStudyCsv(run.paths.root, requests, {
      name: config.general.name,
      experiments,
      parameters: new Map(
        config.experiments.map(({ name, inference_spec }) => [name, inference_spec.parameters]),
      ),
      task_types: new Map(scenarios.map(({ scenario_id, task_type }) => [scenario_id, task_type])),
    });
    const { machine: { region = unknownRegion } } = await readManifest(source.paths.manifest);
    const manifest = await readManifest(run.paths.manifest);
    let whole: DataFrame | null = null;
    loaded = {
      figures,
      context: {
        title: config.general.name,
        run_id: run.id,
        date: manifest.created_at,
        simulated: endpoints.some(({ simulated }) => simulated),
        client_region: region === unknownRegion ? null : String(region),
        precision,
      },
      get requests() {
        return whole ??= requests.collectSync();
      },
    };
    step.log("info", `analysed the calls of ${figures.variants.length} variants`);
  });
}

/** What an import says of the calls that it brought; none where they were made here. */
async function readStudyNotices({ paths }: StepContext["run"]): Promise<readonly string[]> {
  try {
    return JSON.parse(await Deno.readTextFile(join(paths.models, "imported.json"))) as string[];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Writes the one page for whom the answer is enough, ready to be printed. @returns where it lies, in words */
export async function writeStudyPage(step: StepContext, html: string): Promise<string> {
  await Deno.writeTextFile(step.run.paths.studyPage, html);
  return "One page to print: `study-summary.html`, beside this report.";
}
