/**
 * Prompts: data rows put into a template, counted by a real tokenizer, sorted into payload files by length and language.
 * From: data files, a prompt template, a tokenizer's folder, the filters of the config.
 * To: `data/prompts/<payload_file>` and a report of what became of the rows, for `pipeline/`.
 */
export * from "./generation.ts";
export * from "./json_lines.ts";
export * from "./payload_file.ts";
export * from "./payload_filter.ts";
export * from "./template.ts";
export * from "./token_count.ts";
export * from "./tokenizer.ts";
