/**
 * The run directory: its paths, manifest, lock, log and progress.
 * From: core.
 * To: the pipeline and the notebooks, which are the only ones that know about runs.
 */
export * from "./lock.ts";
export * from "./log.ts";
export * from "./manifest.ts";
export * from "./paths.ts";
export * from "./progress.ts";
export * from "./run_directory.ts";
export * from "./runner_mark.ts";
