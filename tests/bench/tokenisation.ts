/**
 * How fast prompts are counted: the library's own call in one thread, our counter on one core and on two. The vocabulary
 * has 128,000 entries: GPT-2's 50,000 merges as they ship, and merges of random pairs of its tokens up to that number
 * (seeded), under the pre-tokenizer of the shipped file.
 *
 *     deno run -A tests/bench/tokenisation.ts [times [rows.jsonl]]
 *
 * Without a file: QMSum when it lies beside the project (`../shared/data/qmsum`), else the shipped questions. Each row is
 * its context and its input; all of them are counted so many times (100, the library's call 4 times), which a memory of
 * words likes: `1` tells what it does for data that is new. The counts of all ways are compared row by row.
 */

import { Tokenizer } from "@huggingface/tokenizers";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../lib/core/mod.ts";
import { countTokens } from "../../lib/data/counting.ts";
import { readJsonLines } from "../../lib/data/json_lines.ts";
import { loadTokenizer, type TokenCounter } from "../../lib/data/tokenizer.ts";

const ENTRIES = 128_000;
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const qmsum = path("../../../shared/data/qmsum/qmsum_test.jsonl");
const file = Deno.args[1] ?? (existsSync(qmsum) ? qmsum : path("../../source_data/trading_post_qa.jsonl"));
const times = Number(Deno.args[0] ?? 100);

const texts: string[] = [];
for await (const { value } of readJsonLines(file)) texts.push(`${value.context}\n\n${value.input}`);
const many = Array.from({ length: times }, () => texts).flat();

const model = JSON.parse(await Deno.readTextFile(path("../../source_data/tokenizers/gpt2/tokenizer.json")));
enlarge(model.model);
const folder = await Deno.makeTempDir({ prefix: "fmbench-tokenizer-" });
// A folder is read once in a process: each way needs its own, to begin without the words that another has met.
for (const cores of [1, 2]) {
  await Deno.mkdir(`${folder}/${cores}`);
  await Deno.writeTextFile(`${folder}/${cores}/tokenizer.json`, JSON.stringify(model));
}

/** Adds merges of two tokens each until the vocabulary is full. */
function enlarge(
  { vocab, merges }: { vocab: Record<string, number>; merges: (string | [string, string])[] },
) {
  const random = seededRandom(1, "vocabulary");
  const tokens = Object.keys(vocab);
  const word = /^Ġ?[a-z]+$/;
  const heads = tokens.filter((token) => word.test(token));
  const tails = heads.filter((token) => !token.startsWith("Ġ"));
  for (let size = tokens.length; size < ENTRIES;) {
    const pair: [string, string] = [heads[random.below(heads.length)]!, tails[random.below(tails.length)]!];
    const merged = pair.join("");
    if (Object.hasOwn(vocab, merged)) continue;
    vocab[merged] = size++;
    merges.push(typeof merges[0] === "string" ? pair.join(" ") : pair);
  }
}

async function* rows(): AsyncGenerator<string> {
  yield* many;
}

interface Way {
  readonly name: string;
  count(): Promise<number[]> | number[];
}

const library = new Tokenizer(model, {});
const tokenizers: TokenCounter[] = [];
for (const cores of [1, 2]) {
  const loading = performance.now();
  tokenizers.push(await loadTokenizer(`${folder}/${cores}`));
  console.log(`tokenizer loaded in ${((performance.now() - loading) / 1000).toFixed(2)} s`);
}
const counted = async (workers: number) => {
  const tokenizer = tokenizers[workers - 1]!;
  const counts: number[] = [];
  for await (const { tokens } of countTokens(rows(), (text) => text, tokenizer, { workers, patience: 0 })) {
    counts.push(tokens);
  }
  return counts;
};
const ways: Way[] = [
  {
    name: "library's call, one thread",
    count: () =>
      many.slice(0, texts.length * 4).map((text) =>
        library.encode(text, { add_special_tokens: false }).ids.length
      ),
  },
  { name: "ours, one core", count: () => counted(1) },
  { name: "ours, two cores (start of the workers included)", count: () => counted(2) },
];

let failed = false;
let expected: number[] = [];
let base = 0;
console.log(
  `${many.length} rows (${texts.length} of ${file.split("/").at(-1)}, ${times} times), ${ENTRIES} entries`,
);
for (const { name, count } of ways) {
  const started = performance.now();
  const counts = await count();
  const seconds = (performance.now() - started) / 1000;
  const tokens = counts.reduce((sum, each) => sum + each, 0);
  const rate = counts.length / seconds;
  if (base === 0) [base, expected] = [rate, counts];
  const different = counts.filter((each, i) => each !== expected[i % texts.length]).length;
  failed ||= different > 0 || counts.length < texts.length;
  console.log(
    `${name.padEnd(48)} ${rate.toFixed(0).padStart(6)} rows/s ` +
      `${(tokens / seconds / 1e6).toFixed(2).padStart(6)} Mtokens/s  ratio ${(rate / base).toFixed(2)}  ` +
      `${different} rows differ`,
  );
}
await Deno.remove(folder, { recursive: true });
Deno.exit(failed ? 1 : 0);
