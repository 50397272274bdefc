import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { answerScorer } from "../../lib/evaluate/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { Answers } from "../../lib/simulate/answers.ts";

const shared = Deno.env.get("FMBENCH_SHARED") ?? join(projectRoot, "..", "shared");

interface Asked {
  readonly prompt: string;
  readonly ground_truth: string[];
}

const sets: Record<string, { file: string; rows: number; asked: (row: Record<string, unknown>) => Asked }> = {
  GSM8K: {
    file: join(shared, "data", "gsm8k", "gsm8k_test.jsonl"),
    rows: 1319,
    asked: ({ question, answer }) => ({ prompt: String(question), ground_truth: [String(answer)] }),
  },
  QMSum: {
    file: join(shared, "data", "qmsum", "qmsum_test.jsonl"),
    rows: 244,
    asked: ({ input, context, answers }) => ({
      prompt: `${context}\n${input}`,
      ground_truth: (answers as unknown[]).map(String),
    }),
  },
};

for (const [name, { file, rows, asked }] of Object.entries(sets)) {
  const ignore = !existsSync(file);
  if (ignore) console.warn(`skipped: ${name} is not at ${file}; set FMBENCH_SHARED`);
  Deno.test({
    name:
      `the embedded endpoint's right answers to ${name} are scored right, and its wrong ones wrong, each of them`,
    ignore,
    async fn() {
      const all = Deno.readTextFileSync(file).trim().split("\n").map((line) => asked(JSON.parse(line)));
      assert.equal(all.length, rows);
      const folder = await Deno.makeTempDir();
      try {
        const lines = all.map((payload) => JSON.stringify({ ...payload, prompt_tokens: 1 }));
        await Deno.writeTextFile(join(folder, "prompts.jsonl"), lines.join("\n"));
        const open = (accuracy: number) => new Answers({ seed: 11, accuracy, prompts_dir: folder });
        const scorer = answerScorer({ method: "auto" });
        const always = open(1);
        for (const accuracy of [0.9, 0.7, 0.5, 0]) {
          const endpoint = open(accuracy);
          let right = 0;
          for (const { prompt, ground_truth } of all) {
            const { text } = await endpoint.to(prompt);
            // The right answer to a prompt is what the endpoint says when it is always right.
            const isRight = text === (await always.to(prompt)).text;
            assert.equal(scorer.score(text, ground_truth)?.correct, isRight, text);
            if (isRight) right++;
          }
          // Four standard deviations of the draws.
          const spread = 4 * Math.sqrt(accuracy * (1 - accuracy) / rows);
          assert.ok(Math.abs(right / rows - accuracy) <= spread, `${right} of ${rows} at ${accuracy}`);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
