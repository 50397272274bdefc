/** `fmbench run --dry-run`: what would be deployed, sent and paid. No request is sent, and nothing is created. */

import { markdownTable } from "markdown-table";
import { join } from "node:path";
import { configHash, type LoadedConfig, scenarioPayloads } from "../config/mod.ts";
import { escapeMarkdown, showDuration, showMoney, showNumber, version } from "../core/mod.ts";
import { payloadsIn } from "../data/mod.ts";
import { planLoad, type Prompt, promptsFileOf } from "../load/mod.ts";
import { type Run, runPaths } from "../run/mod.ts";
import { profileOf } from "../simulate/mod.ts";
import type { StepContext } from "./context.ts";
import { type DeploymentPlans, deploymentPlans, deploymentWords } from "./deployment_plans.ts";
import {
  answerCap,
  assumedAnswerTokens,
  assumedTiming,
  type Forecast,
  forecast,
  type Range,
} from "./forecast.ts";
import { enabledSteps } from "./new_run.ts";
import { findSources, missingSteps } from "./sources.ts";
import { generateData } from "./steps/generate_data.ts";
import { runTokenizer } from "./steps/tokenizers.ts";
import { judgingWords } from "./judging_forecast.ts";
import { plannedLevels } from "./steps/planned_levels.ts";
import { repeatedPromptNotices } from "./steps/repeated_prompts.ts";
import { studyForecast, studyWords } from "./study_forecast.ts";

export interface DryRunOptions {
  readonly loaded: LoadedConfig;
  readonly resultsDir: string;
  /** `--from RUN`. */
  readonly from: string | null;
  /** Gets each part of the text as soon as it is known: what is deployed stands there also where the data can't be had. */
  readonly show?: (part: string) => void;
}

export interface DryRun {
  /** null: step 3 is switched off. */
  readonly forecast: Forecast | null;
  /** For a terminal, in Markdown. */
  readonly text: string;
  /** What would be created; null: step 2 is switched off. */
  readonly deployment: DeploymentPlans | null;
}

/**
 * Makes the prompts in a temporary folder, or takes those of the run that stands in for step 1, and draws the plan from
 * them as step 3 would: requests and prompt tokens are those of the run itself.
 *
 * @throws {UserError} as steps 1 and 3 do: data that no filter takes, a template that asks for a missing column
 */
export async function dryRun({ loaded, resultsDir, from, show = () => {} }: DryRunOptions): Promise<DryRun> {
  const { config } = loaded;
  const steps = enabledSteps(loaded);
  const deployment = steps.includes("2_deploy_model") ? await deploymentPlans(loaded, "dry-run") : null;
  const head = [
    "Dry run: nothing was sent, and nothing was created.",
    `Steps: ${steps.join(", ") || "none"}.`,
    ...deployment === null ? [] : deploymentWords(deployment),
  ].join("\n\n");
  show(head);
  const whole = (rest: readonly string[]) => {
    const text = rest.join("\n\n");
    show(text);
    return `${head}\n\n${text}`;
  };
  if (!steps.includes("3_run_inference") || (deployment?.refusals.length ?? 0) > 0) {
    return {
      forecast: null,
      deployment,
      text: whole([
        steps.includes("3_run_inference")
          ? "No load would be sent: step 2 would refuse."
          : "No load would be sent: step 3 is switched off.",
        ...judgingWords(loaded, null),
      ]),
    };
  }
  const folder = await Deno.makeTempDir({ prefix: "fmbench-dry-run-" });
  try {
    const run: Run = { id: "dry-run", paths: runPaths(folder) };
    await Deno.mkdir(run.paths.prompts, { recursive: true });
    const step = quietStep(loaded, run);
    const family = { resultsDir, name: config.general.name };
    const missing = missingSteps(steps).filter((name) => name === "1_generate_data");
    const source = (await findSources(missing, config, family, from)).get("1_generate_data");
    if (source === undefined) await generateData(step);
    const found = await outlookOf(
      source === undefined ? step : { ...step, run: { ...run, paths: runPaths(source) } },
    );
    return {
      forecast: found.forecast,
      deployment,
      text: whole(describe(loaded, found, source ?? null)),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the prompts of the step's run lead to. */
interface Outlook {
  readonly forecast: Forecast;
  /** Whole sentences. */
  readonly notices: readonly string[];
}

async function outlookOf(step: StepContext): Promise<Outlook> {
  const { config, loaded } = step;
  const levels = await plannedLevels(step);
  const { counter: { count } } = await runTokenizer(step);
  const prompts = new Map<string, Prompt[]>();
  const lengths = new Map<string, Map<string, { prompt: number; answer: number | null }>>();
  const own = levels.map(promptsFileOf);
  for (const file of new Set([...levels.map(({ payload_file }) => payload_file), ...own])) {
    const ids: Prompt[] = [];
    const known = new Map<string, { prompt: number; answer: number | null }>();
    for await (const payload of payloadsIn(join(step.run.paths.prompts, file))) {
      const { payload_id, prompt_tokens, ground_truth } = payload;
      ids.push({ payload_id, prompt_tokens });
      const answer = ground_truth?.[0] === undefined ? null : Math.max(1, count(ground_truth[0]));
      known.set(payload_id, { prompt: prompt_tokens, answer });
    }
    prompts.set(file, ids);
    lengths.set(file, known);
  }
  const timing = (name: string) => {
    const simulated = config.experiments.find((one) => one.name === name)?.simulate;
    return simulated ? profileOf(simulated.profile) : assumedTiming;
  };
  const { study } = config;
  if (study !== null) {
    const lengthsOfStudy = lengths.get(scenarioPayloads) ?? new Map();
    const endpoints = levels.map(({ endpoint }) => endpoint);
    const { scenarios, prices } = loaded;
    const found = studyForecast({ study, scenarios, endpoints, lengths: lengthsOfStudy, prices, timing });
    return { forecast: found, notices: [`The study: ${studyWords(loaded)}.`, ...profileNotices(loaded)] };
  }
  const { seed } = config.load;
  const plan = planLoad({
    seed,
    config_hash: configHash(config),
    version,
    levels,
    payloads: (file) => prompts.get(file) ?? [],
  });
  const order = config.experiments.map(({ name }) => name);
  const found = forecast({
    plan,
    lengths,
    prices: loaded.prices,
    timing,
  });
  const place = ({ experiment_name }: Forecast["experiments"][number]) => order.indexOf(experiment_name);
  const counts = new Map([...prompts].map(([file, { length }]) => [file, length]));
  return {
    forecast: { ...found, experiments: found.experiments.toSorted((a, b) => place(a) - place(b)) },
    notices: repeatedPromptNotices(levels, counts, seed),
  };
}

/** The price file knows models, and not their latency profiles. */
function profileNotices({ config: { experiments } }: LoadedConfig): string[] {
  const dear = experiments.filter(({ simulate, protocol_options }) =>
    simulate === null && protocol_options.latency_mode === "optimized"
  );
  if (dear.length === 0) return [];
  return ["Optimized latency is counted at the price of the model, which is more at AWS for some models."];
}

/** A step that keeps what it is told to itself. */
function quietStep(loaded: LoadedConfig, run: Run): StepContext {
  return {
    name: "1_generate_data",
    config: loaded.config,
    loaded,
    run,
    signal: new AbortController().signal,
    log() {},
    progress() {},
    loadTime() {},
    fail: () => Promise.resolve(),
  };
}

function describe(
  loaded: LoadedConfig,
  { forecast: { experiments, total, instances }, notices }: Outlook,
  source: string | null,
): string[] {
  const { config, prices } = loaded;
  const { currency, region, date } = prices.meta;
  const money = (range: Range | null) =>
    range === null ? "–" : between(range, (amount) => showMoney(amount, currency));
  const time = (range: Range) => between(range, (seconds) => showDuration(seconds * 1000));
  const whole = (range: Range) => between(range, (count) => showNumber(count, 15));
  const row = (name: string, one: Forecast["total"]): string[] => [
    name,
    String(one.levels),
    whole(one.requests),
    whole(one.prompt_tokens),
    whole(one.completion_tokens),
    money(one.cost),
    time(one.seconds),
  ];
  const targets = config.experiments.map((one): string[] => [
    one.name,
    one.simulate !== null ? "embedded endpoint" : one.deploy ? "deployed" : "brought",
    one.deploy ? `${one.instance_count} x ${one.instance_type}` : one.ep_name,
    one.model_id,
  ]);
  return [
    markdownTable([["experiment", "endpoint", "where", "model"], ...targets]),
    markdownTable([
      ["experiment", "levels", "requests", "prompt tokens", "answer tokens", "cost", "time of load"],
      ...experiments.map((one) => row(one.experiment_name, one)),
      row("all", total),
    ], { align: ["l", "r", "r", "r", "r", "r", "r"] }),
    [
      "What this rests on:",
      `- Requests and prompt tokens are those of the plan, from ${source === null ? "the data" : source}.`,
      answerWords(loaded),
      ...timeWords(loaded),
      `- Prices: ${region ?? "no region"}, ${
        date ?? "no date"
      }. Tokens at full price; an instance for its own levels.`,
      ...instances === null ? [] : [
        `- While it waits for its turn an instance costs, too: all of them for the whole load ${
          money(instances)
        }, ` +
        "deployment not included.",
      ],
      ...judgingWords(loaded, total),
      ...limitWords(loaded),
      ...notices.map((notice) => `- ${escapeMarkdown(notice)}`),
    ].join("\n"),
  ];
}

function between({ least, most }: Range, show: (value: number) => string): string {
  return show(least) === show(most) ? show(most) : `${show(least)} to ${show(most)}`;
}

function answerWords({ config }: LoadedConfig): string {
  const uncapped = config.study === null &&
    config.experiments.some(({ inference_spec }) => answerCap(inference_spec.parameters) === null);
  const cap = uncapped
    ? `the cap on it, or ${assumedAnswerTokens} tokens where there is none`
    : "the cap on it";
  return config.datasets.ground_truth_col_key === null
    ? `- An answer has as many tokens as ${cap}: it costs that at most.`
    : `- An answer has as many tokens as the right one at least, and as ${cap} at most.`;
}

function timeWords({ config }: LoadedConfig): string[] {
  const simulated = config.experiments.filter(({ simulate }) => simulate !== null).length;
  const { base_ms, prefill_tokens_per_s, decode_ms, decode_ms_per_sequence } = assumedTiming;
  return [
    ...simulated === 0 ? [] : ["- Time on the embedded endpoint: by the timing model of its profile."],
    ...simulated === config.experiments.length ? [] : [
      `- Time on other endpoints is a guess until they are measured: first token after ${base_ms} ms and ${
        1000 / prefill_tokens_per_s
      } ms a prompt token, ${decode_ms} ms a further token and ${decode_ms_per_sequence} ms more for each request beside it.`,
    ],
  ];
}

function limitWords({ config, prices }: LoadedConfig): string[] {
  const { dollars, requests, minutes } = config.limits;
  const limits = [
    dollars === null ? null : showMoney(dollars, prices.meta.currency),
    requests === null ? null : `${requests} requests`,
    minutes === null ? null : `${minutes} minutes of load`,
  ].filter((limit) => limit !== null);
  if (limits.length === 0) return [];
  const first = limits.length > 1 ? ", whichever comes first" : "";
  return [`- The run stops at ${limits.join(", or ")}${first} (\`limits\`).`];
}
