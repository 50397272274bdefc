/** Whether answers are counted right exactly as often as the endpoint meant them to be. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type PanelSummary, type RequestRecord, sha256 } from "../../lib/core/mod.ts";
import { readVerdicts } from "../../lib/evaluate/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines } from "../../lib/storage/mod.ts";
import { executedCells, fmbench, onlyRun, outputText } from "./command.ts";
import { cutRun } from "./cut_run.ts";

const shared = Deno.env.get("FMBENCH_SHARED") ?? join(projectRoot, "..", "shared");
const gsm8k = join(shared, "data", "gsm8k", "gsm8k_test.jsonl");

/** Worked solutions in the form of GSM8K, for where the real ones are not. */
const ownRows = Array.from({ length: 12 }, (_, i) => ({
  question: `A crate holds ${i + 3} jars and a cart holds ${i + 5} crates. How many jars does the cart hold?`,
  answer: `There are ${i + 5} crates of ${i + 3} jars.\nThat makes ${(i + 5) * (i + 3)}.\n#### ${
    (i + 5) * (i + 3)
  }`,
}));

const experiment = (accuracy: number) => `
  - name: right-${accuracy}
    instance_type: sim.small
    concurrency_levels: [4]
    simulate: { profile: sim-api, accuracy: ${accuracy} }`;

const config = (experiments: string, more = "") =>
  `general: { name: judged }
s3_read_data: { source_data_files: [rows.jsonl], prompt_template_file: gsm8k.txt }
datasets: { prompt_template_keys: [question], ground_truth_col_key: answer, question_col_key: question }
inference_parameters: { workings: { max_tokens: 2000 } }
load: { requests: 60, warmup_requests: 2, workers: 1 }
certify: no
run_steps:
  0_setup.ipynb: yes
  1_generate_data.ipynb: yes
  2_deploy_model.ipynb: yes
  3_run_inference.ipynb: yes
  4_get_evaluations.ipynb: yes
  5_model_metric_analysis.ipynb: yes
  6_cleanup.ipynb: yes
report: { latency_budget: 60, accuracy_budget: 0.5, accuracy_error_rate_budget: 0 }
${more}experiments:${experiments}
`;

/** Calls `work` with a folder that holds the config and the rows. */
async function inFolder(text: string, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const rows = existsSync(gsm8k)
      ? (await Deno.readTextFile(gsm8k)).split("\n").slice(0, 200).join("\n")
      : ownRows.map((row) => JSON.stringify(row)).join("\n");
    await Deno.writeTextFile(join(folder, "rows.jsonl"), rows + "\n");
    await Deno.writeTextFile(join(folder, "c.yml"), text);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The records of a run by their ids, and what its embedded endpoint meant by each answer. */
async function answersOf(root: string) {
  const truths = new Map<string, Truth>();
  for await (const { name } of Deno.readDir(join(root, "simulate"))) {
    if (!name.endsWith(".jsonl")) continue;
    for (const truth of await readJsonLines<Truth>(join(root, "simulate", name))) {
      truths.set(truth.request_id, truth);
    }
  }
  const records = new Map<string, RequestRecord>();
  for await (const { name } of Deno.readDir(join(root, "requests"))) {
    for (const record of (await readJournal(join(root, "requests", name))).records) {
      records.set(record.request_id ?? "", record);
    }
  }
  const meant = (request_id: string) => truths.get(records.get(request_id)?.server_request_id ?? "")!.right;
  return { records, meant };
}

const accuracies = [0.9, 0.7, 0.5];

Deno.test("answers are counted right exactly as often as the embedded endpoint's own log says, at 0.9, 0.7 and 0.5", async () => {
  await inFolder(config(accuracies.map(experiment).join("")), async (folder) => {
    const results = join(folder, "results");
    const ended = await fmbench(["run", "--config-file", join(folder, "c.yml"), "--results-dir", results]);
    assert.equal(ended.code, 0, ended.stderr);
    const { root } = await onlyRun(results, "judged");
    const { meant } = await answersOf(root);
    const verdicts = await readVerdicts(join(root, "evaluations", "verdicts.jsonl"));
    assert.equal(verdicts.length, 180);
    for (const accuracy of accuracies) {
      const own = verdicts.filter(({ experiment_name }) => experiment_name === `right-${accuracy}`);
      assert.deepEqual(
        own.map(({ verdict }) => verdict === "correct"),
        own.map(({ request_id }) => meant(request_id)),
      );
      assert.equal(own.length, 60);
      assert.ok(own.every(({ method }) => method === "numeric"));
    }
    const report = await Deno.readTextFile(join(root, "report.md"));
    assert.match(report, /How often is the answer right\?/);
    for (const name of ["verdicts.parquet", "review.csv", "candidate_model_accuracy.csv"]) {
      assert.ok(existsSync(join(root, "evaluations", name)), name);
    }
  });
});

const qmsum = join(shared, "data", "qmsum", "qmsum_test.jsonl");

Deno.test({
  name:
    "QMSum's questions about meetings are counted right exactly as the embedded endpoint's own log says, row by row",
  ignore: !existsSync(qmsum),
  fn: async () => {
    const text = config(accuracies.map(experiment).join("").replaceAll("[4]", "[20]"))
      .replace("prompt_template_file: gsm8k.txt", "prompt_template_file: meeting.txt")
      .replace(
        /datasets: .*/,
        "datasets: { prompt_template_keys: [context, input], ground_truth_col_key: answers, question_col_key: input }",
      )
      .replace(/load: .*/, "load: { requests: 40, warmup_requests: 1, workers: 1 }");
    await inFolder(text, async (folder) => {
      const rows = (await Deno.readTextFile(qmsum)).trimEnd().split("\n").toSorted((a, b) =>
        a.length - b.length
      );
      await Deno.writeTextFile(join(folder, "rows.jsonl"), rows.slice(0, 60).join("\n") + "\n");
      await Deno.writeTextFile(join(folder, "meeting.txt"), "{context}\n\n{input}\n");
      const results = join(folder, "results");
      const ended = await fmbench(["run", "--config-file", join(folder, "c.yml"), "--results-dir", results]);
      assert.equal(ended.code, 0, ended.stderr);
      const { root } = await onlyRun(results, "judged");
      const { records, meant } = await answersOf(root);
      const verdicts = await readVerdicts(join(root, "evaluations", "verdicts.jsonl"));
      assert.equal(verdicts.length, 120);
      for (const accuracy of accuracies) {
        const own = verdicts.filter(({ experiment_name }) => experiment_name === `right-${accuracy}`);
        assert.deepEqual(
          own.map(({ request_id, verdict }) => [request_id, verdict === "correct"]),
          own.map(({ request_id }) => [request_id, meant(request_id)]),
        );
        assert.equal(new Set(own.map(({ payload_id }) => payload_id)).size, 40);
        const right = own.filter(({ verdict }) => verdict === "correct").length;
        assert.ok(0 < right && right < 40, `${right} of 40`);
        for (const { request_id, method } of own) {
          assert.equal(method, "contains");
          assert.notEqual(records.get(request_id)!.stop_reason, "length");
        }
      }
    });
  },
});

/** What a judge's prompt fences off under a label; empty where it asks for no verdict. */
const between = (prompt: string, label: string) =>
  new RegExp(`BEGIN ${label}.*\\n([\\s\\S]*?)\\n----- END ${label}`).exec(prompt)?.[1] ?? "";

function verdict(correct: boolean): Response {
  const content = JSON.stringify({ verdict: correct ? "correct" : "incorrect", explanation: "by its rule" });
  return Response.json({
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 300, completion_tokens: 12, total_tokens: 312 },
  });
}

/** Whether a judge with an error rate says the opposite of what is so: the same for the same answer, whoever asks. */
const errs = (judge: string, answer: string, rate: number) =>
  parseInt(sha256(`${judge} ${answer}`).slice(0, 8), 16) / 2 ** 32 < rate;
const rates = { careful: 0.1, hasty: 0.3, odd: 0.4 } as const;

Deno.test("a panel of judges with known error rates gives the majority that follows from them, through the whole pipeline", async () => {
  const said = new Map<string, boolean>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { model, messages } = await request.json() as {
      model: keyof typeof rates;
      messages: { content: string }[];
    };
    const prompt = messages[0]!.content;
    const answer = between(prompt, "GIVEN ANSWER");
    const right = answer.includes(between(prompt, "RIGHT ANSWER"));
    const correct = right !== errs(model, answer, rates[model]);
    if (answer !== "") said.set(`${model} ${right} ${answer}`, correct);
    return verdict(correct);
  });
  const url = `http://127.0.0.1:${server.addr.port}/v1`;
  const judges = Object.keys(rates).map((name) => `
    - { model_id: ${name}, inference_script: openai_chat, ep_name: "${url}" }`).join("");
  try {
    await inFolder(
      config(experiment(0.7), `evaluation:\n  parallel: 8\n  judges:${judges}\n`),
      async (folder) => {
        const results = join(folder, "results");
        const ended = await fmbench([
          "run",
          "--config-file",
          join(folder, "c.yml"),
          "--results-dir",
          results,
        ]);
        assert.equal(ended.code, 0, ended.stderr);
        const { root } = await onlyRun(results, "judged");
        const { records } = await answersOf(root);
        const verdicts = await readVerdicts(join(root, "evaluations", "verdicts.jsonl"));
        assert.equal(verdicts.length, 60);
        for (const { request_id, verdict, method } of verdicts) {
          const { completion, ground_truth } = records.get(request_id)!;
          const answer = completion!;
          // The same words answer one question rightly and another one wrongly.
          const right = answer.includes((JSON.parse(ground_truth!) as string[])[0]!);
          const votes = Object.keys(rates).filter((judge) => said.get(`${judge} ${right} ${answer}`)).length;
          assert.equal(method, "majority_vote");
          assert.equal(verdict, votes >= 2 ? "correct" : "incorrect", answer);
        }
        const panel = JSON.parse(
          await Deno.readTextFile(join(root, "evaluations", "panel.json")),
        ) as PanelSummary;
        assert.equal(panel.calls, panel.answers * 3);
        const report = await Deno.readTextFile(join(root, "report.md"));
        assert.match(report, /A panel of 3 judges voted on/);
        assert.match(report, /Do the judges agree\?/);
      },
    );
  } finally {
    await server.shutdown();
  }
});

Deno.test("steps 4-5 over a run inferred earlier, --from: a panel with an own module votes, and no vote is paid for twice", async () => {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { model, messages } = await request.json() as { model: string; messages: { content: string }[] };
    const answer = between(messages[0]!.content, "GIVEN ANSWER");
    if (answer !== "") asked.push(model);
    return verdict(answer.includes(between(messages[0]!.content, "RIGHT ANSWER")));
  });
  const url = `http://127.0.0.1:${server.addr.port}/v1`;
  const judges = ["openai_chat", "judge.ts"].map((script) => `
    - { model_id: "by ${script}", inference_script: ${script}, ep_name: "${url}" }`).join("");
  const text = config(experiment(0.7), `evaluation:\n  parallel: 8\n  judges:${judges}\n`)
    .replace("requests: 60", "requests: 15");
  try {
    await inFolder(text, async (folder) => {
      await Deno.copyFile(
        join(projectRoot, "configs", "predictors", "chat_protocol.ts"),
        join(folder, "judge.ts"),
      );
      const run = async (results: string, ...more: readonly string[]) => {
        const file = ["--config-file", join(folder, "c.yml"), "--results-dir", join(folder, results)];
        const ended = await fmbench(["run", ...file, ...more]);
        assert.equal(ended.code, 0, ended.stderr);
        return (await onlyRun(join(folder, results), "judged")).root;
      };
      const panelOf = async (root: string) =>
        JSON.parse(await Deno.readTextFile(join(root, "evaluations", "panel.json"))) as PanelSummary;
      const inferred = await run("first", "--steps", "0-3,6");
      const judged = await run("second", "--steps", "4-5", "--from", inferred);
      const { answers, calls, judges: [ours, own] } = await panelOf(judged);
      assert.ok(answers > 1);
      assert.deepEqual([asked.length, calls], [2 * answers, 2 * answers]);
      assert.deepEqual([ours!.correct, ours!.incorrect], [own!.correct, own!.incorrect]);
      assert.equal(ours!.correct + ours!.incorrect, answers);

      const again = await run("third", "--steps", "4-5", "--from", judged);
      assert.equal(asked.length, 2 * answers, "no vote was asked for again");
      const { calls: none, taken_over } = await panelOf(again);
      assert.deepEqual([none, taken_over], [0, 2 * answers]);
      const verdictsOf = (root: string) => readVerdicts(join(root, "evaluations", "verdicts.jsonl"));
      assert.deepEqual(await verdictsOf(again), await verdictsOf(judged));
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("a judging cut by kill -9 and resumed makes only the calls again that were in flight, and says how many", async () => {
  const asked: string[] = [];
  const released = Promise.withResolvers<void>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { model, messages } = await request.json() as { model: string; messages: { content: string }[] };
    const prompt = messages[0]!.content;
    const answer = between(prompt, "GIVEN ANSWER");
    if (answer === "") return verdict(true);
    const index = asked.push(`${model} ${between(prompt, "QUESTION")} ${answer}`);
    if (index > 12) await released.promise;
    return verdict(true);
  });
  const judges = ["one", "other"].map((name) => `
    - { model_id: ${name}, inference_script: openai_chat, ep_name: "http://127.0.0.1:${server.addr.port}/v1" }`);
  const text = config(experiment(0.7), `evaluation:\n  parallel: 4\n  judges:${judges.join("")}\n`);
  try {
    await inFolder(text, async (folder) => {
      const results = join(folder, "results");
      // Twelve are answered, four are left without an answer: all that may be in flight.
      await cutRun(["run", "--config-file", join(folder, "c.yml"), "--results-dir", results], {
        results,
        name: "judged",
        when: async () => {
          if (asked.length < 16) return false;
          const { root } = await onlyRun(results, "judged");
          return (await Deno.readTextFile(join(root, "evaluations", "votes.jsonl"))).split("\n").length ===
            13;
        },
      });
      const inFlight = asked.slice(12);
      assert.equal(inFlight.length, 4);
      released.resolve();

      const { root } = await onlyRun(results, "judged");
      const ended = await fmbench(["run", "--resume", root]);
      assert.equal(ended.code, 0, ended.stderr);
      const twice = asked.filter((pair, i) => asked.indexOf(pair) !== i);
      assert.deepEqual(twice.toSorted(), inFlight.toSorted());
      const panel = JSON.parse(
        await Deno.readTextFile(join(root, "evaluations", "panel.json")),
      ) as PanelSummary;
      assert.deepEqual(
        [panel.resumed, panel.again, panel.calls, asked.length],
        [12, 4, 2 * panel.answers + 4, 2 * panel.answers + 4],
      );
      const shown = (await executedCells(root, "4_get_evaluations")).map(outputText).join("\n");
      assert.match(shown, /12 votes were there from an earlier start\. 4 calls were in flight/);
      assert.equal((await readVerdicts(join(root, "evaluations", "verdicts.jsonl"))).length, 60);
    });
  } finally {
    released.resolve();
    await server.shutdown();
  }
});
