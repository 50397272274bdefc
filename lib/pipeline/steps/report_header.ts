/** The head of the report. */

import { basename } from "node:path";
import type { ReportHeader } from "../../report/mod.ts";
import type { Manifest } from "../../run/mod.ts";
import type { StepContext } from "../context.ts";
import { unknownRegion } from "../machine_region.ts";

/**
 * Title, run, versions, machine, and the runs whose output was used.
 *
 * @param sender manifest of the run that sent the requests: an earlier one when step 3 was switched off
 */
export function headerOf({ config }: StepContext, manifest: Manifest, sender: Manifest): ReportHeader {
  return {
    title: `Benchmark: ${config.general.model_name}`,
    run_id: `${manifest.name} / ${manifest.run_id}`,
    date: manifest.created_at,
    versions: { fmbench: manifest.versions.fmbench ?? "", Deno: manifest.versions.deno ?? "" },
    machine: machineWords(sender),
    sources: manifest.steps.filter(({ source }) => source !== null)
      .map(({ name, source }) => ({ step: name, run_id: basename(source!) })),
  };
}

/** The machine of a run: `Intel Xeon, 2 cores, 24 GiB, linux 6.18, region us-east-1`. */
export function machineWords({ machine }: Pick<Manifest, "machine">): string {
  const { processor, cores, memory_gib, system, region = unknownRegion } = machine;
  return `${processor}, ${cores} cores, ${memory_gib} GiB, ${system}, region ${region}`;
}
