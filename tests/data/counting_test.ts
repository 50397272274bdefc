import assert from "node:assert/strict";
import { join } from "node:path";
import { countTokens } from "../../lib/data/counting.ts";
import { loadTokenizer, type TokenCounter } from "../../lib/data/mod.ts";
import { rejectedWith, withFolder } from "./scratch.ts";

const gpt2 = join(import.meta.dirname!, "../../source_data/tokenizers/gpt2");

/** Each " sea" is one token, so the text of n is n tokens. */
const seas = (words: number) => Array(words).fill("sea").join(" ");

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function countAll(
  lengths: readonly number[],
  tokenizer: TokenCounter,
  workers: number,
  patience: number,
) {
  const found: [number, number][] = [];
  const options = { workers, patience };
  for await (const { item, text, tokens } of countTokens(each(lengths), seas, tokenizer, options)) {
    assert.equal(text, seas(item));
    found.push([item, tokens]);
  }
  return found;
}

Deno.test("countTokens gives each item its count, in order, in this thread and in three", async () => {
  const tokenizer = await loadTokenizer(gpt2);
  // 12,000 texts of up to 499 words, 12 million characters: the workers have long begun when the last ones come.
  const lengths = Array.from({ length: 12_000 }, (_, i) => i * 7919 % 499 + 1);
  const expected = lengths.map((words) => [words, words]);
  assert.deepEqual(await countAll(lengths, tokenizer, 1, 0), expected);
  assert.deepEqual(await countAll(lengths, tokenizer, 3, 0), expected);
});

Deno.test("countTokens leaves workers alone for little text, and needs none for no text", async () => {
  const tokenizer = { ...await loadTokenizer(gpt2), folder: "/there is no such folder" };
  assert.deepEqual(await countAll([1, 2], tokenizer, 2, 100), [[1, 1], [2, 2]]);
  assert.deepEqual(await countAll([], tokenizer, 2, 0), []);
});

Deno.test("countTokens says what keeps a worker from counting", async () => {
  await withFolder(async (folder) => {
    const tokenizer = { ...await loadTokenizer(gpt2), folder };
    // 80,000 texts of 499 words, 1,995 characters each: 160 million characters outlast any start.
    const lengths = Array(80_000).fill(499);
    await rejectedWith(countAll(lengths, tokenizer, 2, 0), /there is no tokenizer.json in it/);
  });
});

Deno.test("countTokens leaves no text to a worker that may be too long for its memory", async () => {
  await withFolder(async (folder) => {
    // A worker would say that there is no tokenizer. 1,100,000 words: 4,399,999 characters.
    const tokenizer = { ...await loadTokenizer(gpt2), folder };
    const lengths = Array(5).fill(1_100_000);
    assert.deepEqual(await countAll(lengths, tokenizer, 2, 0), lengths.map((words) => [words, words]));
  });
});

Deno.test("countTokens takes from its source no more than a few batches ahead", async () => {
  const tokenizer = await loadTokenizer(gpt2);
  let taken = 0;
  async function* source() {
    for (; taken < 100_000; taken++) yield 256;
  }
  for await (const { item } of countTokens(source(), seas, tokenizer, { workers: 2, patience: 0 })) {
    assert.equal(item, 256);
    break;
  }
  // Batches of 64 texts: the first of them is counted at once and handed on.
  assert.ok(taken <= 64, `${taken} were taken`);
});
