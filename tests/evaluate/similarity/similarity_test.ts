import assert from "node:assert/strict";
import { measureSimilarity } from "../../../lib/evaluate/mod.ts";
import { lettersEmbedder } from "./letters_embedder.ts";

const of = (answer_id: string, answer: string, ...ground_truth: string[]) => ({
  answer_id,
  answer,
  ground_truth,
});

Deno.test("each answer is held against the nearest of its right answers", async () => {
  const similarities = await measureSimilarity([
    of("near", "aaabbbb", "a", "aaaabbb"), // (3, 4) and (4, 3): 24 / 25; (3, 4) and (1, 0): 3 / 5
    of("far", "a", "b"),
    of("same", "ab", "ab"),
  ], lettersEmbedder());
  assert.deepEqual([...similarities], [["near", 0.96], ["far", 0], ["same", 1]]);
});

Deno.test("where it can't be told it is null: no word, no right answer, a zero vector, no vector", async () => {
  const embedder = lettersEmbedder();
  const similarities = await measureSimilarity([
    of("blank", " \n", "a"),
    of("no truth", "a"),
    of("blank truth", "a", ""),
    of("zero", "c", "a"),
    of("refused", "a!", "a"),
    of("one truth refused", "a", "b!", "a"),
  ], embedder);
  assert.deepEqual([...similarities.values()], [null, null, null, null, null, 1]);
  assert.ok(embedder.asked.flat().every((text) => text.trim() !== ""));
});

Deno.test("every text is asked for once, over all slices", async () => {
  const embedder = lettersEmbedder();
  const answers = Array.from({ length: 600 }, (_, i) => of(String(i), "ab".repeat(1 + i), "a", "ab"));
  const done: number[] = [];
  const similarities = await measureSimilarity(answers, embedder, { onProgress: (n) => done.push(n) });
  const asked = embedder.asked.flat();
  assert.equal(asked.length, 601); // 600 answers, one of them the truth "ab", and the truth "a"
  assert.equal(new Set(asked).size, 601);
  assert.deepEqual(done, [256, 512, 600]);
  assert.ok([...similarities.values()].every((similarity) => similarity === 1));
});

Deno.test("it can be stopped between two slices", async () => {
  const stop = new AbortController();
  const answers = Array.from({ length: 300 }, (_, i) => of(String(i), "a".repeat(1 + i), "a"));
  const onProgress = () => stop.abort(new Error("stopped"));
  await assert.rejects(
    measureSimilarity(answers, lettersEmbedder(), { signal: stop.signal, onProgress }),
    /stopped/,
  );
});
