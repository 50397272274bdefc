/** The lines of a config that use a data set. */

import { basename, join } from "node:path";
import type { Target } from "./dataset_target.ts";
import type { OwnDatasetOptions, Tally } from "./own_dataset.ts";

/** Where the ranges of FMBench's configs begin. */
export const edges = [0, 500, 1000, 2000, 3000, 4000, 8000, 16_000, 32_000, 64_000, 128_000];

/** The lines of YAML, in a fence; ranges without a prompt are left out. */
export function blockOf(
  options: OwnDatasetOptions,
  { counts, inRange }: Tally,
  columns: readonly string[],
  keys: readonly string[],
  target: Target,
): string {
  const bucket = target.bucket === null
    ? []
    : [`  read_bucket: ${target.bucket}`, `  source_data_prefix: ${JSON.stringify(target.key)}`];
  const file = target.bucket === null && options.folder !== undefined
    ? join(target.folder, options.file)
    : options.file;
  const { max } = counts.range()!;
  const ranges = [...inRange].sort((a, b) => a - b).map((index) =>
    [edges[index]!, edges[index + 1] ?? max + 1] as const
  );
  const image = options.images === undefined ? [] : [options.rename?.[options.images] ?? options.images];
  const question = columns.filter((column) => /^(input|question|query|instruction)$/.test(column));
  const truth = columns.filter((column) => /^(answers?|ground_truth|output|response|label)$/.test(column));
  const lines = [
    "s3_read_data:",
    ...bucket,
    `  source_data_files: [${JSON.stringify(file)}]`,
    `  prompt_template_file: ${basename(options.template ?? "question_answering.txt")}`,
    "datasets:",
    `  prompt_template_keys: [${keys.join(", ")}]`,
    ...question.slice(0, 1).map((column) => `  question_col_key: ${column}`),
    ...truth.slice(0, 1).map((column) => `  ground_truth_col_key: ${column}`),
    ...image.map((column) => `  image_col: ${column}`),
    "  filters:",
    ...ranges.map(([from, to]) =>
      `    - { min_length_in_tokens: ${from}, max_length_in_tokens: ${to}, payload_file: payload_${from}-${to}.jsonl }`
    ),
    "metrics:",
    `  dataset_of_interest: ${ranges.at(-1)!.join("-")}`,
  ];
  return "```yaml\n" + lines.join("\n") + "\n```";
}
