/**
 * Where files live, and how they are written so that a crash leaves them whole.
 * From: `core/`.
 * To: `config/`, `data/`, `run/`, `load/`, `evaluate/`, `deploy/`, `analyze/`.
 */
export * from "./storage.ts";
export * from "./local_folder.ts";
export * from "./atomic_write.ts";
export * from "./json_lines.ts";
export * from "./journal.ts";
