/** How copies are, from what a Job says of its indexes and what their pods say of themselves. */

import { listAt, numberAt, textAt, troublesOf, valueAt } from "../../deploy/mod.ts";
import { redact } from "../../core/mod.ts";
import type { FleetStatus, FleetWorkerState } from "../engine.ts";
import { indexAnnotation } from "./job_object.ts";

/** Indexes of a list as Kubernetes writes it: `0,3-5`. */
export function indexesIn(text: string | null): ReadonlySet<number> {
  const ranges = (text ?? "").split(",").filter((range) => range !== "");
  return new Set(ranges.flatMap((range) => {
    const [first = NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  }));
}

/** Of all indexes, in order. @param job null: it is not there */
export function statesOf(
  job: unknown,
  pods: readonly unknown[],
  workers: number,
): readonly FleetWorkerState[] {
  const failed = indexesIn(textAt(job, "status", "failedIndexes"));
  const completed = indexesIn(textAt(job, "status", "completedIndexes"));
  const byIndex = new Map(pods.map((pod) => [indexOf(pod), pod]));
  return Array.from({ length: workers }, (_, index) => {
    const pod = byIndex.get(index);
    const status: FleetStatus = failed.has(index)
      ? "failed"
      : completed.has(index)
      ? "succeeded"
      : pod === undefined
      ? isThere(job) ? "pending" : "stopped"
      : phases[textAt(pod, "status", "phase") ?? ""] ?? "pending";
    const node = textAt(pod, "spec", "nodeName");
    return { index, status, node, reason: reasonOf(status, job, pod) };
  });
}

const phases: Readonly<Record<string, FleetStatus>> = {
  Running: "running",
  Succeeded: "succeeded",
  Failed: "failed",
};

/** Whether pods of it may still begin. */
export function isThere(job: unknown): boolean {
  return job !== null && textAt(job, "metadata", "deletionTimestamp") === null && !hasEnded(job);
}

/** Whether it has ended by itself. */
function hasEnded(job: unknown): boolean {
  return listAt(job, "status", "conditions").some((one) =>
    ["Complete", "Failed"].includes(textAt(one, "type") ?? "") && textAt(one, "status") === "True"
  );
}

function indexOf(pod: unknown): number {
  return Number(textAt(pod, "metadata", "annotations", indexAnnotation) ?? NaN);
}

const most_characters = 400;

function reasonOf(status: FleetStatus, job: unknown, pod: unknown): string | null {
  if (status === "stopped") return "the cluster knows no such Job (any more)";
  if (status !== "pending" && status !== "failed") return null;
  if (pod === undefined) {
    if (status === "failed") return "its pod is gone";
    return valueAt(job, "spec", "suspend") === true ? "the Job is suspended" : "it has no pod yet";
  }
  const [trouble] = troublesOf(pod);
  const words = [trouble?.why ?? null, status === "failed" ? lastWords(pod) : null];
  const text = words.filter((word) => word !== null).join(": ");
  if (text !== "") return redact(text).slice(0, most_characters);
  if (status === "pending") return "it is being started";
  const deleted = textAt(pod, "metadata", "deletionTimestamp") !== null;
  return deleted ? "its pod is being deleted" : null;
}

/** The last line that a failed container left. */
function lastWords(pod: unknown): string | null {
  const ended = listAt(pod, "status", "containerStatuses").find((one) =>
    numberAt(one, "state", "terminated", "exitCode") !== null
  );
  return textAt(ended, "state", "terminated", "message")?.trim().split("\n").at(-1)?.trim() || null;
}
