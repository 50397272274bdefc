import assert from "node:assert/strict";
import { join } from "node:path";
import { loadTokenizer, readJsonLines } from "../../lib/data/mod.ts";
import counted from "./testdata/gpt2_counts.json" with { type: "json" };
import { rejectedWith, withFolder } from "./scratch.ts";
import { wordTokenizer } from "./tiny_tokenizers.ts";

const sourceData = join(import.meta.dirname!, "../../source_data");
const gpt2 = join(sourceData, "tokenizers/gpt2");

Deno.test("the shipped tokenizer counts what OpenAI's ranks give, text by text", async () => {
  const tokenizer = await loadTokenizer(gpt2);
  for (const [text, tokens] of counted.texts as [string, number][]) {
    assert.equal(tokenizer.count(text), tokens, JSON.stringify(text));
  }
});

Deno.test("the shipped tokenizer counts what OpenAI's ranks give over all shipped contexts", async () => {
  const tokenizer = await loadTokenizer(gpt2);
  let tokens = 0;
  for await (const { value } of readJsonLines(join(sourceData, "trading_post_qa.jsonl"))) {
    tokens += tokenizer.count(value.context as string);
  }
  assert.equal(tokens, counted.trading_post_contexts);
});

Deno.test("loadTokenizer names the tokenizer, hashes its files, and reads a folder once", async () => {
  const tokenizer = await loadTokenizer(gpt2);
  assert.equal(tokenizer.name, "gpt2");
  assert.equal(tokenizer.source, "tokenizer");
  assert.match(tokenizer.hash, /^[0-9a-f]{64}$/);
  assert.equal(await loadTokenizer(gpt2), tokenizer);
});

Deno.test("loadTokenizer does without a config, takes the folder's name, and hashes what it read", async () => {
  await withFolder(async (folder) => {
    const hashes = new Set<string>();
    for (const [name, words] of [["one", ["tide"]], ["two", ["tide", "ti", "##de"]]] as const) {
      await Deno.mkdir(join(folder, name));
      await Deno.writeTextFile(join(folder, name, "tokenizer.json"), wordTokenizer(words));
      const tokenizer = await loadTokenizer(join(folder, name));
      assert.equal(tokenizer.name, name);
      assert.equal(tokenizer.count("tide tide tide"), 3);
      hashes.add(tokenizer.hash);
    }
    assert.equal(hashes.size, 2);
  });
});

Deno.test("loadTokenizer does not pass off a path as a name", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "tokenizer.json"), wordTokenizer(["a"]));
    await Deno.writeTextFile(
      join(folder, "tokenizer_config.json"),
      '{"name_or_path": "/home/someone/model"}',
    );
    assert.doesNotMatch((await loadTokenizer(folder)).name, /someone|\//);
  });
});

Deno.test("loadTokenizer says what a folder lacks, and tries again once it is there", async () => {
  await withFolder(async (folder) => {
    await rejectedWith(
      loadTokenizer(folder),
      /^Cannot load the tokenizer ".*": there is no tokenizer.json in it; expected/,
    );
    await Deno.writeTextFile(join(folder, "tokenizer.json"), "{");
    await rejectedWith(loadTokenizer(folder), /its files can't be read/);
    await Deno.writeTextFile(join(folder, "tokenizer.json"), wordTokenizer(["a"]));
    assert.equal((await loadTokenizer(folder)).count("a a"), 2);
  });
});
