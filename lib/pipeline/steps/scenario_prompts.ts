/** Step 1 of a latency study: the prompts of its scenarios. */

import { join } from "node:path";
import { scenarioPayloads } from "../../config/mod.ts";
import { escapeMarkdown } from "../../core/mod.ts";
import { writeScenarioPrompts } from "../../data/mod.ts";
import type { StepContext } from "../context.ts";
import { table } from "../table.ts";
import { recordTokenizers } from "./renderings.ts";
import { runTokenizer } from "./tokenizers.ts";

/**
 * Writes the distinct prompts of all scenarios, with their tokens and caps.
 *
 * @returns a table of the prompts, and one of the variants that they are sent to
 */
export async function generateScenarioPrompts(step: StepContext): Promise<string> {
  const { loaded: { scenarios }, config: { experiments }, run } = step;
  const tokenizer = await runTokenizer(step);
  const { prompts, tokens, max_tokens } = await writeScenarioPrompts({
    scenarios,
    tokenizer_dir: tokenizer.counter.folder,
    path: join(run.paths.prompts, scenarioPayloads),
    onProgress: ({ done, total }) =>
      step.progress({ label: `${done} prompts`, done, total, errors: 0, rate_per_s: null, eta_s: null }),
  });
  await recordTokenizers(step, tokenizer.record, []);
  for (const notice of tokenizer.notices) step.log("notice", notice);
  const own = Map.groupBy(scenarios, ({ experiment_name }) => experiment_name);
  const lengths = tokens === null || max_tokens === null
    ? []
    : [tokens.min, tokens.median, tokens.max, max_tokens.min, max_tokens.max];
  return [
    table(
      [
        "payload file",
        "prompts",
        "fewest tokens",
        "median",
        "most",
        "least cap on the answer",
        "greatest",
      ],
      [[scenarioPayloads, prompts, ...lengths]],
    ),
    table(
      ["variant", "scenarios", "prompts"],
      experiments.map(({ name }) => {
        const asked = own.get(name) ?? [];
        return [name, asked.length, new Set(asked.map(({ prompt }) => prompt.payload_id)).size];
      }),
    ),
    `${scenarios.length} scenarios. Tokens counted by ${escapeMarkdown(tokenizer.record.name)} (${
      escapeMarkdown(tokenizer.record.origin)
    }).`,
    ...tokenizer.notices.map((notice) => `- ${escapeMarkdown(notice)}`),
  ].join("\n\n");
}
