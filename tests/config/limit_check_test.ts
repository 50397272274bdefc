import { deepEqual } from "node:assert/strict";
import { faultsOf, load, minimal } from "./minimal.ts";

Deno.test("limits are optional, each for itself", async () => {
  deepEqual((await load(minimal)).config.limits, { dollars: null, requests: null, minutes: null });
  const { config } = await load(`${minimal}limits: { dollars: 2.5, minutes: 10 }\n`);
  deepEqual(config.limits, { dollars: 2.5, requests: null, minutes: 10 });
});

Deno.test("a limit is more than nothing, and requests are whole", async () => {
  deepEqual(await faultsOf(`${minimal}limits: { dollars: 0, requests: 1.5, minute: 1 }\n`), [
    'c.yml:10:20: "limits.dollars" is 0; expected an amount in the currency of the price file, more than 0',
    'c.yml:10:33: "limits.requests" is 1.5; expected a whole number, 1 or more',
    'c.yml:10:38: unknown key "minute" in "limits"; did you mean "minutes"?',
  ]);
});

Deno.test("a limit in money beside an experiment without a price is a fault", async () => {
  const text = minimal.replace("instance_type: sim.small", "model_id: x") + "limits: { dollars: 1 }\n";
  deepEqual(await faultsOf(text), [
    'c.yml:10:20: "limits.dollars" can\'t be kept: what "one" costs is not known; expected a price for x ' +
    "in pricing.yml, or -A price_per_hour=PRICE or price_per_1k_tokens=PRICE",
  ]);
});
