/** Experiments with a prompt template or a tokenizer of their own. */

import { join } from "node:path";
import type { ChosenTokenizer, OwnRendering, RenderingReport, TokenizerRecord } from "../../data/mod.ts";
import type { StepContext } from "../context.ts";
import { chatTemplateFor } from "./chat_templates.ts";
import { ownTokenizer } from "./tokenizers.ts";

/** What an experiment's own prompts are made with. */
export interface ExperimentRendering extends OwnRendering {
  readonly experiment_name: string;
  readonly tokenizer: ChosenTokenizer;
}

/** What the names of an experiment's own payload files begin with. */
function prefixOf(index: number): string {
  return `experiment_${index + 1}.`;
}

/** The experiments whose prompts are not the run's; the others are left out. With what there is to say of chat templates. */
export async function ownRenderings(
  step: StepContext,
  run: ChosenTokenizer,
): Promise<{ readonly own: ExperimentRendering[]; readonly notices: string[] }> {
  const { config: { experiments, datasets, s3_read_data }, loaded: { files } } = step;
  const found: ExperimentRendering[] = [];
  const notices: string[] = [];
  for (const [index, experiment] of experiments.entries()) {
    const tokenizer = await ownTokenizer(step, index, run);
    const { prompt_template_file, prompt_template_keys: keys } = experiment;
    const sameKeys = JSON.stringify(keys) === JSON.stringify(datasets.prompt_template_keys);
    const template = await Deno.readTextFile(
      files.experiments[index]!.prompt_template ?? files.prompt_template,
    );
    const { chat, notice } = await chatTemplateFor(experiment, template, (tokenizer ?? run).counter);
    if (notice !== null) notices.push(notice);
    if (tokenizer === null && prompt_template_file === null && sameKeys && chat === null) continue;
    found.push({
      experiment_name: experiment.name,
      tokenizer: tokenizer ?? run,
      prefix: prefixOf(index),
      template,
      template_name: prompt_template_file ?? s3_read_data.prompt_template_file,
      template_keys: keys,
      tokenizer_dir: (tokenizer ?? run).counter.folder,
      chat,
      payload_files: experiment.payload_files,
    });
  }
  return { own: found, notices };
}

/** The file with an experiment's own prompts; null when it is sent the run's. */
export async function ownPromptsFile(
  { run, config }: StepContext,
  experiment_name: string,
  payload_file: string,
): Promise<string | null> {
  const file = prefixOf(config.experiments.findIndex(({ name }) => name === experiment_name)) + payload_file;
  return await Deno.stat(join(run.paths.prompts, file)).then(() => file, () => null);
}

/** What there is to say of prompts that are outside their filter's range by the experiment's own count. */
export function leavingRange(
  { config }: StepContext,
  own: readonly ExperimentRendering[],
  reports: readonly RenderingReport[],
): string[] {
  return reports.filter(({ outside }) => outside > 0).map(
    ({ prefix, payload_file, rows, outside, tokens }) => {
      const { experiment_name } = own.find((one) => one.prefix === prefix)!;
      const filter = config.datasets.filters.find((one) => one.payload_file === payload_file)!;
      const { min_length_in_tokens: min, max_length_in_tokens: max } = filter;
      const range = max === null ? `${min} tokens or more` : `${min} to ${max - 1} tokens`;
      return `${outside} of ${rows} prompts of ${payload_file} are outside ${range} as ${experiment_name} renders and ` +
        `counts them: ${tokens.min} to ${tokens.max}.`;
    },
  );
}

/** Writes down who counted which prompts: `data/prompts/tokenizers.json`. */
export async function recordTokenizers(
  { run: { paths } }: StepContext,
  run: TokenizerRecord,
  own: readonly ExperimentRendering[],
): Promise<void> {
  const experiments = Object.fromEntries(
    own.map(({ experiment_name, tokenizer }) => [experiment_name, tokenizer.record]),
  );
  const text = JSON.stringify({ run, experiments }, null, 2) + "\n";
  await Deno.writeTextFile(join(paths.prompts, "tokenizers.json"), text);
}
