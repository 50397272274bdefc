import { deepEqual } from "node:assert/strict";
import { templateSlots } from "../../lib/config/data_check.ts";
import { faultsOf, load, minimal } from "./minimal.ts";

const filters = (...names: string[]) =>
  `datasets:\n  filters:\n${names.map((name) => `    - payload_file: ${name}\n`).join("")}`;

Deno.test("templateSlots lists names once and leaves doubled braces alone", () => {
  deepEqual(templateSlots("{a} {b} {a} {{c}} {{{d}}} {}"), ["a", "b", "d"]);
});

Deno.test("without prompt_template_keys the template's slots are the columns", async () => {
  const { config } = await load(minimal);
  deepEqual(config.datasets.prompt_template_keys, ["question"]);
});

Deno.test("a slot that is not among the keys is a fault; a key that is no slot is a notice", async () => {
  deepEqual(await faultsOf(`${minimal}datasets:\n  prompt_template_keys: [qestion]\n`), [
    'c.yml:11:25: the slot {question} of ask.txt is not among the keys; did you mean "qestion"?',
  ]);
  const { notices } = await load(`${minimal}datasets:\n  prompt_template_keys: [question, extra]\n`);
  deepEqual(notices.map(({ line, key }) => [line, key]), [[11, "datasets.prompt_template_keys[1]"]]);
});

Deno.test("a filter that nothing passes and a payload file written twice are faults", async () => {
  const text = `${minimal}datasets:
  filters:
    - { min_length_in_tokens: 5, max_length_in_tokens: 5, payload_file: a }
    - { payload_file: a }
`;
  deepEqual(await faultsOf(text), [
    'c.yml:12:56: "max_length_in_tokens" is 5; expected more than min_length_in_tokens, 5',
    'c.yml:13:23: "a" is written by two filters, first on line 12; expected one',
  ]);
});

Deno.test("payload files are named after their filter unless they have a name", async () => {
  const { config } = await load(`${minimal}datasets:
  filters:
    - { language: en, max_length_in_tokens: 500 }
    - { min_length_in_tokens: 500 }
    - { language: de, max_length_in_tokens: 9, payload_file: "p_{{lang}}_{{min}}-{{max}}.jsonl" }
`);
  deepEqual(config.datasets.filters.map(({ payload_file }) => payload_file), [
    "payload_en_0-500.jsonl",
    "payload_all_500-max.jsonl",
    "p_de_0-9.jsonl",
  ]);
  deepEqual(config.experiments[0]!.payload_files.length, 3);
});

Deno.test("dataset_of_interest names exactly one payload file; a full match goes before a part", async () => {
  const files = filters("payload_en_1-500.jsonl", "payload_en_1-5000.jsonl");
  const { config } = await load(`${minimal}${files}metrics: { dataset_of_interest: en_1-500 }\n`);
  deepEqual(config.metrics.dataset_of_interest, "payload_en_1-500.jsonl");
  deepEqual(await faultsOf(`${minimal}${files}metrics: { dataset_of_interest: en_1 }\n`), [
    'c.yml:14:33: "en_1" is in 2 names of payload files; expected a part of exactly one of ' +
    "payload_en_1-500.jsonl, payload_en_1-5000.jsonl",
  ]);
  deepEqual(await faultsOf(`${minimal}${files}metrics: { dataset_of_interest: fr }\n`), [
    'c.yml:14:33: "fr" is in no payload file\'s name; expected a part of exactly one of ' +
    "payload_en_1-500.jsonl, payload_en_1-5000.jsonl",
  ]);
});

Deno.test("missing data and template files are faults with their place; what is fetched is none", async () => {
  const text = minimal.replace("[rows.jsonl]", "[rowz.jsonl, hf:org/set]").replace("ask.txt", "aks.txt");
  const lines = await faultsOf(text, { tmpDir: "/tmp/none" });
  deepEqual(lines, [
    'c.yml:4:23: there is no file "rowz.jsonl"; expected it in the config\'s folder, /tmp/none/fmbench-read/source_data ' +
    "or the project's source_data/",
    'c.yml:5:25: there is no file "aks.txt"; expected it in the config\'s folder, /tmp/none/fmbench-read/prompt_template ' +
    "or the project's prompt_templates/",
  ]);
});

Deno.test("a file of LongBench's that is nowhere here is taken from the Hub, with a notice; one that is here is not", async () => {
  const text = minimal.replace("[rows.jsonl]", "[2wikimqa_e.jsonl, hf:org/set]");
  const { config, notices, files } = await load(text);
  const sources = ["hf:THUDM/LongBench/2wikimqa_e/test", "hf:org/set"];
  deepEqual([config.s3_read_data.source_data_files, files.source_data], [sources, sources]);
  deepEqual(notices.map(({ line, key, text }) => [line, key, text]), [[
    4,
    "s3_read_data.source_data_files[0]",
    'is "2wikimqa_e.jsonl", a file that is nowhere here: taken from hf:THUDM/LongBench/2wikimqa_e/test',
  ]]);
  const own = await load(text, {}, { "2wikimqa_e.jsonl": "{}\n" });
  deepEqual([own.files.source_data[0]?.endsWith("/2wikimqa_e.jsonl"), own.notices], [true, []]);
});

const steps = "run_steps: { 4_get_evaluations.ipynb: yes }\n";

Deno.test("an evaluation that is asked for by its file, without ground truth, is a fault", async () => {
  const asked = `${minimal}model_evaluations: model_eval_all_info.yml\n`;
  deepEqual(await faultsOf(`${asked}${steps}`), [
    'c.yml:10:20: answers are to be evaluated, and "datasets.ground_truth_col_key" is missing; expected the column ' +
    "with the right answers, or 4_get_evaluations.ipynb: no",
  ]);
  deepEqual(await faultsOf(`${asked}${steps}datasets: { ground_truth_col_key: answers }\n`), []);
  deepEqual(await faultsOf(`${asked}${steps.replace("yes", "no")}`), []);
});

Deno.test("a budget that nothing can be held against is kept, with a notice", async () => {
  const { config, notices } = await load(`${minimal}report:
  accuracy_budget: 1
  accuracy_error_rate_budget: 0
  cosine_similarity_budget: 0.3
`);
  const { accuracy_budget, accuracy_error_rate_budget, cosine_similarity_budget } = config.report;
  deepEqual([accuracy_budget, accuracy_error_rate_budget, cosine_similarity_budget], [1, 0, 0.3]);
  deepEqual(notices.map(({ line, text }) => [line, text]), [
    [11, "can't be met: no ground_truth_col_key says what the right answers are"],
    [12, "can't be met: no ground_truth_col_key says what the right answers are"],
    [13, "can't be met: no ground_truth_col_key says what the right answers are"],
  ]);
});

const plainTemplate = { "ask.txt": "Say something.\n" };

Deno.test("keys that are there and empty make a constant prompt: without a value, as in FMBench, or as []", async () => {
  for (const empty of ["", " null", " []", "\n  # - question"]) {
    const text = `${minimal}datasets:\n  prompt_template_keys:${empty}\n`;
    const constant = await load(text, {}, plainTemplate);
    deepEqual([constant.config.datasets.prompt_template_keys, constant.notices], [[], []]);
    const { config, notices } = await load(text);
    deepEqual(config.datasets.prompt_template_keys, []);
    const shown = notices.map(({ line, key, text }) => [line, key, text.replace(/\/tmp\/[\w-]+\//, "")]);
    deepEqual(shown, [[
      11,
      "datasets.prompt_template_keys",
      "is empty: every prompt is ask.txt as it is, with {question} in it; leave the key out to have them filled",
    ]]);
  }
});

Deno.test("an experiment's own empty keys make its prompt constant, and no other's", async () => {
  const two = `${minimal}    prompt_template_keys:\n  - name: two\n    instance_type: sim.small\n` +
    "    simulate: { profile: sim-small }\n";
  const { config } = await load(two);
  deepEqual(config.experiments.map(({ prompt_template_keys }) => [...prompt_template_keys]), [[], [
    "question",
  ]]);
});
