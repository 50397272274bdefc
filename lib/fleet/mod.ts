/**
 * Worker programs on other machines: the engines that start, watch and stop them, and the controller that they report to.
 * From: `core/`, `storage/`, `load/` (messages, the worker program), `certify/` (of each machine), `deploy/` (access to a cluster, ledger).
 * To: steps 3 and 5, step 6 and `fmbench cleanup`.
 */
export * from "./engine.ts";
export * from "./kubernetes.ts";
export * from "./ray.ts";
export * from "./settings.ts";
export * from "./fleet.ts";
export * from "./fleet_log.ts";
export * from "./fleet_storage.ts";
export * from "./job_resource.ts";
export * from "./lag_histogram.ts";
export * from "./late_parts.ts";
export * from "./program_package.ts";
export * from "./recovery.ts";
