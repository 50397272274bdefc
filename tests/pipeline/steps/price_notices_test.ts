import assert from "node:assert/strict";
import { priceNotices } from "../../../lib/pipeline/steps/price_notices.ts";
import { load, minimal } from "../../config/minimal.ts";

const nova = (name: string, region: string) =>
  `  - { name: ${name}, model_id: "amazon.nova-lite-v1:0", inference_script: bedrock, region: ${region} }\n`;

Deno.test("prices of another region are said with who ran there", async () => {
  const loaded = await load(
    minimal + nova("a", "eu-west-1") + nova("b", "us-east-1") + nova("c", "eu-west-1"),
  );
  assert.deepEqual(priceNotices(loaded, new Date("2025-05-01")), [
    "The prices are those of us-east-1, and a, c ran in eu-west-1: costs there may be others.",
  ]);
});

Deno.test("prices of more than a year ago are said, but for those of the embedded endpoint", async () => {
  const [simulated, paid] = [await load(minimal), await load(minimal + nova("a", "us-east-1"))];
  const { date } = paid.prices.meta;
  const after = (years: number) => new Date(Date.parse(date!) + years * 366 * 86_400_000);
  assert.deepEqual(priceNotices(paid, after(1)), [
    `The prices are as of ${date}, more than a year ago: check them before relying on a cost.`,
  ]);
  assert.deepEqual([priceNotices(paid, after(0.9)), priceNotices(simulated, after(1))], [[], []]);
});
