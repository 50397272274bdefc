import assert from "node:assert/strict";
import { join } from "node:path";
import { type PanelSummary, UserError } from "../../../lib/core/mod.ts";
import { readVerdicts } from "../../../lib/evaluate/mod.ts";
import { judgeAnswers } from "../../../lib/pipeline/steps/evaluations.ts";
import { humanAgreement, judgePanel } from "../../../lib/pipeline/steps/judge_tables.ts";
import { readAbsence } from "../../../lib/pipeline/steps/panel_absence.ts";
import { readLabels } from "../../../lib/pipeline/steps/review_sheet.ts";
import { confused, fair, friendly, judges, withEmbedder, withJudges, withStep } from "./judged_run.ts";

const names = ["fair", "friendly", "confused"];

Deno.test("a panel judges each distinct answer once; its majority is the verdict of every request that gave it", async () => {
  await withJudges({ fair, friendly, confused }, async (url, calls) => {
    await withStep([judges(url, names)], async (step) => {
      const shown = await judgeAnswers(step);
      assert.match(shown, /undecided/);
      const verdicts = await readVerdicts(step.run.paths.verdicts);
      // c: fair and confused against friendly. d: one for, one against, one unreadable: a tie.
      assert.deepEqual(verdicts.map(({ request_id, verdict, method }) => [request_id, verdict, method]), [
        ["a", "correct", "majority_vote"],
        ["b", "correct", "majority_vote"],
        ["c", "incorrect", "majority_vote"],
        ["d", "undecided", "majority_vote"],
        ["e", "failed", "contains"],
        ["f", "no_ground_truth", "contains"],
      ]);
      assert.deepEqual(verdicts[3]!.votes, {
        fair: "incorrect",
        friendly: "correct",
        confused: "unparsable",
      });
      // Three calls before, nine votes on three answers, one request to repair the unreadable one.
      assert.equal(calls.length, 3 + 9 + 1);

      const panel = JSON.parse(
        await Deno.readTextFile(join(step.run.paths.evaluations, "panel.json")),
      ) as PanelSummary;
      assert.deepEqual([panel.answers, panel.calls, panel.stopped_by], [3, 10, null]);
      assert.deepEqual(panel.verdict_types.map(({ verdict_type, count }) => [verdict_type, count]), [
        ["correct_by_unanimous_decision", 1],
        ["incorrect_by_majority_vote_w_1_dissagreement", 1],
        ["undecided_by_tie", 1],
      ]);
      const table = await judgePanel(step);
      assert.match(table, /confused +\| +1 +\| +1 +\| +1 +\|/);
      assert.match(table, /no price/);
    });
  });
});

Deno.test("FMBench's files hold what the panel did, one table holds every verdict", async () => {
  await withJudges({ fair, friendly, confused }, async (url) => {
    await withStep([judges(url, names)], async (step) => {
      await judgeAnswers(step);
      const { evaluations, verdictTable } = step.run.paths;
      const lines = async (name: string) =>
        (await Deno.readTextFile(join(evaluations, name))).trimEnd().split("\n");
      const { pl } = await import("../../../lib/analyze/mod.ts");
      const frame = pl.readParquet(verdictTable);
      assert.deepEqual([frame.height, frame.getColumn("votes_missing").toArray()], [6, [
        0,
        0,
        0,
        1,
        null,
        null,
      ]]);
      const [header, row] = await lines("candidate_model_accuracy.csv");
      assert.ok(header!.startsWith("candidate_model,correct_count,incorrect_count,total,accuracy,"), header!);
      // Two right of three decided.
      assert.match(row!, /^[\w-]+,2,1,6,66\.66/);
      assert.equal((await lines("raw_llm_as_a_judge_evals.csv")).length, 1 + 9);
      assert.equal((await lines("responses_need_further_eval.txt")).length, 1 + 1);
      assert.equal((await lines("correct_verdict_responses.csv")).length, 1 + 2);
      assert.deepEqual(await lines("verdict_type_breakdown_for_correct.csv"), [
        "verdict_type,count,fraction",
        "correct_by_unanimous_decision,1,1.0",
      ]);
      assert.equal((await lines("eval_cost_per_llm_evaluator.csv")).length, 1 + 3);
      const prompts = await Deno.readTextFile(join(evaluations, "processed_eval_prompts_for_inference.csv"));
      // Three distinct answers before three judges.
      assert.equal(prompts.match(/BEGIN GIVEN ANSWER <number>/g)?.length, 3 * 3);
      assert.equal((await Array.fromAsync(Deno.readDir(join(evaluations, "per_poll_eval")))).length, 9);
    });
  });
});

Deno.test("a step that is run again pays for no vote twice", async () => {
  await withJudges({ fair, friendly }, async (url, calls) => {
    await withStep([judges(url, ["fair", "friendly"])], async (step) => {
      await judgeAnswers(step);
      const before = calls.length;
      await judgeAnswers(step);
      // The two calls that see whether the judges are there.
      assert.equal(calls.length - before, 2);
      assert.match(await judgePanel(step), /6 votes were there from an earlier start/);
    });
  });
});

Deno.test("a judge that can't be asked is named; `auto` then scores without the panel, `yes` fails before any vote", async () => {
  await withJudges({ fair }, async (url, calls) => {
    await withStep([judges(url, ["fair", "retired"])], async (step) => {
      await judgeAnswers(step);
      const verdicts = await readVerdicts(step.run.paths.verdicts);
      assert.deepEqual([...new Set(verdicts.map(({ method }) => method))], ["contains"]);
      assert.ok(
        step.told.log.some((line) => line.startsWith("notice: No panel votes") && line.includes("retired")),
      );
      assert.match(
        await judgePanel(step),
        /No panel was asked, answers are scored without it\. Cannot ask 1 of 2 judges/,
      );
      const absence = await readAbsence(step.run.paths);
      assert.match(absence ?? "", /^Cannot ask 1 of 2 judges: [^\n]* - retired: [^\n]*$/);
    });
    await withStep([judges(url, ["fair", "retired"]), "evaluation.panel=yes"], async (step) => {
      await assert.rejects(
        judgeAnswers(step),
        (error) => error instanceof UserError && /retired/.test(error.message),
      );
    });
    assert.deepEqual(calls.toSorted(), ["fair ", "fair ", "retired ", "retired "]);
  });
});

Deno.test("labels that a person puts into the sheet stay, and the verdict and each judge are held against them", async () => {
  await withJudges({ fair, friendly, confused }, async (url) => {
    await withStep([judges(url, names)], async (step) => {
      await judgeAnswers(step);
      assert.match(await humanAgreement(step), /No answer has a label/);
      const sheet = join(step.run.paths.evaluations, "review.csv");
      const [header, ...rows] = (await Deno.readTextFile(sheet)).trimEnd().split("\n");
      assert.ok(header!.startsWith("answer_id,label,question,ground_truth,answer,verdict,votes"), header!);
      // Right as it is for 42 and for 40, and the person finds 41 right, too.
      const labelled = rows.map((row) =>
        row.replace(/^(\w{16}),(?:"")?,/, (_, id) => `${id},${row.includes("40") ? "Wrong" : "yes"},`)
      );
      await Deno.writeTextFile(sheet, [header, ...labelled].join("\n") + "\n");
      const table = await humanAgreement(step);
      // The verdict on 41 is none; fair says wrong; friendly is right on two of three.
      assert.match(table, /verdict +\| +2 +\| +100 % /);
      assert.match(table, /fair +\| +3 +\| +66\.7 % /);
      assert.match(table, /friendly +\| +3 +\| +66\.7 % /);
      assert.match(table, /confused +\| +2 +\| +100 % /);
      await judgeAnswers(step);
      assert.equal((await readLabels(step.run.paths)).size, 3);
    });
  });
});

Deno.test("votes that the similarity contradicts need a review; vectors are asked for once", async () => {
  await withJudges({ fair, strict: fair, friendly }, async (url) => {
    await withEmbedder(async (at, texts) => {
      const embedder = `evaluation.embedder={kind: openai, model_id: e, url: "${at}"}`;
      await withStep([judges(url, ["fair", "strict", "friendly"]), embedder], async (step) => {
        await judgeAnswers(step);
        const verdicts = await readVerdicts(step.run.paths.verdicts);
        // c is voted wrong with a cosine of 1, at least 0.4; d is voted wrong with a cosine of 0.
        assert.deepEqual(verdicts.map(({ verdict, similarity }) => [verdict, similarity]), [
          ["correct", 1],
          ["correct", 1],
          ["needs_review", 1],
          ["incorrect", 0],
          ["failed", undefined],
          ["no_ground_truth", undefined],
        ]);
        const asked = texts.length;
        await judgeAnswers(step);
        assert.ok(texts.length - asked <= 1, "at most the one word that tries the embedder");
        const path = join(step.run.paths.evaluations, "per_inference_quantitative_eval_metrics.csv");
        const file = await Deno.readTextFile(path);
        assert.equal(file.trimEnd().split("\n").length, 1 + 4);
      });
    });
  });
});
