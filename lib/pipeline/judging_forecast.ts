/** What judging is going to take, before anything is sent. */

import type { LoadedConfig } from "../config/mod.ts";
import { escapeMarkdown, showMoney, showNumber } from "../core/mod.ts";
import { tokenCost } from "../metrics/mod.ts";
import type { Forecast } from "./forecast.ts";

/** Tokens of a judge's prompt beside question, right answer and answer: its words, the rules and the fences. */
const framework = 600;
/** The longest verdict where the judge's parameters have no cap on it. */
const longestVerdict = 300;

/**
 * The lines of a dry run about judges and embedder; none where step 4 asks nobody. The most is told: every answer of the run is another
 * one, as long as may be, and judged together with a question as long as its prompt and a right answer as long as itself.
 *
 * @param load what the load takes at most; null: step 3 is switched off, and the answers are those of an earlier run
 */
export function judgingWords({ config, prices }: LoadedConfig, load: Forecast["total"] | null): string[] {
  const { evaluation, run_steps } = config;
  if (run_steps["4_get_evaluations"] !== true) return [];
  const { kind } = evaluation.embedder;
  const embedding = kind === "none" ? [] : [
    kind === "local"
      ? "- Similarity is measured by a model on this machine."
      : `- Similarity is measured by ${kind}, which costs what its embeddings cost.`,
  ];
  const { judges } = evaluation;
  if (evaluation.panel === false || judges === null) {
    return ["- Answers are scored without a judge, which costs nothing.", ...embedding];
  }
  const names = judges.map(({ name }) => escapeMarkdown(name)).join(", ");
  const { currency } = prices.meta;
  const cap = evaluation.dollars === null
    ? "no cap (`evaluation.dollars`) stops it"
    : `it stops at ${showMoney(evaluation.dollars, currency)} (\`evaluation.dollars\`)`;
  if (load === null) {
    return [
      `- ${judges.length} judges vote on every distinct answer of that run: ${names}; ${cap}.`,
      ...embedding,
    ];
  }
  const requests = load.requests.most;
  const priced = judges.map(({ model_id, parameters }) => {
    const price = Object.hasOwn(prices.token_based, model_id) ? prices.token_based[model_id]! : null;
    const longest = parameters["max_tokens"];
    return price === null ? null : tokenCost({
      prompt_tokens: requests * framework + load.prompt_tokens.most + 2 * load.completion_tokens.most,
      completion_tokens: requests * (typeof longest === "number" ? longest : longestVerdict),
      cached_prompt_tokens: null,
      cache_write_tokens: null,
      reasoning_tokens: null,
    }, price);
  });
  const known = priced.filter((cost) => cost !== null);
  const unpriced = judges.filter((_, i) => priced[i] === null).map(({ name }) => escapeMarkdown(name));
  const cost = known.length === 0
    ? "at a cost that is not known"
    : `for up to about ${showMoney(known.reduce((sum, one) => sum + one, 0), currency)}`;
  return [
    `- ${judges.length === 1 ? "1 judge" : `${judges.length} judges`} (${names}) can make up to ${
      showNumber(requests * judges.length, 15)
    } calls ${cost}; ` +
    `the same answer is judged once; ${cap}.`,
    ...unpriced.length === 0 ? [] : [`- There is no price for ${unpriced.join(", ")}.`],
    ...embedding,
  ];
}
