import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { answerScorer } from "../../../lib/evaluate/mod.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";

const shared = Deno.env.get("FMBENCH_SHARED") ?? join(projectRoot, "..", "shared");
const file = join(shared, "data", "gsm8k", "gsm8k_test.jsonl");
const ignore = !existsSync(file);
if (ignore) console.warn(`skipped: GSM8K is not at ${file}; set FMBENCH_SHARED`);

/** The reference solutions; their results are read here without our code. */
function solutions(): { solution: string; steps: string; result: number }[] {
  return Deno.readTextFileSync(file).trim().split("\n").map((line) => {
    const solution: string = JSON.parse(line).answer;
    const [steps = "", result = ""] = solution.split("\n#### ");
    return { solution, steps, result: Number(result.replaceAll(",", "")) };
  });
}
const scorer = answerScorer({ method: "auto" });
const right = (answer: string, truth: string) => scorer.score(answer, [truth])?.correct;

Deno.test({
  name: "all 1,319 reference solutions of GSM8K are right as answers, and scored by their number",
  ignore,
  fn() {
    const all = solutions();
    assert.equal(all.length, 1319);
    const wrong = all.filter(({ solution }) => right(solution, solution) !== true);
    assert.deepEqual(wrong, []);
    assert.deepEqual(new Set(all.map(({ solution }) => scorer.methodFor([solution]))), new Set(["numeric"]));
  },
});

Deno.test({
  name: "GSM8K's results are right in every spelling, and no other number is",
  ignore,
  fn() {
    for (const { solution, steps, result } of solutions()) {
      assert.ok(Number.isFinite(result), solution);
      const spelt = result.toLocaleString("en-US");
      for (
        const answer of [
          `${steps}\n#### ${result}`,
          `${steps}\nThe answer is $${spelt}.`,
          `**Answer:** ${spelt} of them. I took 3 steps.`,
          `${steps}\n\\boxed{${result}}`,
          `${steps}\nSo it is ${result}.00 dollars!`,
        ]
      ) assert.equal(right(answer, solution), true, answer);
      for (const other of [result + 1, -result - 1, result * 10 + 1]) {
        assert.equal(right(`${steps}\n#### ${other}`, solution), false, solution);
        assert.equal(right(`${steps}\nThe answer is ${other}.`, solution), false, solution);
      }
    }
  },
});
