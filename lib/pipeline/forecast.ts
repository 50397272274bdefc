/** What a plan is going to take: requests, tokens, money and time, before anything is sent. */

import { type Level, type Plan, type PlannedRequest, type Prices, tariffOf } from "../core/mod.ts";
import { promptsFileOf } from "../load/mod.ts";
import { instanceCost } from "../metrics/mod.ts";
import type { Timing } from "../simulate/mod.ts";

/** From the least to the most that it may be. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export interface ExperimentForecast {
  readonly experiment_name: string;
  readonly levels: number;
  /** Warm-up and drain included; a level that ends by a rule sends fewer than are planned for it. */
  readonly requests: Range;
  readonly prompt_tokens: Range;
  readonly completion_tokens: Range;
  readonly basis: "instance" | "token" | null;
  /** In the currency of the prices; an instance is paid for its own levels here. null without a price. */
  readonly cost: Range | null;
  /** Of sending load. */
  readonly seconds: Range;
}

export interface Forecast {
  readonly experiments: readonly ExperimentForecast[];
  /** Of all experiments; cost: of those with a price, null when none has one. */
  readonly total: Omit<ExperimentForecast, "experiment_name" | "basis">;
  /** What all instances cost for the whole time of the load, waiting for their turn included; null without any. */
  readonly instances: Range | null;
}

export interface ForecastOptions {
  readonly plan: Plan;
  /** Lengths of the prompts of a file of `data/prompts`, an experiment's own among them, by id; `answer` is that of the right answer, null = not known. */
  readonly lengths: ReadonlyMap<
    string,
    ReadonlyMap<string, { readonly prompt: number; readonly answer: number | null }>
  >;
  readonly prices: Prices;
  /** How fast an experiment's endpoint is. */
  readonly timing: (experiment: string) => Timing;
}

/** How fast an endpoint is that nothing is known of: a mid-sized model on one accelerator. Said wherever it is used. */
export const assumedTiming: Timing = {
  base_ms: 500,
  prefill_tokens_per_s: 5000,
  decode_ms: 20,
  decode_ms_per_sequence: 0.5,
  slots: 256,
  jitter: 0,
};

/** The cap on an answer where the parameters have none. */
export const assumedAnswerTokens = 256;

const fewestForWidth = 30;

/** The cap on an answer among the request parameters, under any of its names; null = none. */
export function answerCap(parameters: Readonly<Record<string, unknown>>): number | null {
  const options = parameters["options"];
  const inner = options !== null && typeof options === "object" ? options as Record<string, unknown> : {};
  const names = [
    "max_tokens",
    "max_completion_tokens",
    "max_new_tokens",
    "maxTokens",
    "num_predict",
    "n_predict",
  ];
  for (const value of names.flatMap((name) => [parameters[name], inner[name]])) {
    if (typeof value === "number" && value >= 1) return value;
  }
  return null;
}

interface LevelForecast {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly seconds: number;
}

/** Works out what each experiment takes; answers are as long as the right one at least, and as the cap allows at most. */
export function forecast(options: ForecastOptions): Forecast {
  const { plan, prices } = options;
  const requests = Map.groupBy(plan.requests, ({ level }) => level);
  const byExperiment = Map.groupBy(plan.header.levels, ({ endpoint }) => endpoint.experiment_name);
  const experiments = [...byExperiment].map(([experiment_name, levels]): ExperimentForecast => {
    const of = (bound: keyof Range) =>
      levels.map((level) => levelForecast(level, requests.get(level.level) ?? [], bound, options))
        .reduce(added, nothing);
    const [least, most] = [of("least"), of("most")];
    const { endpoint } = levels[0]!;
    const tariff = tariffOf(endpoint, prices);
    return {
      experiment_name,
      levels: levels.length,
      requests: range(least.requests, most.requests),
      prompt_tokens: range(least.prompt_tokens, most.prompt_tokens),
      completion_tokens: range(least.completion_tokens, most.completion_tokens),
      basis: tariff?.basis ?? null,
      cost: tariff === null ? null : range(costOf(tariff, endpoint, least), costOf(tariff, endpoint, most)),
      seconds: range(least.seconds, most.seconds),
    };
  });
  const total = totalOf(experiments);
  return { experiments, total, instances: instancesFor(total.seconds, plan.header.levels, prices) };
}

/** What so many tokens, or so many seconds, cost at an endpoint. */
export function costOf(
  tariff: NonNullable<ReturnType<typeof tariffOf>>,
  { instance_count }: Pick<Level["endpoint"], "instance_count">,
  { prompt_tokens, completion_tokens, seconds }: Omit<LevelForecast, "requests">,
): number {
  return tariff.basis === "instance"
    ? instanceCost(tariff.hourly, instance_count, seconds)
    : (prompt_tokens * tariff.price.input_per_1k + completion_tokens * tariff.price.output_per_1k) / 1000;
}

/** Short answers leave a level that ends by the clock time for more of them: the one end is not always the smaller. */
function range(one: number, other: number): Range {
  return { least: Math.min(one, other), most: Math.max(one, other) };
}

const nothing: LevelForecast = { requests: 0, prompt_tokens: 0, completion_tokens: 0, seconds: 0 };

function added(a: LevelForecast, b: LevelForecast): LevelForecast {
  return {
    requests: a.requests + b.requests,
    prompt_tokens: a.prompt_tokens + b.prompt_tokens,
    completion_tokens: a.completion_tokens + b.completion_tokens,
    seconds: a.seconds + b.seconds,
  };
}

function levelForecast(
  level: Level,
  requests: readonly PlannedRequest[],
  bound: keyof Range,
  { lengths, timing }: ForecastOptions,
): LevelForecast {
  const prefix = level.shared_prefix?.tokens ?? 0;
  const cap = answerCap(level.parameters) ?? assumedAnswerTokens;
  const known = lengths.get(promptsFileOf(level));
  let [prompts, answers] = [0, 0];
  for (const { payload_id, max_tokens } of requests) {
    const { prompt, answer } = known?.get(payload_id) ?? { prompt: 0, answer: null };
    const most = max_tokens ?? cap;
    prompts += prefix + prompt;
    answers += bound === "most" || max_tokens !== undefined ? most : Math.min(most, answer ?? most);
  }
  const planned = requests.length;
  if (planned === 0) return nothing;
  const speed = timing(level.endpoint.experiment_name);
  const whole = secondsFor(level, requests, prompts / planned, answers / planned, speed);
  const { share, seconds } = shortened(level, planned, whole, bound);
  return {
    requests: Math.round(planned * share),
    prompt_tokens: Math.round(prompts * share),
    completion_tokens: Math.round(answers * share),
    seconds,
  };
}

/** How much of its plan a level sends that ends by its clock, or once its median is known. */
function shortened(
  { duration_ms, drain_ms, ci_width, concurrency }: Level,
  planned: number,
  whole: number,
  bound: keyof Range,
): { share: number; seconds: number } {
  let seconds = whole;
  if (duration_ms !== null && concurrency !== null) {
    seconds = Math.min(seconds, (duration_ms + drain_ms) / 1000);
  }
  if (ci_width !== null && bound === "least") seconds = Math.min(seconds, whole * fewestForWidth / planned);
  return { share: concurrency === null ? 1 : seconds / whole, seconds };
}

/**
 * Seconds for all requests of a level. Closed loop: so many at once as there are slots, each taking what the timing model
 * says at that load, and no faster than all prompts can be prefilled. Open loop: until the last is due, and answered.
 */
function secondsFor(
  { concurrency }: Level,
  requests: readonly PlannedRequest[],
  prompt: number,
  answer: number,
  { base_ms, prefill_tokens_per_s, decode_ms, decode_ms_per_sequence, slots }: Timing,
): number {
  const prefill_ms = prompt / prefill_tokens_per_s * 1000;
  const latency = (running: number) =>
    base_ms + prefill_ms + Math.max(0, answer - 1) * (decode_ms + decode_ms_per_sequence * (running - 1));
  if (concurrency === null) {
    const last = requests.reduce((latest, { due_ms }) => Math.max(latest, due_ms ?? 0), 0);
    return (last + latency(1)) / 1000;
  }
  const running = Math.min(concurrency, slots, requests.length);
  return Math.max(requests.length * latency(running) / running, requests.length * prefill_ms) / 1000;
}

function totalOf(experiments: readonly ExperimentForecast[]): Forecast["total"] {
  const sum = (of: (one: ExperimentForecast) => Range): Range => ({
    least: experiments.reduce((all, one) => all + of(one).least, 0),
    most: experiments.reduce((all, one) => all + of(one).most, 0),
  });
  return {
    levels: experiments.reduce((all, { levels }) => all + levels, 0),
    requests: sum(({ requests }) => requests),
    prompt_tokens: sum(({ prompt_tokens }) => prompt_tokens),
    completion_tokens: sum(({ completion_tokens }) => completion_tokens),
    cost: experiments.every(({ cost }) => cost === null)
      ? null
      : sum(({ cost }) => cost ?? { least: 0, most: 0 }),
    seconds: sum(({ seconds }) => seconds),
  };
}

/** What all instances behind some levels cost for so long; null: none is paid by the hour. */
export function instancesFor(
  seconds: Range,
  levels: readonly Pick<Level, "endpoint">[],
  prices: Prices,
): Range | null {
  const hourly = new Map<string, number>();
  for (const { endpoint } of levels) {
    const tariff = tariffOf(endpoint, prices);
    const key = `${endpoint.url} ${endpoint.endpoint_name}`;
    if (tariff?.basis === "instance") hourly.set(key, tariff.hourly * endpoint.instance_count);
  }
  if (hourly.size === 0) return null;
  const sum = [...hourly.values()].reduce((all, one) => all + one, 0);
  return { least: sum * seconds.least / 3600, most: sum * seconds.most / 3600 };
}
