import { deepEqual } from "node:assert/strict";
import type { WrittenScenario } from "../../lib/config/scenario_fields.ts";
import { variantNames, variantOf } from "../../lib/config/scenario_variant.ts";

const names = (...scenarios: readonly WrittenScenario[]) => variantNames(scenarios.map(variantOf));
const nova = { model_id: "nova", region: "us-east-1" };

Deno.test("a variant is called after model, region and profile", () => {
  deepEqual(names(nova, { ...nova, inference_profile: "optimized" }, { model_id: "llama" }), [
    "nova us-east-1 standard",
    "nova us-east-1 optimized",
    "llama standard",
  ]);
});

Deno.test("variants that agree in these are told apart by the settings that differ, and by no others", () => {
  deepEqual(
    names({ ...nova, top_p: 1 }, { ...nova, top_p: 1, temperature: 0.5 }, {
      ...nova,
      top_p: 1,
      service_tier: "flex",
    }),
    [
      "nova us-east-1 standard",
      "nova us-east-1 standard temperature=0.5",
      "nova us-east-1 standard flex",
    ],
  );
  deepEqual(names({ ...nova, stop: "a" }, { ...nova, stop: ["a", "b"] }), [
    'nova us-east-1 standard stop=["a"]',
    'nova us-east-1 standard stop=["a","b"]',
  ]);
});

Deno.test("addresses are said by their host where that tells them apart, else in whole", () => {
  const chat = { model_id: "m", provider: "openai_chat" };
  deepEqual(names({ ...chat, url: "http://a:1/v1" }, { ...chat, url: "http://b:1/v1" }), ["m a:1", "m b:1"]);
  deepEqual(names({ ...chat, url: "http://a:1/v1" }, { ...chat, url: "http://a:1/v2" }), [
    "m http://a:1/v1",
    "m http://a:1/v2",
  ]);
});

Deno.test("no two names are the same, and none holds an account", () => {
  deepEqual(
    names(
      { model_id: "arn:aws:bedrock:us-east-1:000000000000:inference-profile/nova", region: "us-east-1" },
      nova,
    ),
    ["nova us-east-1 standard", "nova us-east-1 standard (2)"],
  );
});
