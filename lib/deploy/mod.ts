/**
 * Getting endpoints to answer, and leaving nothing behind: one module per target, and the ledger of what is owed.
 * From: `core/`, `storage/`, `aws/`, `data/` (models of the Hub).
 * To: steps 2 and 6, the runner and `fmbench cleanup`.
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
