/**
 * Prompts: data rows put into a template, counted by a real tokenizer, sorted into payload files by length and language.
 * From: data files, a prompt template, a tokenizer's folder, the filters of the config.
 * To: `data/prompts/<payload_file>` and a report of what became of the rows, for `pipeline/`.
 */
export * from "./byte_source.ts";
export * from "./chat_template.ts";
export * from "./conversation.ts";
export * from "./counting.ts";
export * from "./csv.ts";
export * from "./data_row.ts";
export * from "./generation.ts";
export * from "./hub_client.ts";
export * from "./hub_download.ts";
export * from "./hub_name.ts";
export * from "./hub_set.ts";
export { HubClient, type HubOptions } from "./hub_client.ts";
export * from "./hub_tokenizer.ts";
export * from "./image.ts";
export * from "./json_array.ts";
export * from "./json_lines.ts";
export * from "./parquet.ts";
export * from "./payload_file.ts";
export * from "./payload_filter.ts";
export * from "./rendering.ts";
export * from "./row_file.ts";
export * from "./row_source.ts";
export * from "./sampling.ts";
export * from "./scenario_prompts.ts";
export * from "./source_name.ts";
export * from "./synthetic_source.ts";
export * from "./template.ts";
export * from "./token_count.ts";
export * from "./tokenizer.ts";
export * from "./tokenizer_choice.ts";
