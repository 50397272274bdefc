import assert from "node:assert/strict";
import { readJudgeText } from "../../../lib/evaluate/mod.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";

const shipped = `${projectRoot}/prompt_templates`;

Deno.test("names of FMBench's files mean the shipped ones, unless files of these names are there", async () => {
  const own = await Deno.makeTempDir();
  try {
    const template = await readJudgeText("template", null, [own, shipped]);
    assert.match(template, /\{answer\}/);
    for (
      const name of [
        "llama3_eval_majority_vote",
        "claude_eval_majority_vote.txt",
        "d/cohere_eval_majority_vote",
      ]
    ) {
      assert.equal(await readJudgeText("template", name, [own, shipped]), template, name);
    }
    const rules = await readJudgeText("rules", null, [shipped]);
    assert.equal(
      await readJudgeText("rules", "evaluation_instructions_majority_vote.txt", [own, shipped]),
      rules,
    );
    await Deno.mkdir(`${own}/evaluation`);
    await Deno.writeTextFile(`${own}/evaluation/claude_eval_majority_vote.txt`, "mine {answer}");
    await Deno.writeTextFile(`${own}/strict.txt`, "Be strict.");
    assert.equal(
      await readJudgeText("template", "claude_eval_majority_vote", [own, shipped]),
      "mine {answer}",
    );
    assert.equal(await readJudgeText("rules", "strict", [own, shipped]), "Be strict.");
  } finally {
    await Deno.remove(own, { recursive: true });
  }
});

Deno.test("a name that is nobody's is refused, and so is an empty file", async () => {
  const own = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${own}/empty.txt`, "\n");
    await assert.rejects(
      readJudgeText("rules", "mild.txt", [own, shipped]),
      /"mild.txt": there is no such file; expected one in/,
    );
    await assert.rejects(readJudgeText("rules", "empty.txt", [own, shipped]), /it is empty/);
  } finally {
    await Deno.remove(own, { recursive: true });
  }
});
