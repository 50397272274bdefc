import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { loadConfig, type LoadedConfig } from "../../lib/config/mod.ts";
import type { Endpoint, Prices, Scenario } from "../../lib/core/mod.ts";
import { dryRun } from "../../lib/pipeline/dry_run.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { studyForecast, type StudyForecastOptions, studyWords } from "../../lib/pipeline/study_forecast.ts";
import { profileNames } from "../../lib/simulate/mod.ts";

const endpoint = (experiment_name: string): Endpoint => ({
  experiment_name,
  endpoint_name: experiment_name,
  predictor: "bedrock",
  url: experiment_name,
  model_id: experiment_name,
  instance_type: experiment_name,
  instance_count: 1,
  region: "us-east-1",
  deployed: false,
  simulated: false,
  api_key_env: null,
});

const scenario = (experiment_name: string, payload_id: string, max_tokens: number): Scenario => ({
  scenario_id: `${experiment_name} ${payload_id}`,
  line: 1,
  experiment_name,
  task_type: "Text-Generation",
  prompt: { payload_id, prompt: payload_id, ground_truth: null, max_tokens },
});

const prices: Prices = {
  meta: { region: null, currency: "USD", date: null, source: null },
  instance_based: {},
  token_based: {
    fast: {
      input_per_1k: 1,
      output_per_1k: 10,
      cache_read_per_1k: null,
      cache_write_per_1k: null,
      reasoning_per_1k: null,
    },
  },
  provisioned_based: {},
};

type Study = StudyForecastOptions["study"];

const study: Study = {
  scenarios: "/s.jsonl",
  invocations_per_scenario: 2,
  rounds: 3,
  sleep_between_invocations: 10,
  parallel_calls: 2,
  duration_seconds: null,
  calls_per_minute: null,
  jitter: 0.1,
  idle_connection_seconds: 55,
  quotas: [],
  precision: null,
  stop_when_precise: false,
  simulate: null,
};

/** Two prompts on two variants, one more on one; a call takes a second. */
const options = (changes: Partial<Study> = {}): StudyForecastOptions => ({
  study: { ...study, ...changes },
  scenarios: [
    scenario("fast", "a", 50),
    scenario("slow", "a", 50),
    scenario("fast", "b", 100),
    scenario("slow", "b", 100),
    scenario("slow", "c", 10),
  ],
  endpoints: [endpoint("fast"), endpoint("slow")],
  lengths: new Map([
    ["a", { prompt: 10, answer: null }],
    ["b", { prompt: 20, answer: 40 }],
    ["c", { prompt: 30, answer: null }],
  ]),
  prices,
  timing: () => ({
    base_ms: 1000,
    prefill_tokens_per_s: Infinity,
    decode_ms: 0,
    decode_ms_per_sequence: 0,
    slots: 1,
    jitter: 0,
  }),
});

const exactly = (value: number) => ({ least: value, most: value });

Deno.test("rounds: lines x invocations x rounds calls, with the tokens and the cost of each", () => {
  const { experiments: [fast, slow], total, instances } = studyForecast(options());
  deepEqual(fast!.requests, exactly(12));
  deepEqual(fast!.prompt_tokens, exactly((10 + 20) * 6));
  deepEqual(fast!.completion_tokens, { least: (50 + 40) * 6, most: (50 + 100) * 6 });
  deepEqual(fast!.cost, { least: 0.18 + 5.4, most: 0.18 + 9 });
  deepEqual([slow!.requests, slow!.prompt_tokens, slow!.cost], [exactly(18), exactly(360), null]);
  deepEqual([total.requests, total.levels, total.cost, instances], [exactly(30), 2, fast!.cost, null]);
});

Deno.test("time: prompts with their pauses, as many side by side as calls may be in flight", () => {
  // a and b: 2 x (1 + 1) + 10 = 14 s each; c: 2 x 1 + 10 = 12 s; two lanes: 20 s a round.
  deepEqual(studyForecast(options()).total.seconds, exactly(60));
  // With more lanes than prompts a round takes as long as its longest prompt.
  deepEqual(studyForecast(options({ parallel_calls: 9 })).total.seconds, exactly(42));
});

Deno.test("a duration with calls a minute is that many calls, shared by lines", () => {
  const { total, experiments } = studyForecast(
    options({ rounds: null, duration_seconds: 600, calls_per_minute: 5, sleep_between_invocations: 0 }),
  );
  deepEqual(experiments.map(({ requests }) => requests), [exactly(20), exactly(30)]);
  deepEqual([total.requests, total.seconds], [exactly(50), exactly(600)]);
});

Deno.test("a duration without a pace holds as many rounds as fit", () => {
  const { total } = studyForecast(options({ rounds: null, duration_seconds: 200 }));
  deepEqual([total.requests, total.seconds], [exactly(100), exactly(200)]);
  // What is over first ends the study.
  deepEqual(studyForecast(options({ rounds: 2, duration_seconds: 200 })).total.seconds, exactly(40));
});

async function demo(sets: readonly string[] = []): Promise<LoadedConfig> {
  return await loadConfig(join(projectRoot, "configs", "latency-study-demo.yml"), {
    sets: ["run_steps={1_generate_data: yes, 2_deploy_model: yes, 3_run_inference: yes}", ...sets],
    env: {},
    profiles: profileNames,
  });
}

Deno.test("a study in a sentence: scenarios, prompts, variants and calls", async () => {
  equal(studyWords(await demo()), "60 scenarios: 20 prompts, 3 variants; 360 calls in 2 rounds");
  equal(
    studyWords(await demo(["study.rounds=", "study.duration=24h", "study.calls_per_minute=12"])),
    "60 scenarios: 20 prompts, 3 variants; 17,280 calls, 12 a minute, 24 h 0 min at most",
  );
  equal(
    studyWords(await demo(["study.rounds=", "study.duration=24h"])),
    "60 scenarios: 20 prompts, 3 variants; 180 calls a round, 24 h 0 min at most",
  );
});

Deno.test("a dry run of the demo makes the prompts and says what the study takes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { forecast, text } = await dryRun({ loaded: await demo(), resultsDir: folder, from: null });
    deepEqual(forecast!.total.requests, exactly(360));
    deepEqual(forecast!.experiments.map(({ requests }) => requests), [
      exactly(120),
      exactly(120),
      exactly(120),
    ]);
    match(text, /The study: 60 scenarios: 20 prompts, 3 variants; 360 calls in 2 rounds/);
    match(text, /us\.amazon\.nova-pro-v1:0 us-east-2 standard/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
