/** What a finished run has to say in the terminal. */

import { showDuration } from "../core/mod.ts";
import { owed } from "../deploy/mod.ts";
import { mirrorLine } from "./mirroring.ts";
import type { FinishedRun } from "./runner.ts";

/** The outcome as facts for a program and as text for a person. */
export interface Outcome {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const seconds = (from: string | null, to: string | null): number =>
  from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 1000;

/** Describes how a run ended, where its report is, and where the time went. */
export async function describeOutcome({ run, manifest, mirror }: FinishedRun): Promise<Outcome> {
  const total = (Date.now() - Date.parse(manifest.created_at)) / 1000;
  const load = manifest.steps.reduce((sum, step) => sum + (step.load_s ?? 0), 0);
  const hasReport = await Deno.stat(run.paths.reportHtml).then(() => true, () => false);
  const report = hasReport ? run.paths.reportHtml : null;
  return {
    facts: {
      run_id: run.id,
      status: manifest.status,
      run_dir: run.paths.root,
      report,
      mirror,
      /** Created and not removed: `6_cleanup` is switched off. */
      resources_left: owed(run.paths.root).map(({ kind, name }) => ({ kind, name })),
      wall_s: total,
      load_s: load,
      steps: manifest.steps.map((step) => ({
        name: step.name,
        status: step.status,
        s: seconds(step.started_at, step.ended_at),
      })),
    },
    text: [
      `Run ${run.id} ${manifest.status} in ${showDuration(total * 1000)}, of which ${
        showDuration(load * 1000)
      } sending load.`,
      report === null ? null : `Report: ${report}`,
      `Log:    ${run.paths.log}`,
      mirror === null ? null : mirrorLine(mirror, run.paths.root),
    ].filter((line) => line !== null).join("\n"),
  };
}
