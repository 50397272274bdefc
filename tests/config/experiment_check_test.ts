import { deepEqual } from "node:assert/strict";
import { faultsOf, load, minimal } from "./minimal.ts";

const head = minimal.slice(0, minimal.indexOf("  - name: one"));
const experiment = (text: string) => `${head}  - name: one\n${text}`;
const own = "    model_id: m\n    ep_name: http://127.0.0.1:8000/v1\n";

Deno.test("two experiments of one name, and entries that stand twice, are faults", async () => {
  const text =
    `${minimal}    concurrency_levels: [1, 4, 1]\n  - name: one\n    simulate: { profile: sim-small }\n`;
  deepEqual(await faultsOf(text), [
    'c.yml:10:32: 1 stands twice in "concurrency_levels"; expected it once',
    'c.yml:11:11: two experiments are called "one", the first on line 7; expected another name',
  ]);
});

Deno.test("a payload file that no filter produces is a fault", async () => {
  deepEqual(await faultsOf(`${minimal}    payload_files: [payload_al.jsonl]\n`), [
    'c.yml:10:21: "payload_al.jsonl" is produced by no entry of datasets.filters; did you mean "payload_all.jsonl"?',
  ]);
});

Deno.test("an unknown parameter set, and a choice left open, are faults", async () => {
  const sets = "inference_parameters: { short: { max_tokens: 5 }, long: { max_tokens: 50 } }\n";
  deepEqual(await faultsOf(`${minimal}    inference_spec: { parameter_set: shorts }\n${sets}`), [
    'c.yml:10:38: "shorts" is no set of inference_parameters; did you mean "short"?',
  ]);
  deepEqual(await faultsOf(`${minimal}${sets}`), [
    'c.yml:7:5: "parameter_set" is missing; expected one of short, long',
  ]);
});

Deno.test("an experiment's own parameters are laid over its set, and one set alone needs no name", async () => {
  const { config } = await load(`${minimal}    inference_spec: { parameters: { top_p: 1 } }
inference_parameters: { short: { max_tokens: 5, top_p: 0.5 } }
`);
  deepEqual(config.experiments[0]!.inference_spec.parameters, { max_tokens: 5, top_p: 1 });
  deepEqual(config.experiments[0]!.inference_spec.parameter_set, "short");
});

Deno.test("an endpoint of one's own needs a URL and a model, and no price", async () => {
  const { config, notices } = await load(experiment(own));
  const [first] = config.experiments;
  deepEqual([first!.deploy, first!.simulate, first!.instance_type], [false, null, "m"]);
  deepEqual(notices.map(({ key }) => key), ["experiments[0].instance_type"]);
  deepEqual(await faultsOf(experiment("    ep_name: localhost:8000\n")), [
    'c.yml:7:5: "model_id" is missing; expected the model\'s name at the endpoint',
    'c.yml:8:14: "ep_name" is "localhost:8000"; expected the base URL of the endpoint, like http://127.0.0.1:8000/v1',
  ]);
});

Deno.test("FMBench's scripts load, for requests and for deployment", async () => {
  const { config, notices } = await load(experiment(`    ep_name: anthropic.claude
    instance_type: sim-api
    inference_script: bedrock_predictor.py
    inference_spec: { stream: yes }
  - name: two
    ep_name: http://127.0.0.1:8080/invocations
    instance_type: g5.2xlarge
    inference_script: ec2_predictor.py
    deployment_script: ec2_deploy.py
    deploy: yes
    inference_spec: { stream: yes }
aws: { region: us-east-1 }
`));
  deepEqual(config.experiments.map(({ deploy, predictor, region }) => [deploy, predictor, region]), [
    [false, "bedrock", "us-east-1"],
    [true, "djl", "us-east-1"],
  ]);
  deepEqual(notices, []);
});

Deno.test("a script that nobody knows is a fault: a near name, or a module in TypeScript", async () => {
  const python = "expected the path of a TypeScript module (.ts): scripts in Python do not run here";
  const scripts = (inference: string, deployment: string) =>
    experiment(`${own}    deploy: yes
    inference_script: ${inference}
    deployment_script: ${deployment}
`);
  deepEqual(await faultsOf(scripts("open_chat", "jumpstrat.py")), [
    'c.yml:11:23: "open_chat" is no predictor; did you mean "openai_chat"?',
    'c.yml:12:24: "jumpstrat.py" is no deployer; did you mean "jumpstart.py"?',
  ]);
  deepEqual(await faultsOf(scripts("mine.py", "my_cluster.py")), [
    `c.yml:11:23: "mine.py" is no predictor; ${python}`,
    `c.yml:12:24: "my_cluster.py" is no deployer; ${python}`,
  ]);
});

Deno.test("a module of the user's own is looked for where data is, and may not lead out of there", async () => {
  const script = (name: string) => experiment(`${own}    inference_script: ${name}\n`);
  const { notices } = await load(script("mine.ts"), {}, { "fmbench-read/scripts/mine.ts": "" });
  deepEqual(notices.map(({ key }) => key), ["experiments[0].instance_type"]);
  deepEqual(await faultsOf(script("mine.ts"), { tmpDir: "/tmp/none" }), [
    'c.yml:10:23: there is no file "mine.ts"; expected it in the config\'s folder or /tmp/none/fmbench-read/scripts',
  ]);
  deepEqual(await faultsOf(script("../mine.ts")), [
    'c.yml:10:23: Cannot read "../mine.ts": the path leads out of its folder; expected a name inside it, or an ' +
    "absolute path.",
  ]);
});

Deno.test("a deployment that names no deployer is a fault; a deployer that nothing is deployed by is a notice", async () => {
  const [fault] = await faultsOf(experiment(`${own}    deploy: yes\n`));
  deepEqual(
    fault?.startsWith(
      'c.yml:10:13: "deployment_script" is missing beside "deploy: yes"; expected one of jumpstart.py,',
    ),
    true,
  );
  const { notices } = await load(experiment(`${own}    deployment_script: jumpstart.py\n`));
  deepEqual(notices.at(-1)?.text, "has no effect: nothing is deployed by it");
});

Deno.test("an endpoint that goes by a name needs one, and a region, but no URL", async () => {
  const lines = "    model_id: m\n    inference_script: sagemaker_predictor.py\n";
  const region = "expected the region of the endpoint here, in aws.region or in AWS_REGION";
  deepEqual(await faultsOf(experiment(lines)), [
    'c.yml:7:5: "ep_name" is missing; expected the name or ARN of the endpoint or the model',
    `c.yml:7:5: "region" is missing; ${region}`,
  ]);
  const named = `${lines}    ep_name: mine\n    instance_type: ml.g5.2xlarge\n`;
  deepEqual(await faultsOf(experiment(named)), [`c.yml:7:5: "region" is missing; ${region}`]);
  deepEqual(await faultsOf(experiment(`${named}    region: us-east-1\n`)), []);
  deepEqual(await faultsOf(experiment(`${named}aws: { region: us-east-1 }\n`)), []);
  deepEqual(await faultsOf(experiment(named), { env: { AWS_DEFAULT_REGION: "us-east-1" } }), []);
});

Deno.test("a model's name is asked for where requests name it, and may stand among the parameters", async () => {
  const at = (script: string, sets = "") =>
    faultsOf(experiment(`    ep_name: http://127.0.0.1:8000
    instance_type: g5.2xlarge
    inference_script: ${script}
${sets}`));
  for (const script of ["openai_chat", "openai_completions", "openai_embeddings", "ollama"]) {
    deepEqual(await at(script), [
      'c.yml:7:5: "model_id" is missing; expected the model\'s name at the endpoint',
    ], script);
    deepEqual(await at(script, "inference_parameters: { p: { model: m } }\n"), [], script);
  }
  for (const script of ["djl", "tgi", "triton", "llama_cpp", "ray_serve", "rest"]) {
    deepEqual(await at(script), [], script);
  }
});

Deno.test("an instance of AWS's without a price is a notice, any other name without one a fault", async () => {
  const priced = (type: string) => experiment(`${own}    instance_type: ${type}\n`);
  const { notices } = await load(priced("x9g.metal-48xl"));
  deepEqual(notices.map(({ line, text }) => [line, text]), [
    [10, 'is "x9g.metal-48xl", which has no price in pricing.yml: costs are not known'],
  ]);
  deepEqual(await faultsOf(priced("sim.smal")), [
    'c.yml:10:20: "sim.smal" has no price in pricing.yml; did you mean "sim.small"?',
  ]);
});

Deno.test("another number in the name of a payload file is no misspelling", async () => {
  const text = `${minimal}    payload_files: [payload_en_3000-3840.jsonl]
datasets: { filters: [{ language: en, min_length_in_tokens: 1, max_length_in_tokens: 500 }] }
`;
  deepEqual(await faultsOf(text), [
    'c.yml:10:21: "payload_en_3000-3840.jsonl" is produced by no entry of datasets.filters; expected one of ' +
    "payload_en_1-500.jsonl",
  ]);
});

Deno.test("an unknown profile is a fault when the profiles are known", async () => {
  deepEqual(await faultsOf(minimal, { profiles: ["sim-smaller", "sim-large"] }), [
    'c.yml:8:26: "sim-small" is no profile; did you mean "sim-smaller"?',
  ]);
});

Deno.test("an experiment's load is the run's with its own keys laid over it", async () => {
  const { config } = await load(
    `${minimal}    load: { requests: 7 }\nload: { requests: 9, stall_seconds: 3 }\n`,
  );
  const { requests, stall_seconds, warmup_requests } = config.experiments[0]!.load;
  deepEqual([requests, stall_seconds, warmup_requests], [7, 3, 4]);
});

Deno.test("FMBench's iterations stand in for load.requests, which wins where it is given", async () => {
  const iterations = "datasets: { min_iters_per_combination: 2, max_iters_per_combination: 3 }\n";
  const { config, notices } = await load(`${minimal}${iterations}`);
  deepEqual([config.load.requests, config.experiments[0]!.load.requests, notices], [null, null, []]);
  const both = await load(`${minimal}${iterations}load: { requests: 9 }\n`);
  deepEqual([both.config.load.requests, both.notices.length], [9, 2]);
});

const simulate = (faults: string) =>
  minimal.replace("{ profile: sim-small }", `{ profile: sim-small, faults: { ${faults} } }`);

Deno.test("faults of the embedded endpoint are taken with their parameters, and absent by default", async () => {
  const faults = "http_429: 0.1, stall: [2, 7], stall_s: 0.5, freeze: { at_s: 15, for_s: 15 }, seed: 4";
  const { config } = await load(simulate(faults));
  deepEqual(config.experiments[0]!.simulate!.faults, {
    http_429: 0.1,
    stall: [2, 7],
    seed: 4,
    stall_s: 0.5,
    freeze: { at_s: 15, for_s: 15 },
  });
  deepEqual((await load(minimal)).config.experiments[0]!.simulate!.faults, null);
});

Deno.test("faults that are misspelt or out of range are named with what was meant", async () => {
  deepEqual(
    await faultsOf(simulate("htp_429: 0.1, stall: 1.5, freeze: { at: 1, for_s: 2 }")),
    [
      'c.yml:8:47: unknown key "htp_429" in "experiments[0].simulate.faults"; did you mean "http_429"?',
      'c.yml:8:68: "experiments[0].simulate.faults.stall" is 1.5; expected a probability from 0 to 1, or a list of requests counted from 1',
      'c.yml:8:73: "experiments[0].simulate.faults.freeze.at_s" is missing; expected seconds from the first request, from 0 to 86400',
      'c.yml:8:83: unknown key "at" in "experiments[0].simulate.faults.freeze"; expected one of at_s, for_s',
    ],
  );
});

Deno.test("failures of more than one whole are a fault, shapes are not", async () => {
  deepEqual(await faultsOf(simulate("http_429: 0.7, stall: 0.7, comments: 1, reasoning: 1")), [
    'c.yml:8:45: the probabilities of failures in "faults" are 1.4 together; expected at most 1',
  ]);
});
