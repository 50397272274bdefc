import { deepEqual, equal } from "node:assert/strict";
import { inputsFingerprint, resolvedYaml } from "../../lib/config/mod.ts";
import { tariffOf } from "../../lib/core/mod.ts";
import { faultsOf, load, minimal } from "./minimal.ts";

const withEntry = (entry: string, rest = "") =>
  minimal.replace("    simulate: { profile: sim-small }\n    instance_type: sim.small\n", entry) + rest;
const own = "    model_id: m\n    ep_name: http://127.0.0.1:8000/v1\n";
const nova = "    model_id: us.amazon.nova-next-v1:0\n    inference_script: bedrock\n    region: us-east-1\n";
const budget = "report: { cost_per_10k_txn_budget: 20 }\n";

async function tariff(text: string, parameters: Readonly<Record<string, string>> = {}) {
  const { config, prices } = await load(text, { parameters });
  const { name, instance_type, model_id } = config.experiments[0]!;
  return tariffOf({ experiment_name: name, instance_type, model_id }, prices);
}

const tokens = (input_per_1k: number, output_per_1k: number) => ({
  basis: "token",
  price: {
    input_per_1k,
    output_per_1k,
    cache_read_per_1k: null,
    cache_write_per_1k: null,
    reasoning_per_1k: null,
  },
});

Deno.test("with a budget for the cost, an instance or a model of AWS's without a price is a fault that names the line to add", async () => {
  deepEqual(await faultsOf(withEntry(`${own}    instance_type: ml.g9.2xlarge\n`, budget)), [
    'c.yml:10:20: "ml.g9.2xlarge" has no price in pricing.yml, and "report.cost_per_10k_txn_budget" asks what it costs; ' +
    "expected the line `ml.g9.2xlarge: PRICE` under pricing.instance_based (of one hour), or -A price_per_hour=PRICE; " +
    'did you mean "ml.g5.2xlarge" or "ml.g6.2xlarge"?',
  ]);
  deepEqual(await faultsOf(withEntry(nova, budget)), [
    'c.yml:8:15: "us.amazon.nova-next-v1:0" has no price in pricing.yml, and "report.cost_per_10k_txn_budget" asks what it ' +
    "costs; expected the line `us.amazon.nova-next-v1:0: { input-per-1k-tokens: PRICE, output-per-1k-tokens: PRICE }` " +
    "under pricing.token_based, or -A price_per_1k_tokens=PRICE",
  ]);
  const arn = "arn:aws:bedrock:us-east-1:000000000000:provisioned-model/x";
  deepEqual(
    await faultsOf(
      withEntry(`    model_id: m:1\n    ep_name: ${arn}\n    inference_script: bedrock\n`, budget),
    ),
    [
      'c.yml:8:15: "m:1" has no price in pricing.yml, and "report.cost_per_10k_txn_budget" asks what it costs; expected the ' +
      "line `m:1: PRICE` under pricing.provisioned_based (of one model unit and hour), or -A price_per_hour=PRICE",
    ],
  );
  const endpoint = "    ep_name: mine\n    inference_script: sagemaker\n    region: us-east-1\n";
  deepEqual(await faultsOf(withEntry(endpoint, budget)), [
    'c.yml:8:14: "one" has no price in pricing.yml, and "report.cost_per_10k_txn_budget" asks what it costs; expected ' +
    '"instance_type" with the endpoint\'s own, such as ml.g5.2xlarge, or -A price_per_hour=PRICE',
  ]);
});

Deno.test("the line that a fault names is what the price file lacked", async () => {
  const line = "us.amazon.nova-next-v1:0: { input-per-1k-tokens: 0.1, output-per-1k-tokens: 0.2 }";
  const file = `pricing:\n  meta: { region: us-east-1, date: 2026-11-22 }\n  token_based:\n    ${line}\n`;
  deepEqual(await faultsOf(withEntry(nova, budget), {}, { "pricing.yml": file }), []);
});

Deno.test("without such a budget it is a notice", async () => {
  const { notices } = await load(withEntry(nova));
  deepEqual(notices.map(({ key, text }) => `${key} ${text}`), [
    'experiments[0].instance_type is "us.amazon.nova-next-v1:0", which has no price in pricing.yml: costs are not known',
  ]);
});

Deno.test("an endpoint of one's own runs without a price, whatever the budget, and a notice says how to give one", async () => {
  const { notices } = await load(withEntry(own, budget));
  deepEqual(notices.map(({ text }) => text), [
    'is "m", the name of the model, and has no price: costs are not known without -A price_per_hour=PRICE or ' +
    "-A price_per_1k_tokens=PRICE",
  ]);
  equal(await tariff(withEntry(own, budget)), null);
  const named = await load(withEntry(`${own}    instance_type: four of our cards\n`, budget));
  deepEqual(named.notices.map(({ text }) => text), [
    'is "four of our cards", which has no price in pricing.yml: costs are not known without -A price_per_hour=PRICE or ' +
    "-A price_per_1k_tokens=PRICE",
  ]);
});

Deno.test("-A gives a price to every experiment that has none, without a placeholder and without a notice", async () => {
  const text = withEntry(own, budget);
  deepEqual(await tariff(text, { price_per_hour: "1.20" }), { basis: "instance", hourly: 1.2 });
  deepEqual(await tariff(text, { price_per_1k_tokens: "0.002" }), tokens(0.002, 0.002));
  deepEqual(
    await tariff(text, { price_per_1k_input_tokens: "0.001", price_per_1k_output_tokens: "0.004" }),
    tokens(0.001, 0.004),
  );
  deepEqual(
    await tariff(text, { price_per_1k_tokens: "0.001", price_per_1k_output_tokens: "0.004" }),
    tokens(0.001, 0.004),
  );
  deepEqual((await load(text, { parameters: { price_per_hour: "1.20" } })).notices, []);
  deepEqual(await tariff(withEntry(nova, budget), { price_per_1k_tokens: "0.1" }), tokens(0.1, 0.1));
});

Deno.test("a price of -A leaves prices that are known alone, and says so when it changes nothing", async () => {
  const other = "  - name: two\n    model_id: m\n    ep_name: http://127.0.0.1:8000/v1\n";
  const { config, prices, notices } = await load(minimal + other, { parameters: { price_per_hour: "9" } });
  deepEqual(notices, []);
  deepEqual(config.experiments.map(({ price_per_hour }) => price_per_hour), [undefined, 9]);
  deepEqual(prices.experiment_based, { two: { basis: "instance", hourly: 9 } });
  const idle = await load(minimal, { parameters: { price_per_hour: "9" } });
  deepEqual(idle.notices.map(({ key, text }) => `${key} ${text}`), [
    "-A price_per_hour has no effect: every experiment has a price",
  ]);
});

Deno.test("where the config has a placeholder of that name, -A fills in that and nothing else", async () => {
  const text = withEntry(`${own}    price_per_hour: {price_per_hour}\n`) +
    "  - name: two\n    model_id: n\n    ep_name: http://127.0.0.1:8000/v1\n";
  const { config, notices } = await load(text, { parameters: { price_per_hour: "3" } });
  deepEqual(config.experiments.map(({ price_per_hour }) => price_per_hour), [3, undefined]);
  deepEqual(notices.map(({ key }) => key), ["experiments[1].instance_type"]);
});

Deno.test("what is no price is a fault with its place on the command line", async () => {
  const faults = (parameters: Record<string, string>) => faultsOf(withEntry(own), { parameters });
  deepEqual(await faults({ price_per_hour: "1,20" }), [
    '-A price_per_hour=1,20:1:16: "1,20" is no price; expected a number, 0 or more',
  ]);
  equal((await faults({ price_per_hour: "-1" })).length, 1);
  equal((await faults({ price_per_hour: "" })).length, 1);
  deepEqual(await faults({ price_per_hour: "1", price_per_1k_tokens: "1" }), [
    '-A price_per_1k_tokens=1:1:1: "price_per_hour" stands beside a price of tokens; expected the one or the other',
  ]);
  deepEqual(await faults({ price_per_1k_input_tokens: "1" }), [
    '-A price_per_1k_input_tokens=1:1:1: "price_per_1k_output_tokens" is missing; expected it, or "price_per_1k_tokens" ' +
    "for both kinds",
  ]);
});

Deno.test("an experiment's own price goes before the price file's", async () => {
  deepEqual(await tariff(`${minimal}    price_per_hour: 7\n`), { basis: "instance", hourly: 7 });
  deepEqual(await tariff(`${minimal}    price_per_1k_tokens: 0.5\n`), tokens(0.5, 0.5));
  deepEqual(await faultsOf(`${minimal}    price_per_hour: 7\n    price_per_1k_tokens: 1\n`), [
    'c.yml:10:5: "price_per_hour" stands beside a price of tokens; expected the one or the other',
  ]);
  deepEqual(await faultsOf(`${minimal}    price_per_hour: -1\n`), [
    'c.yml:10:21: "experiments[0].price_per_hour" is -1; expected a price per hour of one instance, 0 or more',
  ]);
});

Deno.test("provisioned throughput is paid by the model unit and hour, never by the token", async () => {
  const entry = (extra: string) =>
    withEntry(
      "    model_id: anthropic.claude-3-haiku-20240307-v1:0\n    inference_script: bedrock\n    region: us-east-1\n" +
        extra,
      "pricing: p.yml\n",
    );
  const file = `pricing:
  meta: { region: us-east-1, date: 2026-11-22 }
  provisioned_based: { "anthropic.claude-3-haiku-20240307-v1:0": 44, haiku-1-month: 25 }
`;
  const of = async (extra: string) => {
    const { config, prices } = await load(entry(extra), {}, { "p.yml": file });
    const { name, instance_type, instance_count, model_id } = config.experiments[0]!;
    return [
      instance_type,
      instance_count,
      tariffOf({ experiment_name: name, instance_type, model_id }, prices),
    ];
  };
  const arn = "    ep_name: arn:aws:bedrock:us-east-1:000000000000:provisioned-model/x\n";
  deepEqual(await of("    model_units: 3\n"), [
    "provisioned anthropic.claude-3-haiku-20240307-v1:0",
    3,
    { basis: "instance", hourly: 44 },
  ]);
  deepEqual((await of(arn))[2], { basis: "instance", hourly: 44 });
  deepEqual((await of(`${arn}    instance_type: haiku-1-month\n`))[2], { basis: "instance", hourly: 25 });
  // FMBench has its only entry among the instances.
  deepEqual((await of(`${arn}    instance_type: anthropic.claude-v3-sonnet-pt-nc\n`))[2], {
    basis: "instance",
    hourly: 88,
  });
  // On demand the same model is paid by the token.
  equal((await of(""))[2] === null, false);
  deepEqual(
    (await load(entry(arn.replace("provisioned", "imported")), {}, { "p.yml": file })).prices
      .experiment_based,
    undefined,
  );
  // Without a price for the unit the tokens' price does not stand in.
  equal(await tariff(entry(arn).replace("pricing: p.yml\n", "")), null);
});

Deno.test("prices of another region than the endpoint's are a notice, once a region", async () => {
  const entry = (name: string, region: string) =>
    `  - { name: ${name}, model_id: "amazon.nova-lite-v1:0", inference_script: bedrock, region: ${region} }\n`;
  const text = minimal + entry("a", "eu-west-1") + entry("b", "eu-west-1") + entry("c", "us-east-1");
  const { notices } = await load(text);
  deepEqual(notices.map(({ key, text }) => `${key} ${text}`), [
    "experiments[1].region is eu-west-1, and the prices are those of us-east-1: costs there may be others",
  ]);
});

Deno.test("prices may change between runs that measure the same: they are in no fingerprint, and in the resolved config", async () => {
  const free = await load(withEntry(own));
  const paid = await load(withEntry(own), { parameters: { price_per_1k_tokens: "0.5" } });
  deepEqual(inputsFingerprint(free.config).experiments, inputsFingerprint(paid.config).experiments);
  equal(/^ +price_per_1k_tokens: 0.5$/m.test(resolvedYaml(paid.config)), true);
});

Deno.test("a limit in money can be kept with a price of -A", async () => {
  const text = withEntry(own, "limits: { dollars: 1 }\n");
  equal((await faultsOf(text)).length, 1);
  deepEqual(await faultsOf(text, { parameters: { price_per_hour: "2" } }), []);
});

Deno.test("a spot instance has the price that the config gives it, and never the one on demand", async () => {
  const entry = (more: string) =>
    minimal.replace("    simulate: { profile: sim-small }\n", "").replace("sim.small", "g5.xlarge") +
    `    model_id: m
    inference_script: ec2_predictor.py
    deployment_script: ec2_deploy.py
    deploy: yes
    ec2: { launch: { spot: yes } }
${more}pricing: p.yml
`;
  const files = { "p.yml": "pricing:\n  instance_based: { g5.xlarge: 1.006 }\n" };
  const priced = async (more: string) => (await load(entry(more), {}, files)).prices.experiment_based;
  deepEqual(await priced(""), { one: null });
  deepEqual(await priced("    price_per_hour: 0.4\n"), { one: { basis: "instance", hourly: 0.4 } });
});
