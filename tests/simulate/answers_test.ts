import assert from "node:assert/strict";
import { Answers } from "../../lib/simulate/answers.ts";
import { phrasingsOf, unknownAnswer } from "../../lib/simulate/phrasing.ts";
import { splitTokens } from "../../lib/simulate/tokens.ts";

const folder = await Deno.makeTempDir();

const cities = ["Lisbon", "Oslo", "Quito", "Hanoi", "Riga", "Accra", "Lima", "Sofia", "Doha", "Baku"];
const rows = Array.from({ length: 200 }, (_, i) => ({
  prompt: `Which city is number ${i}?`,
  prompt_tokens: 100 + i,
  language: i % 2 === 0 ? "en" : "de",
  question: "Which?",
  ground_truth: [`${cities[i % 10]} ${i}x`, "another"],
}));
await Deno.writeTextFile(`${folder}/a.jsonl`, rows.map((row) => JSON.stringify(row)).join("\n") + '\n{"torn');

async function open(accuracy: number, seed = 1, prompts_dir: string | null = folder): Promise<Answers> {
  const answers = new Answers({ accuracy, seed, prompts_dir });
  await answers.refresh();
  return answers;
}

async function rightOnes(answers: Answers): Promise<boolean[]> {
  const right: boolean[] = [];
  for (const { prompt, ground_truth } of rows) {
    right.push((await answers.to(prompt)).text.includes(ground_truth[0]!));
  }
  return right;
}

Deno.test("with accuracy 1 every answer holds the ground truth, with 0 none, and none is empty-handed", async () => {
  assert.ok((await rightOnes(await open(1))).every((right) => right));
  const wrong = await open(0);
  assert.ok((await rightOnes(wrong)).every((right) => !right));
  for (const { prompt } of rows) {
    const { text } = await wrong.to(prompt);
    assert.notEqual(text, unknownAnswer);
    assert.match(text, /\d+x/);
    assert.doesNotMatch(text, /another/);
  }
});

Deno.test("a wrong answer comes to another result than the worked solution of its row", async () => {
  const solved = await Deno.makeTempDir();
  // Eighteen solutions that say different things and come to the same, and one that doesn't.
  const truths = Array.from({ length: 18 }, (_, i) => `${i} and the rest\n#### 1,200`).concat(
    "all of it\n#### 7",
  );
  const lines = truths.map((truth, i) =>
    JSON.stringify({ prompt: `How many in box ${i}?`, ground_truth: [truth] })
  );
  await Deno.writeTextFile(`${solved}/a.jsonl`, lines.join("\n"));
  const wrong = await open(0, 1, solved);
  for (let i = 0; i < 18; i++) assert.match((await wrong.to(`How many in box ${i}?`)).text, /#### 7\b/);
  await Deno.remove(solved, { recursive: true });
});

Deno.test("accuracy is the fraction of right answers; more accuracy takes none of them away", async () => {
  const [low, high] = [await rightOnes(await open(0.7)), await rightOnes(await open(0.9))];
  // 200 draws at 0.7: mean 140, standard deviation 6.5; four of them on either side.
  const count = low.filter((right) => right).length;
  assert.ok(count > 114 && count < 166, String(count));
  assert.ok(low.every((right, i) => !right || high[i]));
});

Deno.test("the same seed and prompt give the same answer, another seed another selection", async () => {
  const texts = async (answers: Answers) => {
    const all: string[] = [];
    for (const { prompt } of rows) all.push((await answers.to(prompt)).text);
    return all;
  };
  assert.deepEqual(await texts(await open(0.5, 7)), await texts(await open(0.5, 7)));
  assert.notDeepEqual(await texts(await open(0.5, 7)), await texts(await open(0.5, 8)));
});

Deno.test("the prompt's own token count is used; an unknown one gets a quarter of its characters", async () => {
  const answers = await open(1);
  assert.equal((await answers.to("Which city is number 5?")).prompt_tokens, 105);
  assert.deepEqual(await answers.to("Who?!"), { text: unknownAnswer, prompt_tokens: 2, right: null });
});

Deno.test("a file that appears later is found when its prompt is asked for", async () => {
  const later = await Deno.makeTempDir();
  const answers = await open(1, 1, `${later}/prompts`);
  assert.equal((await answers.to("New?")).text, unknownAnswer);
  await Deno.mkdir(`${later}/prompts`);
  const row = {
    prompt: "New?",
    prompt_tokens: 3,
    language: "en",
    question: "New?",
    ground_truth: ["Yes, new"],
  };
  await Deno.writeTextFile(`${later}/prompts/b.jsonl`, JSON.stringify(row) + "\n");
  assert.match((await answers.to("New?")).text, /Yes, new/);
  assert.equal(answers.size, 1);
});

Deno.test("an answer takes 12 to 40 tokens in every language", () => {
  for (const language of ["en", "de", "fr", "es", "xx", null]) {
    for (const sentence of phrasingsOf(language)) {
      const count = splitTokens(sentence.replace("{answer}", "Lisbon")).length;
      assert.ok(count >= 12 && count <= 40, `${count}: ${sentence}`);
    }
  }
});

Deno.test("where every other row would be right too, it says that it does not know", async () => {
  const same = await Deno.makeTempDir();
  const text = ["One?", "Two?"].map((prompt) =>
    JSON.stringify({ prompt, prompt_tokens: 2, ground_truth: ["Same"] })
  );
  await Deno.writeTextFile(`${same}/a.jsonl`, text.join("\n"));
  assert.equal((await (await open(0, 1, same)).to("One?")).text, unknownAnswer);
});
