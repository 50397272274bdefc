/** What Kubernetes is told: one Indexed Job, whose completion index is the worker's, and one Secret with the environment. */

import type { ClusterObject } from "../../deploy/mod.ts";
import { type FleetJob, type FleetResources, workerVariable } from "../engine.ts";
import { annotationsOf, fleetKey, labelsOf } from "./job_marks.ts";

export const indexAnnotation = "batch.kubernetes.io/job-completion-index";

/** How long a Job that has ended is kept for who wants to read it, in seconds. */
const kept_s = 3600;

export const container = "worker";

/** The Job. @param suspend whether its pods wait */
export function jobObject(job: FleetJob, namespace: string, suspend: boolean): ClusterObject {
  const { name, workers, image, command } = job;
  const labels = labelsOf(job);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels, annotations: annotationsOf(job) },
    spec: {
      suspend,
      completionMode: "Indexed",
      completions: workers,
      parallelism: workers,
      // A worker that is lost is never begun anew, and takes no other one with it.
      backoffLimitPerIndex: 0,
      ttlSecondsAfterFinished: kept_s,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          topologySpreadConstraints: spreadOf(job),
          containers: [{
            name: container,
            image,
            command,
            env: environmentOf(job),
            resources: resourcesOf(job.resources),
            // The last lines say why, where it says nothing of its own.
            terminationMessagePolicy: "FallbackToLogsOnError",
          }],
        },
      },
    },
  };
}

/** What every copy has in its environment. It belongs to the Job, and goes with it. */
export function secretObject(job: FleetJob, namespace: string, uid: string): ClusterObject {
  const { name, env } = job;
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "Opaque",
    metadata: {
      name,
      namespace,
      labels: labelsOf(job),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid }],
    },
    stringData: env,
  };
}

function environmentOf({ name, env }: FleetJob): readonly unknown[] {
  const fromSecret = Object.keys(env).filter((key) => key !== workerVariable).sort().map((key) => ({
    name: key,
    valueFrom: { secretKeyRef: { name, key } },
  }));
  const index = { fieldRef: { apiVersion: "v1", fieldPath: `metadata.annotations['${indexAnnotation}']` } };
  return [...fromSecret, { name: workerVariable, valueFrom: index }];
}

/** More domains than a cluster has nodes: what is not there counts as an empty one. */
const most_domains = 1_000_000;

/**
 * Evenly over the nodes where that can be. With a limit, never more than that on one: with more domains wanted than there are, the emptiest
 * counts as empty, and so the greatest skew is the greatest number.
 */
function spreadOf({ name, per_node }: FleetJob): readonly unknown[] {
  const common = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels: { [fleetKey]: name } },
  };
  const evenly = { ...common, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" };
  if (per_node === null) return [evenly];
  return [evenly, {
    ...common,
    maxSkew: per_node,
    minDomains: most_domains,
    whenUnsatisfiable: "DoNotSchedule",
  }];
}

/** Amounts as Kubernetes writes them. What is not cores or memory is never shared: its limit is its request. */
function resourcesOf({ cpu = 1, memory_gb, ...custom }: FleetResources): unknown {
  const whole = Object.fromEntries(
    Object.entries(custom).flatMap(([name, amount]) => amount === undefined ? [] : [[name, String(amount)]]),
  );
  const memory = memory_gb === undefined ? {} : { memory: String(Math.round(memory_gb * 1e9)) };
  return { requests: { cpu: String(cpu), ...memory, ...whole }, limits: whole };
}
