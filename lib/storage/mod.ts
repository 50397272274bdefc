/**
 * Where files live, and how they are written so that a crash leaves them whole.
 * From: `core/`.
 * To: `aws/` (the home in a bucket), `config/`, `data/`, `run/`, `load/`, `evaluate/`, `deploy/`, `analyze/`.
 */
export * from "./storage.ts";
export * from "./local_folder.ts";
export * from "./atomic_write.ts";
export * from "./cache_folder.ts";
export * from "./json_lines.ts";
export * from "./journal.ts";
export * from "./line_log.ts";
export * from "./parallel.ts";
export * from "./s3_address.ts";
