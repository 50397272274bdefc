/** What tells our Jobs in a cluster: labels to look for them by, annotations that say exactly what labels can't. */

import { labelKeys, labelValue, textAt } from "../../deploy/mod.ts";
import type { FleetJob } from "../engine.ts";

/** Label: the job's name, on the Job, its pods and its Secret. */
export const fleetKey = "fmbench.dev/fleet";

const segmentKey = "fmbench.dev/segment";

/** On the Job and on all that belongs to it. */
export function labelsOf(
  { name, run_id, segment }: Pick<FleetJob, "name" | "run_id" | "segment">,
): Readonly<Record<string, string>> {
  return {
    [fleetKey]: name,
    [labelKeys.run_id]: labelValue(run_id),
    [segmentKey]: labelValue(segment),
  };
}

/** On the Job. */
export function annotationsOf(
  { run_id, segment }: Pick<FleetJob, "run_id" | "segment">,
): Readonly<Record<string, string>> {
  return { [labelKeys.run_id]: run_id, [segmentKey]: segment };
}

/** Whose a Job is; null when it is not ours. */
export function runOf(job: unknown): string | null {
  if (textAt(job, "metadata", "labels", fleetKey) === null) return null;
  return textAt(job, "metadata", "annotations", labelKeys.run_id);
}
