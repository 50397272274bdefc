import assert from "node:assert/strict";
import type { ClusterObject } from "../../../lib/deploy/kubernetes/cluster_object.ts";
import { isWaitedFor, readinessOf } from "../../../lib/deploy/kubernetes/readiness.ts";
import { troublesOf, troubleWords } from "../../../lib/deploy/kubernetes/pod_reasons.ts";

const object = (kind: string, spec: unknown, status: unknown, generation = 1): ClusterObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "x", generation },
  spec,
  status,
});
const condition = (type: string, status: string, reason = "", message = "") => ({
  type,
  status,
  reason,
  message,
});
const ray = (serviceStatus: string | undefined, applications: Record<string, unknown>) =>
  object("RayService", {}, { serviceStatus, activeServiceStatus: { applicationStatuses: applications } });

for (
  const [what, live, state, why] of [
    [
      "a Deployment with all replicas available",
      object("Deployment", { replicas: 2 }, {
        observedGeneration: 1,
        updatedReplicas: 2,
        availableReplicas: 2,
        conditions: [condition("Available", "True")],
      }),
      "ready",
    ],
    [
      "a Deployment that is available with fewer than all",
      object("Deployment", { replicas: 2 }, {
        observedGeneration: 1,
        updatedReplicas: 2,
        availableReplicas: 1,
        conditions: [condition("Available", "True")],
      }),
      "waiting",
      "1 of 2 pods are ready",
    ],
    [
      "a Deployment that makes no progress",
      object("Deployment", { replicas: 2 }, {
        observedGeneration: 1,
        conditions: [
          condition("Available", "False"),
          condition("Progressing", "False", "ProgressDeadlineExceeded", "it timed out"),
        ],
      }),
      "waiting",
      "0 of 2 pods are available (ProgressDeadlineExceeded: it timed out)",
    ],
    [
      "a Deployment that may make no pods",
      object("Deployment", {}, {
        observedGeneration: 1,
        conditions: [condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota")],
      }),
      "doubtful",
      "FailedCreate: exceeded quota",
    ],
    [
      "a Deployment that was changed",
      object("Deployment", {}, { observedGeneration: 1, conditions: [condition("Available", "True")] }, 2),
      "waiting",
      "its controller has not looked at it yet",
    ],
    [
      "a StatefulSet that is half there",
      object("StatefulSet", { replicas: 2 }, { observedGeneration: 1, updatedReplicas: 2, readyReplicas: 1 }),
      "waiting",
      "1 of 2 pods are ready",
    ],
    [
      "a StatefulSet that is there",
      object("StatefulSet", {}, { observedGeneration: 1, updatedReplicas: 1, readyReplicas: 1 }),
      "ready",
    ],
    [
      "a DaemonSet before its controller",
      object("DaemonSet", {}, {}),
      "waiting",
      "its controller has not looked at it yet",
    ],
    [
      "a Job that has failed",
      object("Job", {}, { conditions: [condition("Failed", "True", "BackoffLimitExceeded", "too often")] }),
      "failed",
      "BackoffLimitExceeded: too often",
    ],
    ["a Job that is complete", object("Job", {}, { conditions: [condition("Complete", "True")] }), "ready"],
    [
      "a RayService without a status",
      ray(undefined, {}),
      "waiting",
      "its operator has not said anything of it",
    ],
    [
      "a RayService with an application that comes",
      ray("Running", { a: { status: "RUNNING" }, b: { status: "DEPLOYING" } }),
      "waiting",
      "application b is DEPLOYING",
    ],
    [
      "a RayService with a broken application",
      ray("WaitForServeDeploymentReady", { a: { status: "DEPLOY_FAILED", message: "no module" } }),
      "doubtful",
      "application a is DEPLOY_FAILED: no module",
    ],
    ["a RayService that runs", ray("Running", { a: { status: "RUNNING" } }), "ready"],
    [
      "a kind with a condition Ready",
      object("InferenceService", {}, { conditions: [condition("Ready", "False", "Pulling")] }),
      "waiting",
      "Pulling",
    ],
    ["a kind without conditions", object("PodMonitor", {}, {}), "ready"],
    ["what is gone", null, "failed", "it is gone"],
  ] as const
) {
  Deno.test(`${what} is ${state}`, () => {
    assert.deepEqual(readinessOf(live), why === undefined ? { state } : { state, why });
  });
}

Deno.test("workloads are waited for, and what is as soon as it exists is not", () => {
  const waited = [
    "Deployment",
    "RayService",
    "PersistentVolumeClaim",
    "Service",
    "Secret",
    "Ingress",
    "Namespace",
  ]
    .filter((kind) => isWaitedFor({ kind }));
  assert.deepEqual(waited, ["Deployment", "RayService", "PersistentVolumeClaim"]);
});

const pod = (name: string, status: unknown) => ({ metadata: { name, namespace: "n" }, status });
const unscheduled = {
  conditions: [
    condition(
      "PodScheduled",
      "False",
      "Unschedulable",
      "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    ),
  ],
};

Deno.test("pods say why they do not run: the scheduler's words, the kubelet's, the exit code", () => {
  const waiting = (reason: string, message?: string, lastState = {}) => ({
    containerStatuses: [{ name: "c", state: { waiting: { reason, message } }, lastState }],
  });
  const killed = { terminated: { exitCode: 137, reason: "OOMKilled" } };
  assert.deepEqual(
    [
      pod("a", unscheduled),
      pod("b", waiting("ImagePullBackOff", 'Back-off pulling image "x"')),
      pod("c", waiting("CrashLoopBackOff", "back-off 10s", killed)),
      pod("d", waiting("ContainerCreating")),
      pod("e", { phase: "Failed", reason: "Evicted", message: "the node was low on memory." }),
      pod("f", { phase: "Running", containerStatuses: [{ name: "c", state: { running: {} } }] }),
      pod("g", {
        containerStatuses: [{ name: "c", state: { terminated: { exitCode: 1, reason: "Error" } } }],
      }),
    ].flatMap(troublesOf).map(({ pod, why, sort, crashed }) => [pod, why, sort, crashed]),
    [
      ["a", "0/3 nodes are available: 3 Insufficient nvidia.com/gpu", "scheduling", false],
      ["b", 'ImagePullBackOff: Back-off pulling image "x"', "doubtful", false],
      ["c", "CrashLoopBackOff: back-off 10s: it ended with code 137 (OOMKilled)", "doubtful", true],
      ["d", "ContainerCreating", "starting", false],
      ["e", "Evicted: the node was low on memory", "doubtful", false],
      ["g", "it ended with code 1", "doubtful", true],
    ],
  );
});

Deno.test("pods with the same trouble are one line", () => {
  const troubles = [pod("a", unscheduled), pod("b", unscheduled)].flatMap(troublesOf);
  assert.deepEqual(troubleWords(troubles), [
    "pod a and 1 more: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu",
  ]);
});
