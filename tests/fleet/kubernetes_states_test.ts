import assert from "node:assert/strict";
import { quantity } from "../../lib/fleet/kubernetes/quantity.ts";
import { indexesIn, statesOf } from "../../lib/fleet/kubernetes/worker_states.ts";

const pod = (index: number, status: unknown, metadata: unknown = {}) => ({
  metadata: {
    annotations: { "batch.kubernetes.io/job-completion-index": String(index) },
    ...metadata as Record<string, unknown>,
  },
  spec: { nodeName: `node-${index}` },
  status,
});

Deno.test("indexes are read as Kubernetes writes them", () => {
  assert.deepEqual([...indexesIn("0,3-5,9")], [0, 3, 4, 5, 9]);
  assert.deepEqual([...indexesIn(null), ...indexesIn("")], []);
});

Deno.test("amounts are read as Kubernetes writes them", () => {
  assert.deepEqual(
    ["64", "500m", "16Gi", "1e3", "2.5M", "1k", "nonsense", ""].map(quantity),
    [64, 0.5, 16 * 2 ** 30, 1000, 2.5e6, 1000, 0, 0],
  );
});

Deno.test("what the Job says of an index comes before what its pod says; without a pod it waits, or is over", () => {
  const job = {
    metadata: {},
    spec: { suspend: false },
    status: { failedIndexes: "1", completedIndexes: "0" },
  };
  const states = statesOf(job, [
    pod(0, { phase: "Running" }),
    pod(1, { phase: "Running" }),
    pod(2, { phase: "Running" }),
    pod(3, { phase: "Failed", reason: "Evicted", message: "The node was low on memory." }),
  ], 5);
  assert.deepEqual(states.map(({ status, node, reason }) => [status, node, reason]), [
    ["succeeded", "node-0", null],
    ["failed", "node-1", null],
    ["running", "node-2", null],
    ["failed", "node-3", "Evicted: The node was low on memory"],
    ["pending", null, "it has no pod yet"],
  ]);
  assert.deepEqual(statesOf(null, [], 1), [
    { index: 0, status: "stopped", node: null, reason: "the cluster knows no such Job (any more)" },
  ]);
});

Deno.test("an image that can't be pulled is why a worker waits, in the kubelet's words", () => {
  const job = { metadata: {}, spec: {}, status: {} };
  const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "x"' };
  const [state] = statesOf(job, [
    pod(0, { phase: "Pending", containerStatuses: [{ name: "worker", state: { waiting } }] }),
  ], 1);
  assert.deepEqual([state?.status, state?.reason], [
    "pending",
    'ImagePullBackOff: Back-off pulling image "x"',
  ]);
});

Deno.test("what a failed container said is shown without its secrets", () => {
  const terminated = { exitCode: 1, reason: "Error", message: "asked with Bearer abcdefgh12345\n" };
  const [state] = statesOf({ metadata: {}, spec: {}, status: { failedIndexes: "0" } }, [
    pod(0, { phase: "Failed", containerStatuses: [{ name: "worker", state: { terminated } }] }),
  ], 1);
  assert.equal(state?.reason, "it ended with code 1: asked with Bearer [redacted]");
});
