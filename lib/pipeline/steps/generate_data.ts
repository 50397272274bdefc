/** Step 1: from rows to prompts. */

import { generatePayloads, payloadsIn } from "../../data/mod.ts";
import { escapeMarkdown } from "../../core/mod.ts";
import { join } from "node:path";
import { attempt, type StepContext } from "../context.ts";
import { table } from "../table.ts";
import { plannedLevels } from "./planned_levels.ts";
import { repeatedPromptNotices } from "./repeated_prompts.ts";
import { leavingRange, ownRenderings, recordTokenizers } from "./renderings.ts";
import { generateScenarioPrompts } from "./scenario_prompts.ts";
import { hubOptions, runTokenizer } from "./tokenizers.ts";

/**
 * Writes the payload files of the run.
 *
 * @returns a table of what each filter took, and what was left out
 */
export function generateData(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    if (step.config.study !== null) return await generateScenarioPrompts(step);
    const { datasets, s3_read_data } = step.config;
    const { files } = step.loaded;
    const tokenizer = await runTokenizer(step);
    const { own, notices: chatNotices } = await ownRenderings(step, tokenizer);
    const report = await generatePayloads({
      source_files: files.source_data,
      template: await Deno.readTextFile(files.prompt_template),
      template_name: s3_read_data.prompt_template_file,
      template_keys: datasets.prompt_template_keys,
      filters: datasets.filters.map((filter) => ({
        ...filter,
        max_length_in_tokens: filter.max_length_in_tokens ?? Infinity,
      })),
      ground_truth_col_key: datasets.ground_truth_col_key,
      question_col_key: datasets.question_col_key,
      image_col: datasets.image_col,
      sample_rows: datasets.ds_N,
      seed: step.config.load.seed,
      hub: hubOptions(step),
      onDownload: ({ file, bytes, bytes_total }) =>
        step.progress({
          label: `downloading ${file}`,
          done: bytes,
          total: bytes_total ?? bytes,
          errors: 0,
          rate_per_s: null,
          eta_s: null,
        }),
      tokenizer_dir: tokenizer.counter.folder,
      renderings: own,
      output_dir: step.run.paths.prompts,
      onProgress: ({ rows, bytes, bytes_total }) =>
        step.progress({
          label: `${rows} rows`,
          done: bytes,
          total: bytes_total,
          errors: 0,
          rate_per_s: null,
          eta_s: null,
        }),
    });
    await recordTokenizers(step, tokenizer.record, own);
    const notices = [
      ...tokenizer.notices,
      ...chatNotices,
      ...own.flatMap((one) => one.tokenizer === tokenizer ? [] : one.tokenizer.notices),
      ...report.notices,
      ...leavingRange(step, own, report.renderings),
      ...repeatedPromptNotices(
        await plannedLevels(step),
        new Map(report.filters.map(({ payload_file, rows }) => [payload_file, rows])),
        step.config.load.seed,
      ),
    ];
    for (const notice of notices) step.log("notice", notice);
    const rows = report.filters.map(({ payload_file, rows, tokens }) =>
      [payload_file, rows, tokens.min, tokens.median, tokens.max] as const
    );
    return [
      table(["payload file", "prompts", "fewest tokens", "median", "most"], rows),
      `${report.rows_read} rows read, ${report.rows_used} used, ${report.rows_outside} outside every range, ` +
      `${report.duplicates} duplicates. Tokens counted by ${escapeMarkdown(tokenizer.record.name)} (${
        escapeMarkdown(tokenizer.record.origin)
      }).`,
      ...notices.map((notice) => `- ${escapeMarkdown(notice)}`),
    ].join("\n\n");
  });
}

/** The first prompt of the data set of interest, as it will be sent. */
export async function samplePrompt(step: StepContext): Promise<string> {
  const file = step.config.metrics.dataset_of_interest;
  for await (const payload of payloadsIn(join(step.run.paths.prompts, file))) {
    const lines = payload.prompt.slice(0, 1200).split(/\r\n|\r|\n/).map((line) => `    ${line}`);
    const rest = payload.prompt.length > 1200 ? "\n    ..." : "";
    return `${payload.prompt_tokens} tokens, from ${escapeMarkdown(file)}:\n\n${lines.join("\n")}${rest}`;
  }
  return `${file} is empty.`;
}
