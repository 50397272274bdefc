/**
 * The embedded endpoint: a real HTTP server with a known timing model, known answers and a log of what it did.
 * From: `core/`.
 * To: the command line and `certify`; `deploy/` starts its program `serve.ts` as a process.
 */
export * from "./options.ts";
export * from "./profiles.ts";
export * from "./simulation.ts";
export {
  type Chance,
  type FailureName,
  failureNames,
  type FaultName,
  type FaultOptions,
  type FaultParameters,
  type ShapeName,
  shapeNames,
} from "./fault_options.ts";
export type { Timing } from "./engine.ts";
export type { Truth } from "./truth_log.ts";
