/**
 * What machines and servers did while load was sent: samples of CPU, memory, GPUs, queues and caches, taken beside the load.
 * From: `core/`, `storage/`, `aws/` (CloudWatch); `/proc` or `ps`, `nvidia-smi`, engines of containers, servers' own counters.
 * To: `pipeline/` (step 3 watches, step 5 reads the samples back).
 */
export * from "./observer.ts";
export { readUtilisation } from "./use_journal.ts";
export { isHere, sourcesOf } from "./watched.ts";
