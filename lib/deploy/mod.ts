/**
 * Getting endpoints to answer, and leaving nothing behind: one module per target, and the ledger of what is owed.
 * From: `core/`, `storage/`.
 * To: steps 2 and 6, the runner and `fmbench cleanup`.
 */
export * from "./deployer.ts";
export * from "./registry.ts";
export * from "./ledger.ts";
export * from "./endpoints.ts";
export * from "./removal.ts";
