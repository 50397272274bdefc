/** What step 4 pays for, what it does not pay for twice, and what it says of that. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { PanelSummary } from "../../../lib/core/mod.ts";
import { readVerdicts } from "../../../lib/evaluate/mod.ts";
import { judgeAnswers } from "../../../lib/pipeline/steps/evaluations.ts";
import { judgePanel } from "../../../lib/pipeline/steps/judge_tables.ts";
import type { Run } from "../../../lib/run/mod.ts";
import { projectRoot } from "../../../lib/pipeline/project.ts";
import { only, openStep, start } from "../made_up_project.ts";
import { confused, fair, friendly, judges, withEmbedder, withJudges, withStep } from "./judged_run.ts";

const names = ["fair", "friendly", "confused"];

async function panelOf(run: Run): Promise<PanelSummary> {
  return JSON.parse(await Deno.readTextFile(join(run.paths.evaluations, "panel.json")));
}

Deno.test("a run that judges the answers of another one, --from, pays for none of its votes again", async () => {
  await withJudges({ fair, friendly, confused }, async (url, calls) => {
    await withStep([judges(url, names)], async (first, folder) => {
      await judgeAnswers(first);
      const before = calls.length;
      const sets = [...only(4, 5), judges(url, names)];
      const second = openStep(
        "4_get_evaluations",
        await start(folder, { sets, from: first.run.paths.root, second: 1 }),
      );
      await judgeAnswers(second);
      assert.equal(calls.length - before, 3, "the calls that see whether the judges are there");
      const { taken_over, resumed, calls: paid, verdict_types } = await panelOf(second.run);
      assert.deepEqual([taken_over, resumed, paid], [9, 0, 0]);
      assert.deepEqual(verdict_types, (await panelOf(first.run)).verdict_types);
      const verdicts = async (run: Run) => await readVerdicts(run.paths.verdicts);
      assert.deepEqual(await verdicts(second.run), await verdicts(first.run));
      assert.match(await judgePanel(second), /9 votes are those of an earlier run, which paid for them/);

      // By the run that only judged: its own votes count, too.
      const fewer = ["fair", "strict"];
      await withJudges({ fair, strict: fair }, async (other, asked) => {
        const third = openStep(
          "4_get_evaluations",
          await start(folder, {
            sets: [...only(4), judges(other, fewer)],
            from: second.run.paths.root,
            second: 2,
          }),
        );
        await judgeAnswers(third);
        assert.equal(asked.length, 2 + 6, "another address is another judge");
        const fourth = openStep(
          "4_get_evaluations",
          await start(folder, {
            sets: [...only(4), judges(other, fewer)],
            from: third.run.paths.root,
            second: 3,
          }),
        );
        await judgeAnswers(fourth);
        assert.equal(asked.length, 2 + 6 + 2);
        assert.equal((await panelOf(fourth.run)).taken_over, 6);
      });
    });
  });
});

const priceFile = `pricing:
  token_based:
    fair: { input-per-1k-tokens: 1, output-per-1k-tokens: 10 }
    e: { input-per-1k-tokens: 100, output-per-1k-tokens: 0 }
`;

Deno.test("an embedder with a price is counted into what judging cost, and judges without one are named", async () => {
  await withJudges({ fair, friendly }, async (url) => {
    await withEmbedder(async (at) => {
      const sets = [
        judges(url, ["fair", "friendly"]),
        `evaluation.embedder={kind: openai, model_id: e, url: "${at}"}`,
        "pricing=p.yml",
      ];
      await withStep(sets, async (step, folder) => {
        await judgeAnswers(step);
        const { cost, embedding, judges: [priced] } = await panelOf(step.run);
        // Three votes of 100 tokens at 1 and 10 at 10 a thousand.
        assert.ok(Math.abs(priced!.cost! - 3 * 0.2) < 1e-12, `${priced!.cost}`);
        // A word to try it, the answers, the right answer: a request each, of one token at 0.1.
        assert.deepEqual(embedding, { model_id: "e", calls: 3, prompt_tokens: 3, cost: 0.1 + 0.1 + 0.1 });
        assert.ok(Math.abs(cost! - 0.9) < 1e-12, `${cost}`);
        const shown = await judgePanel(step);
        assert.match(shown, /cost: \$0\.9 and what has no price \(friendly\)/);
        assert.match(shown, /e embedded in 3 calls, 3 tokens, cost: \$0\.3/);
        // Once more: one word is tried, and nothing is lost of what was paid.
        await judgeAnswers(step);
        assert.equal((await panelOf(step.run)).embedding!.prompt_tokens, 4);
        const from = step.run.paths.root;
        const next = await start(folder, { sets: [...only(4), ...sets], from, second: 1 });
        const second = openStep("4_get_evaluations", next);
        await judgeAnswers(second);
        assert.deepEqual((await panelOf(second.run)).embedding!.prompt_tokens, 1, "one word is tried");
        assert.deepEqual(
          (await readVerdicts(second.run.paths.verdicts)).map(({ similarity }) => similarity),
          (await readVerdicts(step.run.paths.verdicts)).map(({ similarity }) => similarity),
        );
      }, { "p.yml": priceFile });
    });
  });
});

Deno.test("the cap holds over judges and embedder together; what it leaves out is said", async () => {
  await withJudges({ fair }, async (url) => {
    await withEmbedder(async (at, texts) => {
      const sets = [
        judges(url, ["fair"]),
        `evaluation.embedder={kind: openai, model_id: e, url: "${at}"}`,
        "pricing=p.yml",
        // Three votes cost 0.3, and a third of their prompts' bytes under 1; a word could cost 2.
        "evaluation.dollars=1.5",
        "evaluation.parallel=1",
      ];
      await withStep(sets, async (step) => {
        await judgeAnswers(step);
        assert.deepEqual(texts, []);
        const { cost, embedding, stopped_by } = await panelOf(step.run);
        assert.ok(Math.abs(cost! - 0.3) < 1e-12, `${cost}`);
        assert.deepEqual([stopped_by, embedding], [null, null]);
        assert.ok(
          step.told.log.some((line) =>
            /could not be embedded: the cap on what judging may cost was reached/.test(line)
          ),
          step.told.log.join("\n"),
        );
        const verdicts = await readVerdicts(step.run.paths.verdicts);
        assert.ok(verdicts.every(({ similarity }) => similarity === null || similarity === undefined));
      }, {
        "p.yml": priceFile.replace("output-per-1k-tokens: 10", "output-per-1k-tokens: 0").replace(
          "100,",
          "1000,",
        ),
      });
    });
  });
});

Deno.test("without judges, what embedding cost is told all the same", async () => {
  await withEmbedder(async (at) => {
    await withStep([`evaluation.embedder={kind: openai, model_id: unknown, url: "${at}"}`], async (step) => {
      await judgeAnswers(step);
      assert.match(
        await judgePanel(step),
        /No panel was asked: .* unknown embedded in 3 calls, 3 tokens, cost: no price/,
      );
    });
  });
});

Deno.test("a judge that is a module beside the config votes like any other; another text of it is another judge", async () => {
  const module = await Deno.readTextFile(join(projectRoot, "configs/predictors/chat_client.ts"));
  await withJudges({ fair }, async (url, calls) => {
    const judge = `evaluation.judges=[{model_id: fair, inference_script: judge.ts, ep_name: "${url}"}]`;
    await withStep([judge, "evaluation.panel=yes"], async (step, folder) => {
      await judgeAnswers(step);
      const verdicts = await readVerdicts(step.run.paths.verdicts);
      assert.deepEqual(verdicts.map(({ verdict }) => verdict), [
        ...["correct", "correct", "incorrect", "incorrect", "failed", "no_ground_truth"],
      ]);
      assert.equal(calls.length, 1 + 3);
      await judgeAnswers(step);
      assert.equal(calls.length, 1 + 3 + 1);
      await Deno.writeTextFile(join(folder, "judge.ts"), `${module}\n// changed\n`);
      await judgeAnswers(step);
      assert.equal(calls.length, 1 + 3 + 1 + 4);
    }, { "judge.ts": module });
  });
});
