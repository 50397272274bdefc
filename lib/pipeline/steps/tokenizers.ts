/** Which tokenizer counts for the run, and which for an experiment that has its own. */

import { dirname, join } from "node:path";
import { chooseTokenizer, type ChosenTokenizer, type HubOptions } from "../../data/mod.ts";
import type { StepContext } from "../context.ts";
import { projectRoot } from "../project.ts";

/** GPT-2's byte-level BPE: counts for a run that names no tokenizer. */
export const shippedTokenizer = join(projectRoot, "source_data", "tokenizers", "gpt2");

/**
 * The tokenizer that sorts the prompts into payload files: of the folder `s3_read_data.tokenizer_prefix`, else of the
 * first experiment's `hf_tokenizer_model_id`, else the shipped one.
 */
export function runTokenizer(step: StepContext): Promise<ChosenTokenizer> {
  const { config, loaded } = step;
  return chooseTokenizer({
    folder: loaded.files.tokenizer,
    model_id: config.experiments[0]!.hf_tokenizer_model_id,
    shipped: shippedTokenizer,
  }, hubOptions(step));
}

/**
 * The tokenizer of one experiment where it differs from the run's: of its own folder, else of its own model. The first
 * experiment's model is the run's, also when the run's folder comes before it.
 *
 * @param index position in the config
 * @returns null: the run's counts
 */
export async function ownTokenizer(
  step: StepContext,
  index: number,
  run: ChosenTokenizer,
): Promise<ChosenTokenizer | null> {
  const { config: { experiments }, loaded } = step;
  const folder = loaded.files.experiments[index]!.tokenizer;
  const named = experiments[index]!.hf_tokenizer_model_id;
  const model_id = named === experiments[0]!.hf_tokenizer_model_id ? null : named;
  if (folder === null && model_id === null) return null;
  const own = await chooseTokenizer({ folder, model_id, shipped: shippedTokenizer }, hubOptions(step));
  return own.record.hash === run.record.hash ? null : own;
}

/** How a step asks the Hub. FMBench's users keep its token in `hf_token.txt`, beside the config or among the scripts. */
export function hubOptions(
  { config, loaded, signal }: Pick<StepContext, "config" | "loaded"> & Partial<Pick<StepContext, "signal">>,
): HubOptions {
  const { local_file_system_path, scripts_prefix } = config.s3_read_data;
  const beside = dirname(loaded.file);
  const folders = [
    beside,
    join(beside, scripts_prefix),
    ...local_file_system_path === undefined ? [] : [join(local_file_system_path, scripts_prefix)],
  ];
  const token_files = folders.map((folder) => join(folder, "hf_token.txt"));
  return { token_files, ...(signal === undefined ? {} : { signal }) };
}
