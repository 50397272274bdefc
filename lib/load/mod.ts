/**
 * The load: what is sent when, drawn from one seed before the first byte; and the worker processes that send it.
 * From: `core/`, `storage/` (journal, shards), `predict/`, `transport/`.
 * To: `pipeline/`.
 */
export * from "./level_spec.ts";
export * from "./arrivals.ts";
export * from "./trace.ts";
export * from "./peak_rate.ts";
export * from "./prompt_deck.ts";
export * from "./coming_requests.ts";
export * from "./plan.ts";
export * from "./shards.ts";
export * from "./squads.ts";
export * from "./remaining.ts";
export * from "./plan_file.ts";
export * from "./attempt.ts";
export * from "./closed_loop.ts";
export * from "./open_loop.ts";
export * from "./deadline_clock.ts";
export * from "./preamble.ts";
export * from "./stop_rule.ts";
export * from "./level_ends.ts";
export * from "./stagger.ts";
export * from "./outcome.ts";
export * from "./progress.ts";
export type { FromWorker, InitMessage, ToWorker } from "./messages.ts";
export * from "./run_load.ts";
export * from "./attempt_mark.ts";
export * from "./study/plan.ts";
export type { PlannedScenario } from "./study/order.ts";
export * from "./vitals.ts";
export { localNotice_ms } from "./level_gate.ts";
export type { Crew, Hire, Post, Start } from "./crew.ts";
export { type SpawnOptions, spawnWorker, type WorkerProcess } from "./worker_process.ts";
