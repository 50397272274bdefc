/** The prompts of a latency study as a payload file. */

import { dirname } from "node:path";
import type { Payload, Scenario, ScenarioPrompt } from "../core/mod.ts";
import { countTokens } from "./counting.ts";
import { PayloadWriter } from "./payload_file.ts";
import { TokenCounts, type TokenRange } from "./token_count.ts";
import { loadTokenizer } from "./tokenizer.ts";

export interface ScenarioPromptOptions {
  readonly scenarios: readonly Scenario[];
  /** Folder with `tokenizer.json`. */
  readonly tokenizer_dir: string;
  /** Path of the payload file; its folder is made when it is missing. */
  readonly path: string;
  /** Cores to count tokens on. @default all of this machine */
  readonly workers?: number;
  /** Called after every 100 prompts and at the end. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What was written; the tokens are null where there is no scenario. */
export interface ScenarioPromptReport {
  readonly prompts: number;
  readonly tokens: TokenRange | null;
  readonly max_tokens: TokenRange | null;
}

/**
 * Writes each prompt once, in the order of the scenarios, with its tokens and the cap on its answer. Images are not counted. Of
 * scenarios with one prompt and different right answers, each of these is right. The file gets its name when it is whole.
 *
 * @throws {UserError} if the tokenizer is at fault
 */
export async function writeScenarioPrompts(options: ScenarioPromptOptions): Promise<ScenarioPromptReport> {
  const { scenarios, path, onProgress } = options;
  const tokenizer = await loadTokenizer(options.tokenizer_dir);
  const prompts = distinctPrompts(scenarios);
  const [tokens, caps] = [new TokenCounts(), new TokenCounts()];
  await Deno.mkdir(dirname(path), { recursive: true });
  const writer = await PayloadWriter.open(path);
  try {
    const counting = options.workers === undefined ? {} : { workers: options.workers };
    const counted = countTokens(inOrder(prompts), ({ prompt }) => prompt, tokenizer, counting);
    let done = 0;
    for await (const { item, tokens: prompt_tokens } of counted) {
      await writer.write(payloadOf(item, prompt_tokens));
      tokens.add(prompt_tokens);
      caps.add(item.max_tokens);
      if (++done % 100 === 0) onProgress?.({ done, total: prompts.length });
    }
    await writer.finish();
    await writer.publish();
    onProgress?.({ done, total: prompts.length });
  } catch (error) {
    await writer.discard();
    throw error;
  }
  return { prompts: prompts.length, tokens: tokens.range(), max_tokens: caps.range() };
}

/** Each prompt once, with the right answers that any of its scenarios has. */
export function distinctPrompts(scenarios: readonly Scenario[]): ScenarioPrompt[] {
  const prompts = new Map<string, ScenarioPrompt>();
  for (const { prompt } of scenarios) {
    const known = prompts.get(prompt.payload_id);
    if (known === undefined) prompts.set(prompt.payload_id, prompt);
    else if (prompt.ground_truth !== null && prompt.ground_truth !== known.ground_truth) {
      const ground_truth = [...new Set([...known.ground_truth ?? [], ...prompt.ground_truth])];
      prompts.set(prompt.payload_id, { ...known, ground_truth });
    }
  }
  return [...prompts.values()];
}

function payloadOf(prompt: ScenarioPrompt, prompt_tokens: number): Payload {
  const asked = prompt.messages?.findLast(({ role }) => role === "user")?.content ?? prompt.prompt;
  const { payload_id, prompt: text, ground_truth, ...others } = prompt;
  const question = ground_truth === null ? null : asked;
  return { payload_id, prompt: text, prompt_tokens, language: null, question, ground_truth, ...others };
}

async function* inOrder<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
