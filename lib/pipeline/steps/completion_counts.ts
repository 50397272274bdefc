/** Tokens for the answers of servers that do not count: by the tokenizer, when all is over. */

import { join } from "node:path";
import type { CountedTokens, Level, Payload, RequestRecord } from "../../core/mod.ts";
import { type ChosenTokenizer, payloadsIn } from "../../data/mod.ts";
import { promptsFileOf, readPlan } from "../../load/mod.ts";
import { outputTokensPerS, tpotMs } from "../../metrics/mod.ts";
import { writeJsonLines } from "../../storage/mod.ts";
import type { StepContext } from "../context.ts";
import { eachRecordOf } from "./records.ts";
import { ownTokenizer, runTokenizer } from "./tokenizers.ts";

/**
 * Counts what the servers did not: the text of successful answers, and the prompts as they were rendered for the experiment.
 * A shared prefix or a salt in front of a prompt, and what a server's chat template adds, are not in the count. Writes
 * `data/completion_tokens.jsonl`; nothing when every server said its counts, or an experiment does not stream its text.
 */
export async function countCompletions(step: StepContext): Promise<void> {
  const missing: RequestRecord[] = [];
  for await (const record of eachRecordOf(step.run)) if (isMissing(record)) missing.push(record);
  if (missing.length === 0) return;
  const { header } = await readPlan(step.run.paths.plan);
  const run = await runTokenizer(step);
  const lines: CountedTokens[] = [];
  for (const [name, records] of Map.groupBy(missing, ({ experiment_name }) => experiment_name)) {
    const index = step.config.experiments.findIndex((experiment) => experiment.name === name);
    const levels = header.levels.filter(({ endpoint }) => endpoint.experiment_name === name);
    if (index < 0) continue;
    const tokenizer = await ownTokenizer(step, index, run) ?? run;
    const prompts = await promptTokens(step, levels);
    lines.push(...records.map((record) => counted(record, tokenizer, prompts)));
  }
  await writeJsonLines(step.run.paths.completionTokens, lines);
  step.log("notice", `${lines.length} answers came without token counts: they were counted by the tokenizer`);
}

function isMissing({ status, completion_tokens, completion }: RequestRecord): boolean {
  return status === "ok" && completion_tokens === null && completion !== null && completion !== "";
}

/** Counts of the prompts by payload file and id. */
async function promptTokens(
  step: StepContext,
  levels: readonly Level[],
): Promise<Map<string, Map<string, number>>> {
  const counts = new Map<string, Map<string, number>>();
  for (const level of levels) {
    if (counts.has(level.payload_file)) continue;
    const own = new Map<string, number>();
    for await (const payload of payloadsIn(join(step.run.paths.prompts, promptsFileOf(level)))) {
      own.set(payload.payload_id, (payload as Payload).prompt_tokens);
    }
    counts.set(level.payload_file, own);
  }
  return counts;
}

function counted(
  record: RequestRecord,
  { counter, record: { origin } }: ChosenTokenizer,
  prompts: ReadonlyMap<string, ReadonlyMap<string, number>>,
): CountedTokens {
  const { request_id, attempt, payload_file, payload_id } = record;
  const completion_tokens = counter.count(record.completion ?? "");
  const generation = { ...record, completion_tokens };
  return {
    request_id,
    attempt,
    prompt_tokens: record.prompt_tokens ?? prompts.get(payload_file ?? "")?.get(payload_id ?? "") ?? null,
    completion_tokens,
    token_source: origin === "shipped" ? "estimate" : "tokenizer",
    tpot_ms: tpotMs(generation),
    output_tokens_per_s: outputTokensPerS(generation),
  };
}
