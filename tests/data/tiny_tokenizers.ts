/** `tokenizer.json` files that count in a way that can be worked out at a glance. */

function wordPiece(preTokenizer: unknown, words: readonly string[]): string {
  return JSON.stringify({
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(["[UNK]", ...words].map((word, id) => [word, id])),
    },
  });
}

/** One token a word; those that are not in the vocabulary are unknown tokens. */
export function wordTokenizer(words: readonly string[]): string {
  return wordPiece({ type: "Whitespace" }, words);
}

/** One token a letter, all of them unknown: it counts what GPT-2 does not. */
export const letterTokenizer = wordPiece(
  { type: "Split", pattern: { Regex: "." }, behavior: "Isolated", invert: false },
  [],
);
