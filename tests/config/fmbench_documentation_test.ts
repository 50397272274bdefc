/** The forms in which FMBench's documentation shows a config, section by section. */

import { deepEqual, equal } from "node:assert/strict";
import { readPrices } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

/** The block of an experiment: as it is printed, and with the two mistakes of its indentation taken back one by one. */
const printed = `general: { name: doc }
s3_read_data:
  source_data_files: [rows.jsonl]
  prompt_template_file: ask.txt
inference_parameters:
  ec2_djl:
    top_k: 50
    max_new_tokens: 100
experiments:
- name: "Hermes-3-Llama-3.1-70B"
    region: {region}
    model_id: NousResearch/Hermes-3-Llama-3.1-70B #model id
    hf_tokenizer_model_id: meta-llama/Llama-3.1-70B
    model_version:
    model_name: "Hermes-3-Llama-3.1-70B"
    ep_name: 'http://localhost:8080/v2/models/Hermes-3-Llama-3.1-70B/generate'
    instance_type: "trn1.32xlarge"
    image_uri: tritonserver-neuronx:fmbench
    deploy: yes #setting
    instance_count:
    deployment_script: ec2_deploy.py
    inference_script: ec2_predictor.py
    # settings for instances
    ec2:
    model_loading_timeout: 10000
    inference_spec:
    parameter_set: ec2_djl
    container_type: triton
    # the backend
    backend: djl
    model_copies: max
    shm_size: 12g
    container_params:
        # mandatory
        tp_degree: 32
        amp: "f16"
        serving.properties:
`;

const straight = printed.replace(/^ {4}(?=\S)/gm, "  ").replace("  top_k", "    top_k")
  .replace("  max_new", "    max_new");

Deno.test("the experiment as it is printed is not YAML, and the fault says why", async () => {
  deepEqual(await faultsOf(printed), [
    'c.yml:11:5: the key "region" is indented deeper than "name" on line 10, the first key of the same entry; expected ' +
    "all its keys in column 3, under each other",
  ]);
});

Deno.test("with its keys under each other, those that slipped out of ec2 and inference_spec are sent back", async () => {
  const slipped = (line: number, key: string, section: string, from: number) =>
    `c.yml:${line}:3: unknown key "${key}" in "experiments[0]"; expected it under "${section}" on line ${from}, which is ` +
    "empty: indent it";
  deepEqual(await faultsOf(straight), [
    slipped(25, "model_loading_timeout", "ec2", 24),
    slipped(27, "parameter_set", "inference_spec", 26),
    slipped(28, "container_type", "inference_spec", 26),
    slipped(30, "backend", "inference_spec", 26),
    slipped(31, "model_copies", "inference_spec", 26),
    slipped(32, "shm_size", "inference_spec", 26),
    slipped(33, "container_params", "inference_spec", 26),
  ]);
});

Deno.test("with all keys in their places it loads, {region} without quotation marks and all", async () => {
  const right = straight.replace(
    /^ {2}(?=(model_loading|parameter_set|container|backend|model_copies|shm_size))/gm,
    "    ",
  )
    .replace(/^ {8}(?=\S)/gm, "      ");
  const { config } = await load(right, { env: { AWS_REGION: "eu-west-1" } });
  const { region, deploy, instance_count, inference_spec, ec2, predictor } = config.experiments[0]!;
  deepEqual([region, deploy, instance_count, ec2?.model_loading_timeout], ["eu-west-1", true, 1, 10000]);
  deepEqual(inference_spec.container_params, { tp_degree: 32, amp: "f16", "serving.properties": null });
  deepEqual(inference_spec.parameters, { top_k: 50, max_new_tokens: 100 });
  equal(predictor, "triton");
});

Deno.test("several parameter sets stand side by side, each experiment names its own", async () => {
  const { config } = await load(`${minimal}    inference_spec:
      parameter_set: bedrock # one of several
inference_parameters:
  ec2_djl:
    top_k: 50
  bedrock:
    temperature: 0.7
    max_new_tokens: 512
    top_p: 0.9
`);
  deepEqual(config.experiments[0]!.inference_spec.parameters, {
    temperature: 0.7,
    max_new_tokens: 512,
    top_p: 0.9,
  });
});

Deno.test("dots for what was left out are a fault of their own", async () => {
  const text =
    `${minimal}    model_version:\n    .\n    .\n    inference_spec:\n      parameter_set: bedrock\n`;
  deepEqual(await faultsOf(text), [
    "c.yml:11:5: a dot stands where something was left out; expected keys with values",
  ]);
});

Deno.test("data sets of the Hub are named by set, subset and split", async () => {
  const names = ["2wikimqa_e", "2wikimqa", "hotpotqa_e", "hotpotqa", "narrativeqa", "triviaqa_e", "triviaqa"]
    .map((subset) => `hf:THUDM/LongBench/${subset}/test`);
  const list = ["source_data_files:", "  # comment", ...names.map((name) => `  - ${name}`)].join("\n  ");
  const { config } = await load(minimal.replace("source_data_files: [rows.jsonl]", list));
  deepEqual(config.s3_read_data.source_data_files, names);
});

Deno.test("template keys, filters, ground truth and question are columns", async () => {
  const { config } = await load(
    `${minimal}datasets:
    prompt_template_keys:
      - input
      - context
    filters:
      - language: en
        min_length_in_tokens: 1000
        max_length_in_tokens: 2000
        payload_file: payload_en_1000-2000.jsonl
    ground_truth_col_key: answers
    question_col_key: input
    metrics:
      dataset_of_interest: en_1000-2000
`,
    {},
    { "ask.txt": "{input}\n\n{context}\n" },
  );
  deepEqual(config.datasets.prompt_template_keys, ["input", "context"]);
  deepEqual([config.datasets.ground_truth_col_key, config.datasets.question_col_key], ["answers", "input"]);
  deepEqual(config.metrics.dataset_of_interest, "payload_en_1000-2000.jsonl");
});

Deno.test("a template is named by its file", async () => {
  const { config } = await load(minimal.replace("ask.txt", "prompt_template_llama3.txt"));
  equal(config.s3_read_data.prompt_template_file, "prompt_template_llama3.txt");
});

Deno.test("an endpoint of one's own with a place-holder for its URL is told so", async () => {
  const text = (script: string) =>
    `${minimal}  - name: bring-your-own-sm-endpoint
    model_id: # not needed
    model_version:
    deploy: no # brought
    model_name: <your-model-name>
    ep_name: "<your-endpoint-name>"
    instance_type:  sim.small
    inference_script: ${script}
`;
  deepEqual(await faultsOf(text("custom_rest_predictor.py")), [
    'c.yml:15:14: "ep_name" is "<your-endpoint-name>"; expected the base URL of the endpoint, like http://127.0.0.1:8000/v1',
  ]);
  deepEqual(await faultsOf(text("sagemaker_predictor.py"), { env: { AWS_REGION: "eu-west-1" } }), []);
});

Deno.test("both lists of steps, the old names and the new ones, say which run", async () => {
  const old = `${minimal}run_steps:
    0_setup.ipynb: yes
    1_generate_data.ipynb: yes
    2_deploy_model.ipynb: yes # comment
                              # that goes on
    3_run_inference.ipynb: yes
    4_model_metric_analysis.ipynb: yes
    5_cleanup.ipynb: no
`;
  deepEqual((await load(old)).config.run_steps, {
    "0_setup": true,
    "1_generate_data": true,
    "2_deploy_model": true,
    "3_run_inference": true,
    "5_model_metric_analysis": true,
    "6_cleanup": false,
  });
  const now = old.replace("2_deploy_model.ipynb: yes", "2_deploy_model.ipynb: no")
    .replace("    4_model", "    4_get_evaluations.ipynb: yes\n    5_model").replace(
      "5_cleanup",
      "6_cleanup",
    );
  deepEqual((await load(now)).config.run_steps, {
    "0_setup": true,
    "1_generate_data": true,
    "2_deploy_model": false,
    "3_run_inference": true,
    "4_get_evaluations": true,
    "5_model_metric_analysis": true,
    "6_cleanup": false,
  });
});

Deno.test("prices are a file, whose two tables stand at its top or under pricing; a map in the config is refused", async () => {
  const tables = `instance_based:
  your-custom-instance-type: 1.5
token_based:
  your-model-id:
    input-per-1k-tokens: 0.001
    output-per-1k-tokens: 0.002
`;
  const wrapped = `pricing:\n${tables.replace(/^/gm, "  ")}`;
  await inFolder({ "bare.yml": tables, "wrapped.yml": wrapped }, (folder) => {
    for (const name of ["bare.yml", "wrapped.yml"]) {
      const { prices } = readPrices(`${folder}/${name}`, name);
      equal(prices.instance_based["your-custom-instance-type"], 1.5);
      equal(prices.token_based["your-model-id"]?.output_per_1k, 0.002);
    }
  });
  const own = await load(`${minimal}pricing: mine.yml # of one's own\n`, {}, { "mine.yml": tables });
  equal(own.prices.instance_based["your-custom-instance-type"], 1.5);
  deepEqual(await faultsOf(`${minimal}pricing: { ml.g5.2xlarge: 1.515 }\n`), [
    'c.yml:10:10: "pricing" is a map; expected the name of a price file, in which instance_based and token_based stand',
  ]);
});

Deno.test("the budgets of a report are all kept, and the file of the evaluation is known", async () => {
  const { config, notices } = await load(`${minimal}report:
    latency_budget: 3
    cosine_similarity_budget: 0.3
    accuracy_budget: 1
    accuracy_error_rate_budget: 0
    cost_per_10k_txn_budget: 200
    error_rate_budget: 0
model_evaluations: model_eval_all_info.yml
datasets: { ground_truth_col_key: answers, question_col_key: input }
`);
  const { report } = config;
  deepEqual([report.latency_budget, report.cost_per_10k_txn_budget, report.error_rate_budget], [3, 200, 0]);
  deepEqual([report.accuracy_budget, report.accuracy_error_rate_budget, report.cosine_similarity_budget], [
    1,
    0,
    0.3,
  ]);
  deepEqual(notices.map(({ key }) => key), ["report.cosine_similarity_budget", "model_evaluations"]);
});
