/**
 * Writes `source_data/tokenizers/gpt2/` from GPT-2's published token ranks, as the npm package `js-tiktoken` holds them:
 *
 *     npm install --prefix FOLDER js-tiktoken@1.0.21
 *     deno run -RW source_data/tools/gpt2_tokenizer.ts FOLDER/node_modules/js-tiktoken/dist/ranks/gpt2.js
 *
 * The ranks say which byte strings are tokens; a `tokenizer.json` also wants the pairs that were merged to make them. A
 * token's pair is what is left when it is encoded by the tokens of lower rank alone.
 */

interface Ranks {
  readonly bpe_ranks: string;
  readonly special_tokens: Readonly<Record<string, number>>;
}

/** GPT-2's printable stand-ins for bytes: themselves where printable, else U+0100 onwards in order. */
function printableBytes(): string[] {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** Token (in printable form) -> rank. A line is `! <first rank> <base64> <base64> ...`. */
function readRanks(lines: string): Map<string, number> {
  const printable = printableBytes();
  const ranks = new Map<string, number>();
  for (const line of lines.split("\n")) {
    if (line === "") continue;
    const [, first, ...tokens] = line.split(" ");
    for (const [index, token] of tokens.entries()) {
      const text = Array.from(atob(token), (byte) => printable[byte.charCodeAt(0)]!).join("");
      ranks.set(text, Number(first) + index);
    }
  }
  return ranks;
}

/** The two parts that were merged last to make `token`. */
function lastMerge(token: string, ranks: ReadonlyMap<string, number>): [string, string] {
  const rank = ranks.get(token)!;
  const parts = Array.from(token);
  while (parts.length > 2) {
    let best = -1;
    let bestRank = rank;
    for (let i = 0; i + 1 < parts.length; i++) {
      const candidate = ranks.get(parts[i]! + parts[i + 1]!);
      if (candidate !== undefined && candidate < bestRank) [best, bestRank] = [i, candidate];
    }
    if (best < 0) throw new Error(`No pair of earlier tokens makes "${token}" (rank ${rank})`);
    parts.splice(best, 2, parts[best]! + parts[best + 1]!);
  }
  return [parts[0]!, parts[1]!];
}

const [ranksFile] = Deno.args;
if (ranksFile === undefined) throw new Error("Name the file with the ranks: .../js-tiktoken/dist/ranks/gpt2.js");
const source: { default: Ranks } = await import(new URL(ranksFile, `file://${Deno.cwd()}/`).href);
const ranks = readRanks(source.default.bpe_ranks);
const merges = [...ranks.keys()].filter((token) => Array.from(token).length > 1)
  .map((token) => lastMerge(token, ranks).join(" "));
const special = source.default.special_tokens;

const folder = new URL("../tokenizers/gpt2/", import.meta.url);
const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
Deno.writeTextFileSync(
  new URL("tokenizer.json", folder),
  JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: Object.entries(special).map(([content, id]) => ({ id, content, ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab: { ...Object.fromEntries(ranks), ...special },
      merges,
    },
  }) + "\n",
);
const [endOfText] = Object.keys(special);
Deno.writeTextFileSync(
  new URL("tokenizer_config.json", folder),
  JSON.stringify(
    {
      name_or_path: "gpt2",
      tokenizer_class: "GPT2Tokenizer",
      add_prefix_space: false,
      bos_token: endOfText,
      eos_token: endOfText,
      unk_token: endOfText,
      model_max_length: 1024,
    },
    null,
    2,
  ) + "\n",
);
console.log(`${ranks.size} tokens, ${merges.length} merges`);
