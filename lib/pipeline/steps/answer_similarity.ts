/** How near each answer is to a right one, where the config names who measures it. */

import { join } from "node:path";
import type { DistinctAnswer, EmbeddingAccount } from "../../core/mod.ts";
import {
  type EmbedderOptions,
  EmbeddingLedger,
  measureSimilarity,
  openEmbedder,
  readEmbeddingAccount,
} from "../../evaluate/mod.ts";
import type { RunPaths } from "../../run/mod.ts";
import { count, type StepContext } from "../context.ts";
import { judgedBefore } from "./judged_before.ts";
import { judgeEndpoint, openAccess } from "./judges.ts";

/** FMBench's embeddings of Bedrock; Cohere's go by their own name. */
const titan = "amazon.titan-embed-text-v2:0";

/** The file of a run with the requests that its embedder made. */
function ledgerFile({ evaluations }: Pick<RunPaths, "evaluations">): string {
  return join(evaluations, "embedding_calls.jsonl");
}

function vectorsFile({ evaluations }: Pick<RunPaths, "evaluations">): string {
  return join(evaluations, "vectors.jsonl");
}

/** What an endpoint took for embedding, over all starts of the run's step 4; null: none was asked. */
export function embeddingOf(paths: Pick<RunPaths, "evaluations">): Promise<EmbeddingAccount | null> {
  return readEmbeddingAccount(ledgerFile(paths));
}

/**
 * The cosine of each answer and its nearest right one, by `answer_id`. Vectors are kept in `evaluations/vectors.jsonl`, so that a step
 * that is run again embeds nothing twice; those of the runs that `judgedBefore` tells are used, too.
 *
 * @param dollars the most that embedding may cost, over all starts; null: no cap
 * @returns null: `evaluation.embedder.kind` is none
 * @throws {UserError} if the embedder can't be had
 */
export async function answerSimilarities(
  step: StepContext,
  answers: readonly DistinctAnswer[],
  dollars: number | null,
): Promise<Map<string, number | null> | null> {
  const { kind } = step.config.evaluation.embedder;
  if (kind === "none") return null;
  const access = openAccess(step);
  try {
    const options = await optionsOf(step, access);
    await using ledger = options.kind === "local"
      ? null
      : await EmbeddingLedger.open(ledgerFile(step.run.paths), {
        model_id: options.endpoint.model_id,
        cost: (usage) => access.cost(usage, options),
        dollars,
      });
    const embedder = await openEmbedder({
      ...options,
      ...(ledger === null ? {} : { ledger }),
      cache_file: vectorsFile(step.run.paths),
      earlier_caches: (await judgedBefore(step.run)).map(({ paths }) => vectorsFile(paths)),
    });
    try {
      const similarities = await measureSimilarity(answers, embedder, {
        signal: step.signal,
        onProgress: (done, total) => count(step, "answers embedded", done, total),
      });
      const { failed, truncated, error_message } = embedder.account();
      if (failed > 0) {
        step.log("notice", `${failed} texts could not be embedded: ${error_message ?? "no reason given"}`);
      }
      if (truncated > 0) {
        step.log(
          "notice",
          `${truncated} texts were longer than the embedder reads: only their beginning counts.`,
        );
      }
      return similarities;
    } finally {
      await embedder.close();
    }
  } finally {
    access.close();
  }
}

async function optionsOf(
  { config: { evaluation: { embedder } } }: StepContext,
  { cost: _cost, close: _close, ...access }: ReturnType<typeof openAccess>,
): Promise<EmbedderOptions> {
  const { kind, model_id, url, region, api_key_env, folder } = embedder;
  if (kind === "local") return { kind, ...(model_id === null ? {} : { model_id }), folder };
  const endpoint = await judgeEndpoint({
    name: "embedder",
    inference_script: kind === "bedrock" ? "bedrock_invoke" : "openai_embeddings",
    model_id: model_id ?? titan,
    ep_name: url,
    region,
    api_key_env,
  });
  return {
    ...access,
    kind: "endpoint",
    endpoint,
  };
}
