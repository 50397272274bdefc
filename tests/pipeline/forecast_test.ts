import assert from "node:assert/strict";
import type { Level, Plan, PlannedRequest } from "../../lib/core/mod.ts";
import { answerCap, forecast } from "../../lib/pipeline/forecast.ts";
import { endpoint } from "../load/made_up.ts";
import { pricesOf } from "./made_up_prices.ts";
import { planLoad } from "../../lib/load/mod.ts";

const prices = pricesOf(36);

/** 100 ms to the first token, 1 ms a prompt token, 10 ms a further token, 1 ms more for each request beside it. */
const timing = {
  base_ms: 100,
  prefill_tokens_per_s: 1000,
  decode_ms: 10,
  decode_ms_per_sequence: 1,
  slots: 2,
  jitter: 0,
};

const api = endpoint({ experiment_name: "api", model_id: "api", instance_type: "api", url: "http://api" });
const box = endpoint({ experiment_name: "box", model_id: "m", instance_type: "box", instance_count: 2 });

const lengths = new Map([["f", new Map([["p", { prompt: 50, answer: 11 }]])]]);

interface Changes {
  readonly concurrency?: number;
  readonly duration_ms?: number;
  readonly ci_width?: number;
}

/** A plan of one level with 20 requests for each endpoint; answers are capped at 21 tokens. */
function planOf(endpoints: readonly (typeof api)[], { concurrency = 1, ...changes }: Changes = {}): Plan {
  const { header, requests } = planLoad({
    seed: 1,
    config_hash: "",
    version: "",
    levels: endpoints.map((one) => ({
      endpoint: one,
      payload_file: "f",
      arrival: "closed",
      concurrency,
      parameters: { max_tokens: 21 },
      stream: true,
      timeout_ms: 1000,
      stall_ms: 1000,
      stop_error_rate: null,
      warmup_requests: 0,
      requests: 20,
      min_iters: 1,
      max_iters: 1,
    })),
    payloads: () => ["p"],
  });
  const levels: Level[] = header.levels.map((level) => ({ ...level, ...changes }));
  return { header: { ...header, levels }, requests };
}

const forecastOf = (plan: Plan) => forecast({ plan, lengths, prices, timing: () => timing });
const rounded = (range: { least: number; most: number } | null) =>
  range && [Number(range.least.toFixed(6)), Number(range.most.toFixed(6))];

Deno.test("requests and prompt tokens are those of the plan; answers lie between the right one's length and the cap", () => {
  const { experiments: [one] } = forecastOf(planOf([api]));
  assert.deepEqual(rounded(one!.requests), [20, 20]);
  assert.deepEqual(rounded(one!.prompt_tokens), [1000, 1000]);
  assert.deepEqual(rounded(one!.completion_tokens), [220, 420]);
  // 1000 x 1 / 1000 + 220 x 2 / 1000 = 1.44, and with 420: 1.84.
  assert.deepEqual([one!.basis, rounded(one!.cost)], ["token", [1.44, 1.84]]);
  // One at a time: 100 + 50 + 10 x 10 = 250 ms, or 100 + 50 + 20 x 10 = 350 ms; times 20.
  assert.deepEqual(rounded(one!.seconds), [5, 7]);
});

Deno.test("more in flight than there are slots wait: the level takes as long as its slots allow", () => {
  const { experiments: [one] } = forecastOf(planOf([api], { concurrency: 4 }));
  // Two at a time, a token taking 11 ms: (150 + 10 x 11) x 20 / 2 = 2.6 s, (150 + 20 x 11) x 20 / 2 = 3.7 s.
  assert.deepEqual(rounded(one!.seconds), [2.6, 3.7]);
});

Deno.test("an instance is paid for its own levels, and in the total also for the time in which it waits", () => {
  const { experiments, total, instances } = forecastOf(planOf([api, box]));
  const own = experiments.find(({ experiment_name }) => experiment_name === "box")!;
  // 2 x 36 an hour are 0.02 a second; 5 to 7 seconds of its own, 10 to 14 of both.
  assert.deepEqual(rounded(own.cost), [0.1, 0.14]);
  assert.deepEqual(rounded(instances), [0.2, 0.28]);
  assert.deepEqual(rounded(total.seconds), [10, 14]);
  assert.deepEqual(rounded(total.cost), [1.54, 1.98]);
  assert.deepEqual([total.levels, rounded(total.requests)], [2, [40, 40]]);
});

Deno.test("a level that ends by the clock sends the part of its plan that it has the time for", () => {
  const { experiments: [one] } = forecastOf(planOf([api], { duration_ms: 3500 }));
  // 3.5 of 5 seconds with short answers: 14 of 20; 3.5 of 7 with long ones: 10.
  assert.deepEqual(rounded(one!.requests), [10, 14]);
  assert.deepEqual(rounded(one!.seconds), [3.5, 3.5]);
});

Deno.test("an open loop lasts until its last request is due and answered", () => {
  const plan = planOf([api]);
  const levels = plan.header.levels.map((level): Level => ({
    ...level,
    concurrency: null,
    arrival: "constant",
  }));
  const requests = plan.requests.map((request, index): PlannedRequest => ({
    ...request,
    due_ms: index * 1000,
  }));
  const { experiments: [one] } = forecastOf({ header: { ...plan.header, levels }, requests });
  assert.deepEqual(rounded(one!.seconds), [19.25, 19.35]);
});

Deno.test("without a price there is no cost, and without a right answer an answer is as long as the cap", () => {
  const unpriced = endpoint({ experiment_name: "x", model_id: "x", instance_type: "x" });
  const found = forecast({
    plan: planOf([unpriced]),
    lengths: new Map([["f", new Map([["p", { prompt: 50, answer: null }]])]]),
    prices,
    timing: () => timing,
  });
  assert.deepEqual([found.experiments[0]!.cost, found.total.cost, found.instances], [null, null, null]);
  assert.deepEqual(rounded(found.experiments[0]!.completion_tokens), [420, 420]);
});

Deno.test("the cap on an answer has many names", () => {
  assert.equal(answerCap({ max_new_tokens: 5 }), 5);
  assert.equal(answerCap({ options: { num_predict: 7 } }), 7);
  assert.equal(answerCap({ temperature: 0 }), null);
});
