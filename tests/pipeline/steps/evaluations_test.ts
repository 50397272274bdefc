import assert from "node:assert/strict";
import { join } from "node:path";
import type { RequestRecord } from "../../../lib/core/mod.ts";
import { readVerdicts } from "../../../lib/evaluate/mod.ts";
import { judgeAnswers, sampleVerdicts } from "../../../lib/pipeline/steps/evaluations.ts";
import { failure, journal, record } from "../../analyze/generated_run.ts";
import { inProject, mark, only, openStep, start } from "../made_up_project.ts";

/** A measured answer to a question whose right answer is 42. */
const answer = (request_id: string, completion: string | null, more: Partial<RequestRecord> = {}) =>
  record({ request_id, completion, ground_truth: '["42"]', question: `why ${request_id}?`, ...more });

/** An open step 4 in a run that has these journals. */
async function withJournals(
  journals: Readonly<Record<string, readonly RequestRecord[]>>,
  work: (step: ReturnType<typeof openStep>) => Promise<void>,
): Promise<void> {
  await inProject(async (folder) => {
    const started = await start(folder);
    for (const [segment, records] of Object.entries(journals)) {
      const path = join(started.run.paths.requests, `${segment}-w0.jsonl`);
      await Deno.writeTextFile(path, journal(records.map((one) => ({ ...one, segment })), segment, "w0"));
    }
    await mark(started.run, { status: "finished" }, "3_run_inference");
    await work(openStep("4_get_evaluations", started));
  });
}

const row = (shown: string) => shown.split("\n").at(-1)!.split(/ *\| */).slice(1, -1);

Deno.test("each request is accounted for once: right, wrong, failed, without truth; warm-up and cancelled are not", async () => {
  const records = [
    answer("a", "It is 42."),
    answer("b", "It is 41."),
    answer("c", "42", { concurrency: 4 }),
    failure({ request_id: "d", ground_truth: '["42"]' }),
    answer("e", "anything", { ground_truth: null }),
    answer("f", "42", { phase: "warmup" }),
    answer("g", null, { status: "cancelled" }),
  ];
  await withJournals({ s1: records }, async (step) => {
    const shown = await judgeAnswers(step);
    // Of a to e: right a and c, wrong b, that is 66.7 %; failed d; no ground truth e.
    assert.deepEqual(row(shown), ["exp", "payload\\_en\\_0-500.jsonl", "5", "2", "1", "1", "1", "66.7 %"]);
    const verdicts = await readVerdicts(step.run.paths.verdicts);
    assert.deepEqual(verdicts.map(({ request_id, verdict }) => [request_id, verdict]), [
      ["a", "correct"],
      ["b", "incorrect"],
      ["c", "correct"],
      ["d", "failed"],
      ["e", "no_ground_truth"],
    ]);
    assert.deepEqual(step.told.log, ["info: 5 answers judged"]);
    assert.deepEqual([step.told.progress.at(-1)?.done, step.told.progress.at(-1)?.total], [5, 5]);
  });
});

Deno.test("when the load was started again the later answer is judged, whatever the order of the files", async () => {
  const early = { sent_at: "2026-01-01T00:00:00.000Z" };
  const late = { sent_at: "2026-01-01T01:00:00.000Z" };
  const journals = {
    s9: [answer("a", "no", early), answer("b", "42", early)],
    s10: [answer("a", "42", late), answer("b", "no", late)],
  };
  await withJournals(journals, async (step) => {
    await judgeAnswers(step);
    const verdicts = await readVerdicts(step.run.paths.verdicts);
    assert.deepEqual(verdicts.map(({ request_id, verdict }) => `${request_id} ${verdict}`).toSorted(), [
      "a correct",
      "b incorrect",
    ]);
    const sample = await sampleVerdicts(step);
    assert.match(sample, /why b\?/);
    assert.ok(!sample.includes("why a?") && sample.includes(": no<br>"), sample);
  });
});

Deno.test("the answers of the run that stands in for step 3 are judged, and the verdicts stay in this run", async () => {
  await withJournals({ s1: [answer("a", "42")] }, async ({ run: measured }) => {
    const folder = join(measured.paths.root, "..", "..", "..");
    const again = openStep("4_get_evaluations", await start(folder, { sets: only(4), second: 9 }));
    await judgeAnswers(again);
    assert.equal((await readVerdicts(again.run.paths.verdicts)).length, 1);
    await assert.rejects(Deno.stat(measured.paths.verdicts), Deno.errors.NotFound);
  });
});

Deno.test("without a finished step 3 its notebook is named and nothing is written", async () => {
  await inProject(async (folder) => {
    const step = openStep("4_get_evaluations", await start(folder));
    await assert.rejects(judgeAnswers(step), /Run notebooks\/3_run_inference\.ipynb first/);
    await assert.rejects(Deno.stat(step.run.paths.verdicts), Deno.errors.NotFound);
    assert.equal(step.told.failures.length, 1);
  });
});

Deno.test("the sample shows at most three wrong answers, escaped and cut; when none is wrong it says so", async () => {
  const wrong = ["a", "b", "c", "d"].map((id) => answer(id, "<script>" + "x".repeat(400)));
  await withJournals({ s1: wrong }, async (step) => {
    await judgeAnswers(step);
    const sample = await sampleVerdicts(step);
    assert.equal(sample.match(/\*\*question:\*\*/g)?.length, 3);
    assert.ok(!sample.includes("<script"), sample);
    // 300 characters are kept, 8 of them the tag.
    assert.match(sample, /&lt;script&gt;x{292}<br>/);
  });
  await withJournals({ s1: [answer("a", "42")] }, async (step) => {
    await judgeAnswers(step);
    assert.equal(await sampleVerdicts(step), "No answer was counted as wrong.");
  });
});
