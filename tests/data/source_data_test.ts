import assert from "node:assert/strict";
import { join } from "node:path";
import { type DataRow, loadTokenizer, parseTemplate, readJsonLines } from "../../lib/data/mod.ts";

const root = join(import.meta.dirname!, "../..");
const rows = (await Array.fromAsync(readJsonLines(join(root, "source_data/trading_post_qa.jsonl"))))
  .map(({ value }) => value);
const templateText = (name: string) => Deno.readTextFile(join(root, "prompt_templates", name));

Deno.test("every shipped question has its answers in its context, and does not give them away", () => {
  for (const { _id, context, input, answers } of rows as Record<string, string>[]) {
    assert.ok(answers!.length > 0);
    for (const answer of answers!) {
      assert.ok(context!.includes(answer), `${_id}: "${answer}" does not stand in the context`);
      assert.ok(!input!.includes(answer), `${_id}: the question holds "${answer}"`);
    }
  }
});

Deno.test("shipped contexts, questions and ids are all different", () => {
  for (const column of ["_id", "context", "input"]) {
    assert.equal(new Set(rows.map((row) => row[column])).size, rows.length, column);
  }
});

Deno.test("the shipped data has rows enough for each language and length that the configs use", async () => {
  const template = parseTemplate(await templateText("question_answering.txt"), ["context", "input"], "");
  const tokenizer = await loadTokenizer(join(root, "source_data/tokenizers/gpt2"));
  const tokens = (language: string) =>
    rows.filter((row) => row.language === language).map((row) => tokenizer.count(template.render(row, "")));
  const within = (from: number, to: number) =>
    tokens("en").filter((count) => from <= count && count < to).length;
  assert.deepEqual([within(0, 500), within(500, 1500), within(1500, 4500)], [158, 146, 44]);
  assert.deepEqual([tokens("de").length, tokens("es").length], [22, 22]);
});

Deno.test("no shipped text holds what its grammar left over", () => {
  for (const { _id, context, input } of rows as DataRow[]) {
    assert.doesNotMatch(
      `${context}\n${input}`,
      /[{}<>|]|undefined|(?<!\p{L})(\p{L}+) \1(?!\p{L})|\b1 marks| {2}/u,
      String(_id),
    );
  }
});

Deno.test("shipped templates need no column but those of their data set", async () => {
  const question = parseTemplate(await templateText("gsm8k.txt"), ["question"], "gsm8k.txt");
  assert.deepEqual(question.columns, ["question"]);
  assert.match(question.render({ question: "2 + 2?" }, ""), /Problem: 2 \+ 2\?$/);
});
