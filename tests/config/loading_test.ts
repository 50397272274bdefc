import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import { loadConfig, readConfig } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

Deno.test("a minimal config has every default in place", async () => {
  const { config, notices } = await load(minimal);
  deepEqual(notices, []);
  deepEqual(config.general, { name: "small", model_name: "small" });
  deepEqual(config.datasets, {
    prompt_template_keys: ["question"],
    filters: [{
      language: null,
      min_length_in_tokens: 0,
      max_length_in_tokens: null,
      payload_file: "payload_all.jsonl",
    }],
    ground_truth_col_key: null,
    question_col_key: null,
    image_col: null,
    ds_N: 100,
  });
  deepEqual(config.load, {
    mode: "closed",
    requests: 100,
    warmup_requests: 4,
    seed: 1,
    timeout_seconds: 300,
    stall_seconds: 120,
    stop_error_rate: 0.5,
    clock: "auto",
    workers: 1,
    fleet: null,
    duration_seconds: null,
    ci_width: null,
    drain_seconds: 0,
    arrival: null,
    rates_rps: null,
    burstiness: null,
    max_in_flight: null,
    trace_file: null,
    time_scale: null,
    retry: null,
    cache_busting: false,
    shared_prefix_tokens: 0,
  });
  deepEqual(config.report, {
    latency_budget: 5,
    latency_statistic: "p95",
    objectives: { objectives: { response_ms: 5000 }, share: 0.95 },
    workload: null,
    cost_per_10k_txn_budget: null,
    error_rate_budget: 0,
    accuracy_budget: null,
    accuracy_error_rate_budget: null,
    cosine_similarity_budget: null,
  });
  const { model_id, ep_name, deploy, simulate, payload_files, concurrency_levels } = config.experiments[0]!;
  deepEqual({ model_id, ep_name, deploy, simulate, payload_files, concurrency_levels }, {
    model_id: "one",
    ep_name: "one",
    deploy: true,
    simulate: { profile: "sim-small", accuracy: 0.9, seed: 1, faults: null },
    payload_files: ["payload_all.jsonl"],
    concurrency_levels: [1, 4, 16],
  });
});

Deno.test("nothing of a config can be changed", async () => {
  const { config } = await load(minimal);
  throws(() => Object.assign(config.experiments[0]!.concurrency_levels, [2]), TypeError);
  throws(() => Object.assign(config.report, { latency_budget: 1 }), TypeError);
});

Deno.test("FMBench's keys without effect are accepted, with a notice for each that asks for something else", async () => {
  const { notices } = await load(`${minimal}    image_uri: some/image:1
    ec2: { model_loading_timeout: 2400 }
    inference_spec: { tp_degree: 4, shm_size: 12g }
dir_paths: { data_prefix: data, metrics_dir: elsewhere }
aws: { region: "{region}", bucket: "{write_bucket}" }
model_evaluations: model_eval_all_info.yml
`);
  deepEqual(notices.map(({ line, key }) => [line, key]), [
    [10, "experiments[0].image_uri"],
    [11, "experiments[0].ec2"],
    [12, "experiments[0].inference_spec.tp_degree"],
    [12, "experiments[0].inference_spec.shm_size"],
    [13, "dir_paths.metrics_dir"],
    [14, "aws.region"],
    [15, "model_evaluations"],
  ]);
});

Deno.test("wrong types of keys without effect are faults all the same", async () => {
  deepEqual(await faultsOf(`${minimal}    accept_eula: maybe\n`), [
    'c.yml:10:18: "experiments[0].accept_eula" is "maybe"; expected yes or no',
  ]);
});

Deno.test("faults of all kinds come at once, and one section's do not hide another's", async () => {
  const text = `${minimal.replace("rows.jsonl", "none.jsonl")}    payload_files: [x.jsonl]
report: { latency_buget: 3 }
load: { mode: open }
datasets: { filters: [{ payload_file: y.jsonl }] }
`;
  const places = (await faultsOf(text)).map((line) => line.split(": ")[0]);
  deepEqual(places, ["c.yml:4:23", "c.yml:10:21", "c.yml:11:11", "c.yml:12:15"]);
});

Deno.test("a misspelt key does not cause faults elsewhere", async () => {
  const text = `${minimal}    payload_files: [x.jsonl]\ndatasets: { filtres: [{ payload_file: x.jsonl }] }\n`;
  deepEqual(await faultsOf(text), [
    'c.yml:11:13: unknown key "filtres" in "datasets"; did you mean "filters"?',
  ]);
});

Deno.test("-A values are filled in; one that the config has no use for is a notice", async () => {
  const { config, notices } = await load(minimal.replace("small", "{who}"), {
    parameters: { who: "me", x: "1" },
  });
  equal(config.general.name, "me");
  deepEqual(notices.map(({ key }) => key), ["-A x"]);
});

Deno.test("a file that is not there, an empty one and one elsewhere are each one clear message", async () => {
  await inFolder({ "empty.yml": "" }, async (folder) => {
    await rejects(loadConfig(join(folder, "none.yml")), (error) => {
      equal(error instanceof UserError && error.message.includes("there is no such file"), true);
      return true;
    });
    await rejects(loadConfig(join(folder, "empty.yml")), /"general" is missing/);
    await rejects(loadConfig("https://example.com/c.yml"), /it lies elsewhere/);
  });
});

Deno.test("text that is no YAML is a fault with line and column", () => {
  throws(
    () => readConfig("c.yml", 'general:\n  name: "x\n'),
    /^ConfigError: c\.yml:2:9: the text in quotes has no end/,
  );
});
