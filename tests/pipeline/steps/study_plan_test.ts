import assert from "node:assert/strict";
import { quotasOf } from "../../../lib/pipeline/steps/study_plan.ts";
import { endpoint } from "../../load/made_up.ts";
import { variant } from "../../load/study/made_up.ts";

const at = (experiment_name: string, model_id: string, region: string) =>
  variant(experiment_name, { endpoint: endpoint({ experiment_name, model_id, region }) });

/** Levels 0 to 3. */
const levels = [
  at("haiku optimized", "haiku", "us-east-2"),
  at("haiku standard", "haiku", "us-east-2"),
  at("haiku west", "haiku", "us-west-2"),
  at("nova", "nova", "us-east-2"),
];

Deno.test("a quota without model and region is one of each model in each region by itself", () => {
  assert.deepEqual(quotasOf({ quotas: [{ requests_per_minute: 10 }] }, levels), [
    { levels: [0, 1], requests_per_minute: 10, tokens_per_minute: null },
    { levels: [2], requests_per_minute: 10, tokens_per_minute: null },
    { levels: [3], requests_per_minute: 10, tokens_per_minute: null },
  ]);
});

Deno.test("a quota with a model or a region holds for those alone, and several may hold for one level", () => {
  const quotas = [
    { model_id: "haiku", tokens_per_minute: 5000 },
    { model_id: "nova", region: "us-east-2", requests_per_minute: 2 },
    { region: "eu-west-1", requests_per_minute: 1 },
  ];
  assert.deepEqual(quotasOf({ quotas }, levels), [
    { levels: [0, 1], requests_per_minute: null, tokens_per_minute: 5000 },
    { levels: [2], requests_per_minute: null, tokens_per_minute: 5000 },
    { levels: [3], requests_per_minute: 2, tokens_per_minute: null },
  ]);
});
