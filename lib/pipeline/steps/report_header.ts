/** The head of the report. */

import { basename } from "node:path";
import type { ReportHeader } from "../../report/mod.ts";
import type { Manifest } from "../../run/mod.ts";
import type { StepContext } from "../context.ts";

/**
 * Title, run, versions, machine, and the runs whose output was used.
 *
 * @param sender manifest of the run that sent the requests: an earlier one when step 3 was switched off
 */
export function headerOf({ config }: StepContext, manifest: Manifest, sender: Manifest): ReportHeader {
  const { processor, cores, memory_gib, system } = sender.machine;
  return {
    title: `Benchmark: ${config.general.model_name}`,
    run_id: `${manifest.name} / ${manifest.run_id}`,
    date: manifest.created_at,
    versions: { fmbench: manifest.versions.fmbench ?? "", Deno: manifest.versions.deno ?? "" },
    machine: `${processor}, ${cores} cores, ${memory_gib} GiB, ${system}`,
    sources: manifest.steps.filter(({ source }) => source !== null)
      .map(({ name, source }) => ({ step: name, run_id: basename(source!) })),
  };
}
