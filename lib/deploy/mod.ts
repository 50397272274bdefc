/**
 * Getting endpoints to answer, and leaving nothing behind: one module per target, and the ledger of what is owed.
 * From: `core/`, `storage/`, `aws/`, `data/` (models of the Hub).
 * To: steps 2 and 6, the runner and `fmbench cleanup`; `fleet/` (access to a cluster).
 */
export * from "./deployer.ts";
export * from "./deployment_plan.ts";
export * from "./deployments.ts";
export * from "./orphans.ts";
export * from "./ownership.ts";
export * from "./running_cost.ts";
export * from "./registry.ts";
export * from "./ledger.ts";
export * from "./endpoints.ts";
export * from "./removal.ts";
export { poll } from "./polling.ts";
export { shellCommand } from "./shell_quote.ts";
export { Cluster } from "./kubernetes/cluster.ts";
export { openCluster, usualKubeconfig } from "./kubernetes/cluster_access.ts";
export * from "./kubernetes/cluster_object.ts";
export { labelValue } from "./kubernetes/marks.ts";
export { troublesOf } from "./kubernetes/pod_reasons.ts";
export { Refused } from "./kubernetes/refused.ts";
