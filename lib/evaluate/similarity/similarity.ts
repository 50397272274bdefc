/** From answers to how near each is to a right one. */

import type { DistinctAnswer } from "../../core/mod.ts";
import { nearestCosine } from "./cosine.ts";
import type { Embedder } from "./embedder.ts";

/** Answers that are embedded before their vectors are let go. */
const slice = 256;

export interface SimilarityOptions {
  /** Called with the answers that are done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the measuring between two slices by its reason. */
  readonly signal?: AbortSignal;
}

/**
 * The cosine of every answer and the nearest of its right answers, by `answer_id`; null where it can't be told: an answer without a
 * word, none that is right, a text that could not be embedded, or a zero vector. Every text is embedded once.
 */
export async function measureSimilarity(
  answers: readonly Pick<DistinctAnswer, "answer_id" | "answer" | "ground_truth">[],
  embedder: Pick<Embedder, "embed">,
  { onProgress, signal }: SimilarityOptions = {},
): Promise<Map<string, number | null>> {
  const truths = new Map<string, Float32Array | null>();
  const similarities = new Map<string, number | null>();
  for (let start = 0; start < answers.length; start += slice) {
    signal?.throwIfAborted();
    const some = answers.slice(start, start + slice);
    const said = await vectorsOf(some.map(({ answer }) => answer), embedder, truths);
    const wanted = some.flatMap(({ ground_truth }) => ground_truth);
    for (const [text, vector] of await vectorsOf(wanted, embedder, truths, said)) truths.set(text, vector);
    for (const { answer_id, answer, ground_truth } of some) {
      const right = ground_truth.map((text) => truths.get(text) ?? null);
      similarities.set(answer_id, nearestCosine(said.get(answer) ?? truths.get(answer) ?? null, right));
    }
    onProgress?.(similarities.size, answers.length);
  }
  return similarities;
}

/** The vectors of texts that have a word in them, each asked for once, those that are known not at all. */
async function vectorsOf(
  texts: readonly string[],
  embedder: Pick<Embedder, "embed">,
  ...known: readonly ReadonlyMap<string, Float32Array | null>[]
): Promise<Map<string, Float32Array | null>> {
  const told = [...new Set(texts)].filter((text) => text.trim() !== "");
  const found = new Map<string, Float32Array | null>();
  for (const text of told) {
    const there = known.find((map) => map.has(text));
    if (there !== undefined) found.set(text, there.get(text)!);
  }
  const missing = told.filter((text) => !found.has(text));
  if (missing.length === 0) return found;
  const vectors = await embedder.embed(missing);
  missing.forEach((text, i) => found.set(text, vectors[i] ?? null));
  return found;
}
