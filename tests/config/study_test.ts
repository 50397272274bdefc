import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import {
  configHash,
  formatNotices,
  inputsFingerprint,
  loadConfig,
  readConfig,
  resolvedYaml,
} from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

const scenario = {
  text_prompt: "Why?",
  expected_output_tokens: 50,
  model_id: "us.amazon.nova-micro-v1:0",
  region: "us-east-1",
  inference_profile: "standard",
};

const lines = (...objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join("\n");

/** A study with further lines under `study`, and below. */
const study = (keys = "", below = "") =>
  `general: { name: s }\nstudy:\n  scenarios: s.jsonl\n${keys}${below}`;

const files = { "s.jsonl": lines(scenario, { ...scenario, inference_profile: "optimized" }) };

const loadStudy = (keys = "", below = "", options = {}) => load(study(keys, below), options, files);

Deno.test("a study needs a scenario file and no more: experiments and prompts follow from it", async () => {
  const { config, scenarios, notices } = await loadStudy();
  deepEqual(notices.filter(({ text }) => !text.includes("costs")), []);
  deepEqual(
    config.experiments.map((
      { name, model_id, region, predictor, protocol_options, payload_files, deploy },
    ) => [
      name,
      model_id,
      region,
      predictor,
      protocol_options.latency_mode,
      payload_files,
      deploy,
    ]),
    ["standard", "optimized"].map((mode) => [
      `us.amazon.nova-micro-v1:0 us-east-1 ${mode}`,
      "us.amazon.nova-micro-v1:0",
      "us-east-1",
      "bedrock",
      mode,
      ["payload_scenarios.jsonl"],
      false,
    ]),
  );
  deepEqual(
    scenarios.map(({ experiment_name }) => experiment_name),
    config.experiments.map(({ name }) => name),
  );
  deepEqual(config.datasets.filters.map(({ payload_file }) => payload_file), ["payload_scenarios.jsonl"]);
  equal(config.load.stop_error_rate, 1);
  const { scenarios: file, ...settled } = config.study!;
  equal(file.endsWith("/s.jsonl"), true);
  deepEqual(settled, {
    invocations_per_scenario: 5,
    rounds: 5,
    sleep_between_invocations: 60,
    parallel_calls: 4,
    duration_seconds: null,
    calls_per_minute: null,
    jitter: 0.1,
    idle_connection_seconds: 55,
    quotas: [],
    precision: null,
    stop_when_precise: false,
    simulate: null,
  });
});

Deno.test("a config without a study has none, and no scenarios", async () => {
  const { config, scenarios } = await load(`general: { name: small }
s3_read_data: { source_data_files: [rows.jsonl], prompt_template_file: ask.txt }
experiments: [{ name: one, simulate: { profile: sim-small }, instance_type: sim.small }]
`);
  deepEqual([config.study, scenarios], [null, []]);
});

Deno.test("settings of a scenario reach its experiment", async () => {
  const text = lines({
    ...scenario,
    model_id: "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.nova",
    temperature: 0.5,
    top_k: 5,
    stop: "END",
    service_tier: "flex",
    expected_answer: "Because.",
  }, {
    text_prompt: "a",
    expected_output_tokens: 5,
    model_id: "m",
    provider: "openai_chat",
    url: "http://127.0.0.1:1/v1",
    api_key_env: "KEY",
  });
  const { config } = await load(study(), {}, { "s.jsonl": text });
  const [first, second] = config.experiments;
  deepEqual([first!.ep_name, first!.model_id, first!.inference_spec.parameters, first!.protocol_options], [
    "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.nova",
    "us.nova",
    { temperature: 0.5, top_k: 5, stop: ["END"] },
    { latency_mode: "standard", service_tier: "flex" },
  ]);
  deepEqual([
    second!.ep_name,
    second!.predictor,
    second!.protocol_options,
    second!.inference_spec.api_key_env,
  ], [
    "http://127.0.0.1:1/v1",
    "openai_chat",
    {},
    "KEY",
  ]);
  equal(config.datasets.ground_truth_col_key, "expected_answer");
});

Deno.test("a duration takes the place of rounds; calls a minute take the place of pauses", async () => {
  const day = (await loadStudy("  duration: 1d12h\n")).config.study!;
  deepEqual([day.duration_seconds, day.rounds, day.sleep_between_invocations], [129_600, null, 60]);
  const paced = await loadStudy(
    "  duration: 90\n  rounds: 2\n  calls_per_minute: 6\n  sleep_between_invocations: 9\n",
  );
  const { duration_seconds, rounds, sleep_between_invocations, calls_per_minute } = paced.config.study!;
  deepEqual([duration_seconds, rounds, sleep_between_invocations, calls_per_minute], [90, 2, 0, 6]);
  deepEqual(
    paced.notices.filter(({ key }) => key.startsWith("study.")).map((
      { line, key, text },
    ) => [line, key, text]),
    [
      [5, "study.rounds", "stands beside `duration`: what is over first ends the study"],
      [7, "study.sleep_between_invocations", "has no effect: `calls_per_minute` says when calls are due"],
    ],
  );
});

Deno.test("what a study can't do is a fault", async () => {
  const faults = (keys: string) => faultsOf(study(keys), {}, files);
  deepEqual(await faults("  duration: 1h\n  sleep_between_invocations: 0\n"), [
    'c.yml:4:13: "duration" stands beside neither a pause nor "calls_per_minute": calls would follow each other without ' +
    "end; expected one of the two",
  ]);
  deepEqual(await faults("  duration: soon\n  jitter: 2\n  precision: 1\n"), [
    'c.yml:4:13: "study.duration" is "soon"; expected a duration like 90m, 24h, 1d12h or 2w, or seconds, more than 0',
    'c.yml:5:11: "study.jitter" is 2; expected the greatest part of a pause by which it is drawn longer or shorter, ' +
    "from 0 to 1",
    'c.yml:6:14: "study.precision" is 1; expected half the width of the interval of a change, like 0.05, between 0 and 1',
  ]);
  deepEqual(await faults("  stop_when_precise: yes\n"), [
    'c.yml:4:22: "stop_when_precise" stands without "precision"; expected how precise, like 0.05',
  ]);
  deepEqual(
    await faults(
      "  quotas:\n    - { model_id: us.amazon.nova-micro-v1, requests_per_minute: 5 }\n    - { region: us-east-1 }\n" +
        "    - { region: us-east-3, tokens_per_minute: 5 }\n",
    ),
    [
      'c.yml:5:19: no scenario asks "us.amazon.nova-micro-v1"; did you mean "us.amazon.nova-micro-v1:0"?',
      "c.yml:6:7: a quota without a limit; expected requests_per_minute or tokens_per_minute, or both",
      'c.yml:7:17: no scenario asks a model in "us-east-3"; did you mean "us-east-1"?',
    ],
  );
  deepEqual(await faults("  round: 3\n"), [
    'c.yml:4:3: unknown key "round" in "study"; did you mean "rounds"?',
  ]);
});

Deno.test("experiments and data that are written by hand beside a study are faults that say what to remove", async () => {
  const below =
    "s3_read_data: { source_data_files: [rows.jsonl] }\ndatasets: { ds_N: 5 }\nexperiments: [{ name: one }]\n";
  const remove = (name: string) =>
    `"${name}" stands beside "study", whose scenario file says what is asked of whom; expected one of the two: ` +
    `remove "${name}", or "study"`;
  deepEqual(await faultsOf(study("", below), {}, files), [
    `c.yml:4:17: ${remove("s3_read_data.source_data_files")}`,
    `c.yml:5:1: ${remove("datasets")}`,
    `c.yml:6:1: ${remove("experiments")}`,
  ]);
});

Deno.test("faults of the scenario file stand beside those of the config, with the file's own lines", async () => {
  const bad = `${JSON.stringify(scenario)}\n{"text_prompt": "a"}\n`;
  deepEqual(await faultsOf(study("  round: 3\n"), {}, { "s.jsonl": bad }), [
    'c.yml:4:3: unknown key "round" in "study"; did you mean "rounds"?',
    's.jsonl:2:1: "model_id" is missing; expected the model\'s id',
  ]);
  deepEqual(await faultsOf(study(), {}, { "s.jsonl": "{}" }), [
    's.jsonl:1:1: "model_id" is missing; expected the model\'s id',
    's.jsonl:1:1: "text_prompt" is missing; expected the prompt, or "messages"',
  ]);
  deepEqual(await faultsOf(study(), {}, { "s.jsonl": "// nothing\n" }), [
    'c.yml:3:14: "s.jsonl" holds no scenario; expected one JSON object a line',
  ]);
  equal(
    (await faultsOf(study(), {}, {}))[0]!.startsWith(
      'c.yml:3:14: there is no file "s.jsonl"; expected it in ',
    ),
    true,
  );
  equal((await faultsOf(study(), {}, {})).length, 1);
});

Deno.test("what is wrong with an experiment is named at the line of the scenario that asks for it", async () => {
  const { region: _, ...homeless } = scenario;
  deepEqual(await faultsOf(study(), {}, { "s.jsonl": lines(scenario, homeless) }), [
    's.jsonl:2:1: "region" is missing; expected the region of the endpoint here, in aws.region or in AWS_REGION',
  ]);
});

Deno.test("a scenario file comes from the command line by its path, and lies beside the config, or among the shipped data", async () => {
  await inFolder({
    "mine/a.jsonl": files["s.jsonl"],
    "c.yml": 'general: { name: s }\nstudy: { scenarios: "{scenarios}" }\n',
  }, async (folder) => {
    const from = async (scenarios: string, sets: string[] = []) =>
      (await loadConfig(join(folder, "c.yml"), { parameters: { scenarios }, sets, env: {}, tmpDir: folder }))
        .scenarios.length;
    equal(await from(join(folder, "mine", "a.jsonl")), 2);
    equal(await from("mine/a.jsonl"), 2);
    equal(await from("latency_scenarios.jsonl"), 60);
    equal(await from("none.jsonl", [`study.scenarios=${join(folder, "mine/a.jsonl")}`]), 2);
  });
  deepEqual(await faultsOf('general: { name: s }\nstudy: { scenarios: "{scenarios}" }\n'), [
    'c.yml:2:22: {scenarios} in "study.scenarios" has no value; expected -A scenarios=value',
  ]);
});

Deno.test("the command line sets a study's keys", async () => {
  const { config } = await loadStudy("", "", { sets: ["study.rounds=2", "study.duration=2w"] });
  deepEqual([config.study!.rounds, config.study!.duration_seconds], [2, 1_209_600]);
});

Deno.test("on the embedded endpoint every variant is deployed there, with the model's own name", async () => {
  const keys =
    "  simulate: { profile: sim-api, optimized: { ttft_factor: 0.5 }, faults: { served_standard: 0.15 } }\n";
  const { config } = await loadStudy(keys);
  deepEqual(
    config.experiments.map(({ deploy, model_id, simulate }) => [deploy, model_id, simulate?.faults]),
    [
      [true, scenario.model_id, { served_standard: 0.15 }],
      [true, scenario.model_id, { served_standard: 0.15 }],
    ],
  );
  deepEqual(
    await faultsOf(study("  simulate: { profile: sim-none }\n"), { profiles: ["sim-api"] }, files),
    ['c.yml:4:24: "sim-none" is no profile; expected one of sim-api'],
  );
  deepEqual(
    await faultsOf(study("  simulate: { profil: sim-api, accuracy: 2 }\n"), { profiles: ["sim-api"] }, files),
    [
      'c.yml:4:15: unknown key "profil" in "study.simulate"; did you mean "profile"?',
      'c.yml:4:42: "study.simulate.accuracy" is 2; expected the probability of a right answer, from 0 to 1',
    ],
  );
});

Deno.test("keys of load that a study has no use for are told to have no effect", async () => {
  const { notices } = await loadStudy("", "load: { requests: 5, timeout_seconds: 9 }\n");
  deepEqual(notices.filter(({ key }) => key.startsWith("load.")).map(({ key, text }) => [key, text]), [
    ["load.requests", "has no effect in a study: `study` says when calls are made"],
  ]);
});

Deno.test("the resolved YAML of a study shows its experiments, and reads as the same config", async () => {
  await inFolder({
    ...files,
    "c.yml": study("  calls_per_minute: 6\n  sleep_between_invocations: 9\n  duration: 1h\n"),
  }, async (folder) => {
    const first = await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder });
    const text = resolvedYaml(first.config);
    equal(text.includes("name: us.amazon.nova-micro-v1:0 us-east-1 optimized"), true);
    const again = readConfig(join(folder, "again.yml"), text, { env: {}, tmpDir: folder });
    equal(configHash(again.config), configHash(first.config));
    equal(formatNotices(again.notices).includes("study"), false);
    deepEqual(again.scenarios, first.scenarios);
  });
});

Deno.test("another schedule is another load, other scenarios are other data; where their file lies does not matter", async () => {
  await inFolder({ ...files, "c.yml": study() }, async (folder) => {
    const first = inputsFingerprint(
      (await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder })).config,
    );
    await inFolder({ ...files, "c.yml": study() }, async (other) => {
      deepEqual(
        inputsFingerprint((await loadConfig(join(other, "c.yml"), { env: {}, tmpDir: other })).config),
        first,
      );
    });
    await Deno.writeTextFile(join(folder, "c.yml"), study("  rounds: 2\n"));
    const second = inputsFingerprint(
      (await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder })).config,
    );
    deepEqual([second.data === first.data, second.load === first.load], [true, false]);
    await Deno.writeTextFile(join(folder, "s.jsonl"), lines(scenario));
    const third = inputsFingerprint(
      (await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder })).config,
    );
    equal(third.data === second.data, false);
  });
});

Deno.test("a study without run_steps runs its own analysis, and that of load levels is refused beside it", async () => {
  const { config } = await loadStudy();
  deepEqual(Object.keys(config.run_steps), [
    ...["0_setup", "1_generate_data", "2_deploy_model", "3_run_inference", "latency_study", "6_cleanup"],
  ]);
  const faults = await faultsOf(study("", "run_steps: { 5_model_metric_analysis: yes }\n"), {}, files);
  equal(faults.length, 1);
  equal(
    faults[0]!.endsWith(
      '"5_model_metric_analysis" analyses load levels, and a study has none; expected "studies/latency_study.ipynb" in its place',
    ),
    true,
  );
});

Deno.test("the keys of a study that is not used are checked all the same", async () => {
  const faults = await faultsOf(`${minimal}study:\n  scenarios:\n  quotas:\n    - { okens_per_minute: 5 }\n`);
  equal(faults.length, 1);
  equal(faults[0]!.includes('did you mean "tokens_per_minute"?'), true, faults.join());
});
