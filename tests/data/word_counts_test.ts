import { Tokenizer } from "@huggingface/tokenizers";
import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../lib/core/mod.ts";
import { readJsonLines } from "../../lib/data/mod.ts";
import { tokenCounter } from "../../lib/data/word_counts.ts";

const sourceData = join(import.meta.dirname!, "../../source_data");
const gpt2 = JSON.parse(Deno.readTextFileSync(join(sourceData, "tokenizers/gpt2/tokenizer.json")));

/** What the library says of a text, by a tokenizer that has counted nothing before. */
const plainly = (definition: object) => {
  const library = new Tokenizer(definition, {});
  return (text: string) => library.encode(text, { add_special_tokens: false }).ids.length;
};

const variants: Record<string, object> = {
  "as shipped": gpt2,
  "with a space put before": {
    ...gpt2,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
  },
  "split by its own pattern before the bytes": {
    ...gpt2,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {
          type: "Split",
          pattern: { Regex: "\\p{N}{1,3}| ?\\p{L}+|\\s+|." },
          behavior: "Isolated",
          invert: false,
        },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
  },
  "normalised": { ...gpt2, normalizer: { type: "NFC" } },
  "one word a text, bytes as a fallback": {
    version: "1.0",
    added_tokens: [],
    normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: "BPE",
      byte_fallback: true,
      fuse_unk: true,
      unk_token: "<unk>",
      vocab: {
        "<unk>": 0,
        "▁": 1,
        "t": 2,
        "i": 3,
        "ti": 4,
        "de": 5,
        "d": 6,
        "e": 7,
        "<0xC3>": 8,
        "<0xA9>": 9,
      },
      merges: ["t i", "d e"],
    },
  },
};

/** Texts of every kind of sign, with words that come again and ones longer than any memory. */
function textsOf(seed: number): string[] {
  const random = seededRandom(seed, "texts");
  const pieces = [
    ...[
      "tide",
      " the",
      " harbour's",
      "é",
      "e\u0301",
      " ",
      "\n\n",
      "  \t",
      "12345",
      "<|endoftext|>",
      "🚢👩‍🚀",
      "漢字",
      "\ud800",
    ],
    ..."ab,.!?{}'\"".split(""),
    "x".repeat(300),
    " aZ09".repeat(40),
  ];
  return Array.from(
    { length: 200 },
    () => Array.from({ length: random.below(40) }, () => pieces[random.below(pieces.length)]).join(""),
  );
}

for (const [name, definition] of Object.entries(variants)) {
  Deno.test(`a tokenizer ${name} counts what the library counts, text by text and again`, () => {
    const library = plainly(definition);
    const count = tokenCounter(new Tokenizer(definition, {}));
    for (const text of [...textsOf(1), ...textsOf(2), ...textsOf(1)]) {
      assert.equal(count(text), library(text), JSON.stringify(text));
    }
  });
}

Deno.test("every row of the shipped data has the library's count", async () => {
  const library = plainly(gpt2);
  const count = tokenCounter(new Tokenizer(gpt2, {}));
  let rows = 0;
  for await (const { value } of readJsonLines(join(sourceData, "trading_post_qa.jsonl"))) {
    if (rows++ % 4 === 0) assert.equal(count(value.context as string), library(value.context as string));
  }
  assert.ok(rows > 100);
});
