import assert from "node:assert/strict";
import { join } from "node:path";
import { generatePayloads, type OwnRendering, readPayloads } from "../../lib/data/mod.ts";
import { jsonLines, rejectedWith, withFolder } from "./scratch.ts";
import { letterTokenizer } from "./tiny_tokenizers.ts";

const gpt2 = join(import.meta.dirname!, "../../source_data/tokenizers/gpt2");

/** By GPT-2 " sea" and "sea" are one token each. */
const seas = (words: number) => Array(words).fill("sea").join(" ");

const rows = [2, 4, 6, 8].map((words) => ({ text: seas(words), name: `row ${words}`, answer: `${words}` }));

async function generate(renderings: (folder: string) => OwnRendering[]) {
  return await withFolder(async (folder) => {
    const source = join(folder, "rows.jsonl");
    const output_dir = join(folder, "prompts");
    await Deno.writeTextFile(source, jsonLines(rows));
    await Deno.writeTextFile(join(folder, "tokenizer.json"), letterTokenizer);
    const filter = (payload_file: string, min: number, max: number) => ({
      ...{ payload_file, min_length_in_tokens: min, max_length_in_tokens: max, language: null },
    });
    const promise = generatePayloads({
      source_files: [source],
      template: "{text}",
      template_keys: ["text"],
      filters: [filter("short.jsonl", 1, 5), filter("long.jsonl", 5, 8)],
      ground_truth_col_key: "answer",
      question_col_key: null,
      tokenizer_dir: gpt2,
      output_dir,
      renderings: renderings(folder),
    });
    await promise.catch(() => {});
    const left = Array.from(Deno.readDirSync(output_dir), ({ name }) => name).sort();
    const report = await promise.catch((error) => {
      assert.deepEqual(left, [], "nothing half-written stays");
      throw error;
    });
    const payloads = new Map(
      await Promise.all(
        left.map(async (name) => [name, await readPayloads(join(output_dir, name))] as const),
      ),
    );
    return { report, payloads };
  });
}

const own = (tokenizer_dir: string): OwnRendering => ({
  prefix: "own.",
  template: "{name}: {text}",
  template_name: "own.txt",
  template_keys: ["name", "text"],
  tokenizer_dir,
  chat: null,
  payload_files: ["short.jsonl"],
});

Deno.test("an experiment's own template and tokenizer change prompts and counts, not which rows there are", async () => {
  const { report, payloads } = await generate((folder) => [own(folder)]);
  // By the run's tokenizer the rows are 2, 4, 6 and 8 tokens: two are short, one is long, one is outside.
  assert.deepEqual(report.filters.map(({ payload_file, rows }) => [payload_file, rows]), [
    ["short.jsonl", 2],
    ["long.jsonl", 1],
  ]);
  assert.deepEqual([...payloads.keys()], ["long.jsonl", "own.short.jsonl", "short.jsonl"]);
  const theirs = payloads.get("own.short.jsonl")!;
  const ours = payloads.get("short.jsonl")!;
  assert.deepEqual(theirs.map(({ payload_id }) => payload_id), ours.map(({ payload_id }) => payload_id));
  assert.deepEqual(theirs.map(({ ground_truth }) => ground_truth), [["2"], ["4"]]);
  assert.deepEqual(theirs.map(({ prompt }) => prompt), ["row 2: sea sea", "row 4: sea sea sea sea"]);
  // "row 2: " is 7 letters; 2 seas are 3 + 1 + 3 = 7, 4 seas 4 x 3 + 3 = 15.
  assert.deepEqual(theirs.map(({ prompt_tokens }) => prompt_tokens), [14, 22]);
  assert.deepEqual(ours.map(({ prompt_tokens }) => prompt_tokens), [2, 4]);
});

Deno.test("rows that leave their range in an experiment are counted", async () => {
  const { report } = await generate((folder) => [
    { ...own(folder), payload_files: ["short.jsonl", "long.jsonl"] },
    { ...own(gpt2), prefix: "same.", template: "{text}", template_keys: ["text"] },
  ]);
  // The long row is 7 + 6 x 3 + 5 = 30 letters, and was to have fewer than 8; the short ones fewer than 5.
  assert.deepEqual(report.renderings, [
    {
      prefix: "own.",
      payload_file: "short.jsonl",
      rows: 2,
      tokens: { min: 14, median: 18, max: 22 },
      outside: 2,
    },
    {
      prefix: "own.",
      payload_file: "long.jsonl",
      rows: 1,
      tokens: { min: 30, median: 30, max: 30 },
      outside: 1,
    },
    {
      prefix: "same.",
      payload_file: "short.jsonl",
      rows: 2,
      tokens: { min: 2, median: 3, max: 4 },
      outside: 0,
    },
  ]);
});

Deno.test("an experiment's template that names a missing column is an error that lists the columns", async () => {
  await rejectedWith(
    generate((folder) => [{ ...own(folder), template: "{nom}", template_keys: ["nom"] }]),
    /rows\.jsonl:1": the row has no column "nom"; expected one of its columns: text, name, answer/,
  );
  await rejectedWith(
    generate((folder) => [{ ...own(folder), template_keys: ["text"] }]),
    /"own\.txt": it has the slot \{name\}; expected one of the prompt_template_keys: text/,
  );
});

Deno.test("where the endpoint takes raw text, the filled template is the user's turn of the model's chat template", async () => {
  const template =
    "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}{% endfor %} [assistant]";
  const chat = { template, bos_token: "<s>", eos_token: "</s>", name: "t" };
  const { report, payloads } = await generate((folder) => [{ ...own(folder), chat }]);
  const theirs = payloads.get("own.short.jsonl")!;
  // Without <s>: the server puts it there itself.
  assert.equal(theirs[0]!.prompt, "[user] row 2: sea sea [assistant]");
  assert.equal(theirs[0]!.prompt_tokens, 33); // letters, spaces included
  assert.equal(report.filters[0]!.rows, 2);
});
