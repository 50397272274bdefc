import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import process from "node:process";
import { loadConfig, projectFolder, resolvedYaml } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

const asked = `${minimal}datasets: { ground_truth_col_key: answers, question_col_key: input }\n`;
const live = asked.replace(
  "    simulate: { profile: sim-small }",
  "    ep_name: http://127.0.0.1:1/v1\n    model_id: m",
);

const panelFile = `model_evaluations:
  ground_truth_col: {ground_truth}
  question_col: {question}
  quantitative_eval_info:
    embeddings_model_id: { model_id: some/embedder }
    incorrect_verdict_cosine_similarity_threshold: 0.3
  subjective_eval_info:
    judge_panel_list:
    - model_id: a.one
      eval_prompt_template_name: "a_eval_{method_name}"
    - model_id: b.two
    run_parallel_inference_count: 7
    inference_parameters: { temperature: 0.2, max_tokens: 99 }
`;

Deno.test("without a word about evaluation, answers are scored, no panel votes, and no judge is known", async () => {
  const { config, notices } = await load(asked);
  deepEqual(config.evaluation, {
    score: { method: "auto" },
    panel: false,
    judges: null,
    rules: null,
    parallel: 5,
    dollars: null,
    embedder: { kind: "none", model_id: null, url: null, region: null, api_key_env: null, folder: null },
    incorrect_verdict_cosine_similarity_threshold: 0.4,
    correct_verdict_cosine_similarity_threshold: 0.01,
    use_quantitative_metrics: true,
    review_rows: 50,
  });
  deepEqual([config.model_evaluations, notices], [null, []]);
});

Deno.test("FMBench's file makes the panel vote as soon as something else than the embedded endpoint answers", async () => {
  const { config, notices } = await load(`${live}model_evaluations: panel.yml\n`, {}, {
    "panel.yml": panelFile,
  });
  equal(config.evaluation.panel, "auto");
  deepEqual(
    config.evaluation.judges?.map(({ name, template, parameters, inference_script }) => ({
      name,
      template,
      parameters: { ...parameters },
      inference_script,
    })),
    [
      {
        name: "a.one",
        template: "a_eval_majority_vote",
        parameters: { temperature: 0.2, max_tokens: 99 },
        inference_script: "bedrock",
      },
      {
        name: "b.two",
        template: null,
        parameters: { temperature: 0.2, max_tokens: 99 },
        inference_script: "bedrock",
      },
    ],
  );
  equal(config.evaluation.parallel, 7);
  equal(config.evaluation.incorrect_verdict_cosine_similarity_threshold, 0.3);
  deepEqual(notices, []);
});

Deno.test("on the embedded endpoint alone nobody is paid to judge, unless the config says so; both are said", async () => {
  const text = `${asked}model_evaluations: model_eval_all_info.yml\n`;
  const quiet = await load(text);
  deepEqual([quiet.config.evaluation.panel, quiet.config.evaluation.judges?.length], [false, 3]);
  deepEqual(quiet.notices.map(({ line, key, text }) => [line, key, text]), [[
    11,
    "model_evaluations",
    "names judges that are not asked: only the embedded endpoint answers; `evaluation.panel: yes` asks them",
  ]]);
  const wanted = await load(text, { sets: ["evaluation.panel=yes"] });
  deepEqual([wanted.config.evaluation.panel, wanted.notices], [true, []]);
  const none = await load(
    text.replace("model_evaluations:", "evaluation: { panel: no }\nmodel_evaluations:"),
  );
  equal(none.config.evaluation.panel, false);
});

Deno.test("what the run's own file says about judging wins over FMBench's file", async () => {
  const { config } = await load(
    `${asked}model_evaluations: panel.yml
evaluation:
  parallel: 2
  incorrect_verdict_cosine_similarity_threshold: 0.5
  judges:
    - { model_id: mine, inference_script: openai_chat, ep_name: "http://127.0.0.1:9/v1", parameters: { max_tokens: 5 } }
`,
    {},
    { "panel.yml": panelFile },
  );
  const { evaluation } = config;
  deepEqual([evaluation.panel, evaluation.parallel, evaluation.judges?.length], ["auto", 2, 1]);
  deepEqual({ ...evaluation.judges?.[0]?.parameters }, { max_tokens: 5 });
  equal(evaluation.incorrect_verdict_cosine_similarity_threshold, 0.5);
});

Deno.test("the resolved config reads back as the same config, judges included", async () => {
  await inFolder({
    "rows.jsonl": '{"question": "1 + 1?"}\n',
    "ask.txt": "Answer: {question}\n",
    "panel.yml": panelFile,
    "c.yml": `${live}model_evaluations: panel.yml\nevaluation: { dollars: 2 }\n`,
  }, async (folder) => {
    const options = { env: {}, tmpDir: folder };
    const { config } = await loadConfig(join(folder, "c.yml"), options);
    writeFileSync(join(folder, "again.yml"), resolvedYaml(config));
    const again = await loadConfig(join(folder, "again.yml"), options);
    deepEqual(again.config, config);
  });
});

Deno.test("faults in the file of judges have its name, line and column", async () => {
  const wrong = panelFile.replace("run_parallel_inference_count: 7", "run_parallel_inference_count: 0")
    .replace("model_id: b.two", "model_idd: b.two");
  deepEqual(await faultsOf(`${live}model_evaluations: panel.yml\n`, {}, { "panel.yml": wrong }), [
    'panel.yml:11:7: unknown key "model_idd" in "model_evaluations.subjective_eval_info.judge_panel_list[1]"; did you ' +
    'mean "model_id"?',
    'panel.yml:12:35: "model_evaluations.subjective_eval_info.run_parallel_inference_count" is 0; expected a whole ' +
    "number, 1 or more",
  ]);
});

Deno.test("a judge that nobody can speak to, two of one name and an endpoint of embeddings without a place are faults", async () => {
  deepEqual(
    await faultsOf(`${asked}evaluation:
  embedder: { kind: openai }
  judges:
    - { model_id: a, inference_script: openai_chatt, ep_name: "http://127.0.0.1:9/v1" }
    - { model_id: a }
    - { model_id: b, inference_script: openai_chat }
`),
    [
      'c.yml:12:13: "model_id" is missing; expected the model\'s name',
      'c.yml:12:13: "url" is missing; expected the base URL of the endpoint',
      'c.yml:14:40: the judge "a" speaks "openai_chatt", which is no protocol; did you mean "openai_chat"?',
      'c.yml:15:7: two judges are called "a"; expected a name for each',
      'c.yml:16:7: the judge "b" has no ep_name; expected where openai_chat is spoken',
    ],
  );
});

Deno.test("a pattern that can't be read, one choice alone, a threshold beyond 1 and a method that nobody knows are faults", async () => {
  const faults = (score: string) => faultsOf(`${asked}evaluation: { score: { ${score} } }\n`);
  deepEqual(await faults("method: regex, pattern: '(a'"), [
    'c.yml:11:48: "evaluation.score.pattern": it can\'t be read: Unterminated group; expected a JavaScript regular expression ' +
    "of the `u` kind",
  ]);
  deepEqual(await faults("method: choice, choices: [one]"), [
    'c.yml:11:49: "evaluation.score.choices": there is 1; expected 2 to 26 texts',
  ]);
  deepEqual(await faults("method: rouge_l, threshold: 50"), [
    'c.yml:11:52: "evaluation.score.threshold" is 50; expected the least score that counts as right, from 0 to 1',
  ]);
  deepEqual((await faults("method: rouge")).length, 1);
  deepEqual(await faults("method: json_schema, schema: { type: object, requird: [a] }"), [
    'c.yml:11:53: "evaluation.score.schema": it can\'t be used: strict mode: unknown keyword: "requird"; expected a JSON Schema of ' +
    "draft 2020-12, or of draft-07 with its `$schema`",
  ]);
  deepEqual((await faults("method: json_schema, schema: { type: objct }")).length, 1);
  deepEqual(await faults("method: json_schema, schema: { type: object, required: [a] }"), []);
  // What the method doesn't use keeps nothing from working.
  deepEqual(await faults("method: exact, pattern: '(a', choices: [one], schema: { type: objct }"), []);
});

Deno.test("settings that the method passes over are told", async () => {
  const told = async (score: string) =>
    (await load(`${asked}evaluation: { score: { ${score} } }\n`)).notices
      .map(({ line, key, text }) => [line, key, text]);
  deepEqual(await told("pattern: a+"), [
    [11, "evaluation.score.pattern", "has no effect: the method is auto; it is heeded by regex"],
  ]);
  deepEqual(await told("tolerance: 0.1"), []);
  deepEqual(await told("method: token_f1, threshold: 0.6"), []);
  deepEqual((await told("method: exact, threshold: 0.6")).map(([, key]) => key), [
    "evaluation.score.threshold",
  ]);
});

Deno.test("a judge's template or rules that are nowhere, empty or without a slot are faults before anything runs", async () => {
  const judge = (template: string) =>
    `{ model_id: ${template}, template: ${template}, inference_script: openai_chat, ep_name: "http://127.0.0.1:9/v1" }`;
  const config = `${asked}evaluation:
  rules: mild.txt
  judges:
    - ${judge("nowhere.txt")}
    - ${judge("empty")}
    - ${judge("deaf.txt")}
    - ${judge("fine")}
    - ${judge("claude_eval_majority_vote")}
`;
  const files = {
    "empty.txt": " \n",
    "evaluation/deaf.txt": "Is {answer} right?",
    "prompt_template/fine.txt": "{answer} {ground_truth}",
  };
  const faults = await faultsOf(config, {}, files);
  equal(faults.length, 4);
  ok(
    faults[0]!.startsWith(
      'c.yml:12:10: there is no file with the judges\' rules "mild.txt"; expected one in ',
    ),
    faults[0]!,
  );
  ok(
    faults[1]!.startsWith('c.yml:14:42: there is no file with the judges\' template "nowhere.txt"'),
    faults[1]!,
  );
  equal(faults[2], 'c.yml:15:36: the judges\' template "empty" is an empty file; expected text');
  equal(
    faults[3],
    'c.yml:16:39: the judges\' template "deaf.txt" has no {ground_truth}; expected {question}, {answer}, {ground_truth} and {rules}',
  );
  // Nobody is asked, so nothing is read.
  deepEqual(await faultsOf(config.replace("evaluation:\n", "evaluation:\n  panel: no\n"), {}, files), []);
});

Deno.test("a judge may be a module of the user's own: found beside the config, with a URL that it may reach", async () => {
  const text = (ep_name: string) =>
    `${asked}evaluation:
  judges:
    - { model_id: a, inference_script: my_judge.ts${ep_name} }
`;
  const url = ', ep_name: "http://127.0.0.1:9/v1"';
  const files = { "my_judge.ts": "export default class {}\n" };
  const { config } = await load(text(url), {}, files);
  ok(isAbsolute(config.evaluation.judges![0]!.inference_script));
  equal(basename(config.evaluation.judges![0]!.inference_script), "my_judge.ts");
  const [nowhere] = await faultsOf(text(url));
  ok(nowhere!.startsWith('c.yml:13:40: there is no file "my_judge.ts"; expected it in '), nowhere!);
  deepEqual(await faultsOf(text(""), {}, files), [
    'c.yml:13:7: the judge "a" has no ep_name; expected a URL: its host and port are what its module may reach',
  ]);
  deepEqual(await faultsOf(text(", ep_name: mine"), {}, files), [
    'c.yml:13:62: the judge "a" has the ep_name "mine"; expected a URL: its host and port are what its module may reach',
  ]);
});

Deno.test("a module among the judges of FMBench's file is asked for in the config", async () => {
  const panel = `model_evaluations:
  subjective_eval_info:
    judge_panel_list:
      - { model_id: a, inference_script: my_judge.ts, ep_name: "http://127.0.0.1:9/v1" }
`;
  const faults = await faultsOf(`${live}model_evaluations: panel.yml\n`, {}, { "panel.yml": panel });
  equal(faults.length, 1);
  ok(faults[0]!.includes("expected it in `evaluation.judges` there"), faults[0]!);
});

const shared = process.env["FMBENCH_SHARED"] ?? join(projectFolder, "..", "shared");
const theirs = join(shared, "data", "fmbench_configs", "model_eval_all_info.yml");

Deno.test({
  name: "FMBench's own file of judges loads as it is, and names the judges that ours names",
  ignore: !existsSync(theirs),
  fn: async () => {
    const text = `${live}model_evaluations: theirs.yml\n`;
    const { config, notices } = await load(text, {}, { "theirs.yml": readFileSync(theirs, "utf8") });
    const { config: ours } = await load(text.replace("theirs.yml", "model_eval_all_info.yml"));
    const models = (one: typeof config) =>
      one.evaluation.judges!.map(({ model_id, template }) => [model_id, template]).sort();
    deepEqual(models(config), models(ours));
    ok(models(config).flat().includes("llama3_eval_majority_vote"));
    deepEqual([notices, config.evaluation.parallel], [[], 5]);
  },
});
