import { deepEqual, equal, throws } from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parse } from "yaml";
import { ConfigError, pricesYaml, projectFolder, readPrices } from "../../lib/config/mod.ts";
import { faultsOf, inFolder, load, minimal } from "./minimal.ts";

const own = `pricing:
  meta: { region: eu-west-1, currency: USD, date: 2026-11-22, source: a contract }
  instance_based: { sim.small: 9, my.box: 0.5 }
  token_based:
    my-model: { input-per-1k-tokens: 0.1, output-per-1k-tokens: 0.2, cache-read-per-1k-tokens: 0.01 }
  provisioned_based: { my-model: 44 }
`;

async function pricesOf(text: string) {
  let result: ReturnType<typeof readPrices> | undefined;
  await inFolder({ "p.yml": text }, (folder) => void (result = readPrices(join(folder, "p.yml"), "p.yml")));
  return result!;
}

Deno.test("a user's prices are laid over the shipped ones entry by entry, with the user's date and region", async () => {
  const { prices, notices } = await pricesOf(own);
  equal(prices.instance_based["sim.small"], 9);
  equal(prices.instance_based["my.box"], 0.5);
  equal(prices.instance_based["sim.large"], readPrices(null).prices.instance_based["sim.large"]);
  deepEqual(prices.token_based["my-model"], {
    input_per_1k: 0.1,
    output_per_1k: 0.2,
    cache_read_per_1k: 0.01,
    cache_write_per_1k: null,
    reasoning_per_1k: null,
  });
  deepEqual(prices.provisioned_based, { "my-model": 44 });
  deepEqual(prices.meta, { region: "eu-west-1", currency: "USD", date: "2026-11-22", source: "a contract" });
  deepEqual(notices, []);
});

Deno.test("the shipped prices know their region, currency, date and source", () => {
  const { prices, notices } = readPrices(null);
  deepEqual([prices.meta.region, prices.meta.currency], ["us-east-1", "USD"]);
  equal(/^\d{4}-\d\d-\d\d$/.test(prices.meta.date ?? ""), true);
  deepEqual(notices, []);
});

Deno.test("FMBench's own file, without meta, is read with a notice", async () => {
  const { prices, notices } = await pricesOf("pricing:\n  instance_based:\n    ml.x: 2\n");
  deepEqual([prices.instance_based["ml.x"], prices.meta.currency, prices.meta.date], [2, "USD", null]);
  deepEqual(notices.map(({ key }) => key), ["pricing.meta"]);
});

Deno.test("a price file may have its tables under pricing, or by themselves as FMBench's documentation shows them", async () => {
  const { prices } = await pricesOf("instance_based: { my.box: 2 }\n");
  equal(prices.instance_based["my.box"], 2);
  equal(prices.instance_based["ml.g5.xlarge"], 1.4084);
  const tokens = "token_based:\n  m: { input-per-1k-tokens: 1, output-per-1k-tokens: 2 }\n";
  equal((await pricesOf(tokens)).prices.token_based["m"]?.output_per_1k, 2);
  equal((await pricesOf("provisioned_based: { m: 3 }\n")).prices.provisioned_based["m"], 3);
  await inFolder({ "p.yml": "instance_based: { my.box: two }\n" }, (folder) => {
    throws(
      () => readPrices(join(folder, "p.yml"), "p.yml"),
      { message: 'p.yml:1:27: "instance_based["my.box"]" is "two"; expected a price per hour, 0 or more' },
    );
  });
});

const shared = process.env["FMBENCH_SHARED"] ?? join(projectFolder, "..", "shared");
const reference = join(shared, "data", "fmbench_configs");

Deno.test({
  name: "every entry of FMBench's two price files is shipped at its price",
  ignore: !existsSync(reference),
  fn: () => {
    const shipped = readPrices(null).prices;
    for (const name of ["pricing_fallback.yml", "pricing.yml"]) {
      const { pricing } = parse(readFileSync(join(reference, name), "utf8"));
      for (const [type, hourly] of Object.entries(pricing.instance_based)) {
        equal(shipped.instance_based[type], hourly, type);
      }
      for (const [id, price] of Object.entries<Record<string, number>>(pricing.token_based)) {
        const { input_per_1k, output_per_1k } = shipped.token_based[id]!;
        deepEqual([input_per_1k, output_per_1k], Object.values(price), id);
      }
    }
  },
});

Deno.test("prices in another currency stand alone", async () => {
  const { prices, notices } = await pricesOf(
    "pricing: {meta: {currency: EUR}, instance_based: {my.box: 1}}\n",
  );
  deepEqual(prices.instance_based, { "my.box": 1 });
  equal(notices.length, 1);
});

Deno.test("faults in a price file have their place in that file", async () => {
  await inFolder({ "p.yml": "" }, (folder) => {
    const path = join(folder, "p.yml");
    writeFileSync(
      path,
      "pricing:\n  token_based:\n    m: {input-per-1k-token: 1, output-per-1k-tokens: -1}\n",
    );
    throws(() => readPrices(path, "p.yml"), (error) => {
      equal(error instanceof ConfigError, true);
      deepEqual((error as Error).message.split("\n"), [
        'p.yml:3:9: unknown key "input-per-1k-token" in "pricing.token_based.m"; did you mean "input-per-1k-tokens"?',
        'p.yml:3:54: "pricing.token_based.m.output-per-1k-tokens" is -1; expected a price per 1,000 tokens, 0 or more',
      ]);
      return true;
    });
  });
});

Deno.test("a config finds its price file beside it, and an instance type without a price is a fault", async () => {
  const text = minimal.replace("sim.small", "my.box");
  const { prices } = await load(`${text}pricing: own.yml\n`, {}, { "own.yml": own });
  equal(prices.instance_based["my.box"], 0.5);
  deepEqual(await faultsOf(text), [
    'c.yml:9:20: "my.box" has no price in pricing.yml; expected a key of pricing.instance_based or pricing.token_based',
  ]);
  deepEqual(await faultsOf(minimal.replace("sim.small", "sim.smal")), [
    'c.yml:9:20: "sim.smal" has no price in pricing.yml; did you mean "sim.small"?',
  ]);
});

Deno.test("pricesYaml writes a price file that reads back as the same prices", async () => {
  const { prices } = await pricesOf(own);
  equal(parse(pricesYaml(prices)).pricing.token_based["my-model"]["cache-read-per-1k-tokens"], 0.01);
  deepEqual((await pricesOf(pricesYaml(prices))).prices, prices);
});
