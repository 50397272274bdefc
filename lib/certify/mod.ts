/**
 * The client's own error on this machine: drives the embedded endpoint and compares the journal with the endpoint's log.
 * From: `core/`, `storage/`, `metrics/`, `load/` (the same workers as a run's), `simulate/` (the endpoint, its log).
 * To: step 0 and `fmbench certify`; `report/` shows the certificate.
 */
export * from "./certificate_file.ts";
export * from "./certify.ts";
export * from "./judgement.ts";
export * from "./ladder.ts";
export * from "./measurement.ts";
