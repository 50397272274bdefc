/** Why pods do not run: the scheduler's words, the kubelet's, and the last lines of what crashed. */

import { redact } from "../../core/mod.ts";
import type { Cluster } from "./cluster.ts";
import { listAt, numberAt, textAt } from "./cluster_object.ts";

/** What keeps a pod from running. */
export interface PodTrouble {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string | null;
  /** For people: `0/3 nodes are available: 3 Insufficient nvidia.com/gpu`. */
  readonly why: string;
  /**
   * `scheduling`: no node takes it now, and an autoscaler may bring one. `doubtful`: it rarely comes right by itself. `starting`: it takes
   * its time.
   */
  readonly sort: "scheduling" | "doubtful" | "starting";
  /** Whether the container has ended before, so that it has a log. */
  readonly crashed: boolean;
}

/** What the kubelet calls states that rarely end by themselves. */
const doubtful: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImageInspectError",
  "ImagePullBackOff",
  "InvalidImageName",
  "RunContainerError",
]);

/** What is wrong with a pod; empty: nothing, or nothing is known yet. */
export function troublesOf(pod: unknown): PodTrouble[] {
  const place = {
    namespace: textAt(pod, "metadata", "namespace") ?? "",
    pod: textAt(pod, "metadata", "name") ?? "",
  };
  const unscheduled = listAt(pod, "status", "conditions").find((one) =>
    textAt(one, "type") === "PodScheduled" && textAt(one, "status") === "False"
  );
  if (unscheduled !== undefined) {
    const why = textAt(unscheduled, "message") ?? textAt(unscheduled, "reason") ?? "no node takes it";
    return [{ ...place, container: null, why: trimmed(why), sort: "scheduling", crashed: false }];
  }
  const containers = [
    ...listAt(pod, "status", "initContainerStatuses"),
    ...listAt(pod, "status", "containerStatuses"),
  ];
  const troubles = containers.flatMap((status): PodTrouble[] => {
    const container = textAt(status, "name") ?? "";
    const reason = textAt(status, "state", "waiting", "reason");
    const ended = endWords(status);
    if (reason === null && ended === null) return [];
    if (reason === null || reason === "PodInitializing" || reason === "ContainerCreating") {
      const why = ended ?? reason ?? "";
      return [{
        ...place,
        container,
        why,
        sort: ended === null ? "starting" : "doubtful",
        crashed: ended !== null,
      }];
    }
    const message = textAt(status, "state", "waiting", "message");
    const words = [reason, message === null ? null : trimmed(message), ended].filter((word) => word !== null);
    const sort = doubtful.has(reason) ? "doubtful" : "starting";
    return [{ ...place, container, why: words.join(": "), sort, crashed: ended !== null }];
  });
  const evicted = textAt(pod, "status", "phase") === "Failed" && troubles.length === 0;
  if (!evicted) return troubles;
  const why = [textAt(pod, "status", "reason"), textAt(pod, "status", "message")].filter((word) =>
    word !== null
  ).join(": ");
  return [{
    ...place,
    container: null,
    why: trimmed(why) || "it has failed",
    sort: "doubtful",
    crashed: false,
  }];
}

/** How a container ended the last time, if it did not end well. */
function endWords(status: unknown): string | null {
  const found = [["state", "terminated"], ["lastState", "terminated"]].map((path) => ({
    code: numberAt(status, ...path, "exitCode"),
    reason: textAt(status, ...path, "reason"),
  })).find(({ code }) => code !== null && code !== 0);
  if (found === undefined) return null;
  const reason = found.reason === null || found.reason === "Error" ? "" : ` (${found.reason})`;
  return `it ended with code ${found.code}${reason}`;
}

const trimmed = (text: string) => text.replace(/\s+/g, " ").replace(/[.\s]+$/, "");

/** Pods of a selection with something wrong, and how many are going. */
export async function podTroubles(
  cluster: Cluster,
  namespaces: readonly string[],
  labelSelector: string,
): Promise<PodTrouble[]> {
  const lists = await Promise.all(
    namespaces.map((namespace) =>
      cluster.list({ apiVersion: "v1", plural: "pods" }, namespace, { labelSelector })
    ),
  );
  return lists.flat().flatMap(troublesOf);
}

/** For people, one line; pods with the same trouble are one. */
export function troubleWords(troubles: readonly PodTrouble[]): string[] {
  const byReason = Map.groupBy(troubles, ({ why, container }) => JSON.stringify([why, container]));
  return [...byReason.values()].map((same) => {
    const { pod, container, why } = same[0]!;
    const others = same.length === 1 ? "" : ` and ${same.length - 1} more`;
    return `pod ${pod}${others}${container === null ? "" : `, container ${container}`}: ${why}`;
  });
}

const log_lines = "12";

/** The last lines of the first container that crashed; empty: none did, or it said nothing. */
export async function lastWords(
  cluster: Cluster,
  troubles: readonly PodTrouble[],
  secrets: readonly string[],
): Promise<string> {
  for (const { namespace, pod, container, crashed } of troubles) {
    if (!crashed || container === null) continue;
    for (const previous of ["true", "false"]) {
      const text = await cluster.log(namespace, pod, { container, tailLines: log_lines, previous });
      if (text.trim() !== "") return redact(text.trim(), secrets);
    }
  }
  return "";
}

/** What the cluster warned of about an object: messages of events, the latest last. */
export async function warningsOf(cluster: Cluster, namespace: string, uid: string): Promise<string[]> {
  const events = await cluster.list({ apiVersion: "v1", plural: "events" }, namespace, {
    fieldSelector: `involvedObject.uid=${uid},type=Warning`,
  });
  const messages = events.flatMap((event) => textAt(event, "message") ?? []).map(trimmed);
  return [...new Set(messages)].slice(-3);
}
