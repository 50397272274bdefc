/** How copies are, from what Ray says of its jobs. */

import { redact } from "../../core/mod.ts";
import type { FleetStatus, FleetWorkerState, FoundJob } from "../engine.ts";
import type { RayJob } from "./ray_client.ts";
import { indexIn, tags } from "./submission.ts";

const statuses: Readonly<Record<RayJob["status"], FleetStatus>> = {
  PENDING: "pending",
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  STOPPED: "stopped",
};

export type NamedJob = RayJob & { readonly submission_id: string };

/** Whether it runs, or may still begin to. */
export const isActive = ({ status }: RayJob) => status === "PENDING" || status === "RUNNING";

/** Whether a job has our tags. */
const isTagged = ({ metadata }: RayJob) => metadata?.[tags.run_id] !== undefined;

/** Whether Ray wrote of the end of a job that it had forgotten: without tags, and without a command. */
const isRemnant = ({ metadata, entrypoint }: RayJob) =>
  metadata === null && entrypoint === "Entrypoint not found.";

/** Ours of one name, with what Ray has left of them. */
export function copiesIn(jobs: readonly NamedJob[], name: string): readonly NamedJob[] {
  return jobs.filter((job) => indexIn(name, job.submission_id) !== null && (isTagged(job) || isRemnant(job)));
}

/** Of all indexes, in order. @param jobs of whatever name */
export function statesIn(
  jobs: readonly NamedJob[],
  name: string,
  workers: number,
): readonly FleetWorkerState[] {
  const byIndex = new Map(jobs.filter(isTagged).map((job) => [indexIn(name, job.submission_id), job]));
  return Array.from({ length: workers }, (_, index) => {
    const job = byIndex.get(index);
    if (job === undefined) {
      return { index, status: "stopped", node: null, reason: "Ray knows no such job (any more)" };
    }
    return { index, status: statuses[job.status], node: nodeOf(job), reason: reasonOf(job) };
  });
}

function nodeOf({ driver_agent_http_address: address }: RayJob): string | null {
  return address !== null && URL.canParse(address) ? new URL(address).hostname : null;
}

const most_characters = 400;

/** Ray's own line in what a program writes; it may come after the program's. */
const preamble = "Running entrypoint for job ";

function reasonOf({ status, message, driver_exit_code: code }: RayJob): string | null {
  if (status !== "PENDING" && status !== "FAILED") return null;
  const lines = redact(message ?? "").split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith(preamble)
  );
  if (code === null) return lines.join(" ").slice(0, most_characters) || null;
  // The message repeats the end of what the program wrote.
  const last = lines.length > 1 ? `: ${lines.at(-1)}` : "";
  return `it ended with code ${code}${last}`.slice(0, most_characters);
}

/** Jobs with our tags, the oldest first. */
export function foundIn(jobs: readonly NamedJob[]): readonly FoundJob[] {
  const ours = jobs.flatMap((job) => {
    const run_id = job.metadata?.[tags.run_id];
    const worker = job.metadata?.[tags.worker];
    if (run_id === undefined || worker === undefined || !job.submission_id.endsWith(`-${worker}`)) return [];
    return [{ job, run_id, name: job.submission_id.slice(0, -worker.length - 1) }];
  });
  const found = [...Map.groupBy(ours, ({ name }) => name)].map(([name, copies]) => {
    const began = Math.min(...copies.map(({ job }) => job.start_time ?? Infinity));
    return {
      name,
      run_id: copies[0]?.run_id ?? "",
      created_at: Number.isFinite(began) ? new Date(began).toISOString() : null,
      active: copies.some(({ job }) => isActive(job)),
    };
  });
  return found.sort((a, b) => (a.created_at ?? "").localeCompare(b.created_at ?? ""));
}
