/** What a latency study is going to take: calls, tokens, money and time, before anything is sent. */

import type { LoadedConfig } from "../config/mod.ts";
import {
  type Endpoint,
  type Prices,
  type Scenario,
  showDuration,
  showNumber,
  tariffOf,
} from "../core/mod.ts";
import type { Timing } from "../simulate/mod.ts";
import { costOf, type ExperimentForecast, type Forecast, instancesFor, type Range } from "./forecast.ts";

type Study = NonNullable<LoadedConfig["config"]["study"]>;

export interface StudyForecastOptions {
  readonly study: Study;
  readonly scenarios: readonly Scenario[];
  /** Of the variants, in their order. */
  readonly endpoints: readonly Endpoint[];
  /** Lengths of the prompts by id; `answer` is that of the right answer, null = not known. */
  readonly lengths: ReadonlyMap<string, { readonly prompt: number; readonly answer: number | null }>;
  readonly prices: Prices;
  /** How fast an experiment's endpoint is. */
  readonly timing: (experiment: string) => Timing;
}

/** Tokens and seconds of one call. */
interface Call {
  readonly experiment: string;
  readonly prompt: number;
  readonly answer: number;
  readonly seconds: number;
}

/** Works it out from one round; answers are as long as the right one at least, and as the cap allows at most. */
export function studyForecast(options: StudyForecastOptions): Forecast {
  const { study, endpoints, prices } = options;
  const [least, most] = [callsOf(options, "least"), callsOf(options, "most")];
  // Long answers leave less time for calls where the pauses say when they are made.
  const [slow, fast] = [roundsIn(study, most), roundsIn(study, least)];
  const seconds = range(secondsOf(study, least, fast), secondsOf(study, most, slow));
  const experiments = endpoints.map((endpoint): ExperimentForecast => {
    const own = (calls: readonly (readonly Call[])[]) =>
      calls.flat().filter(({ experiment }) => experiment === endpoint.experiment_name);
    const sum = (calls: readonly Call[], of: (call: Call) => number) =>
      calls.reduce((all, call) => all + of(call), 0) * study.invocations_per_scenario;
    const tokens = (of: (call: Call) => number) =>
      range(Math.round(sum(own(least), of) * slow), Math.round(sum(own(most), of) * fast));
    const prompt_tokens = tokens(({ prompt }) => prompt);
    const completion_tokens = tokens(({ answer }) => answer);
    const tariff = tariffOf(endpoint, prices);
    const cost = (bound: keyof Range) =>
      costOf(tariff!, endpoint, {
        prompt_tokens: prompt_tokens[bound],
        completion_tokens: completion_tokens[bound],
        seconds: seconds[bound],
      });
    return {
      experiment_name: endpoint.experiment_name,
      levels: 1,
      requests: tokens(() => 1),
      prompt_tokens,
      completion_tokens,
      basis: tariff?.basis ?? null,
      cost: tariff === null ? null : range(cost("least"), cost("most")),
      seconds,
    };
  });
  const sum = (of: (one: ExperimentForecast) => Range) => ({
    least: experiments.reduce((all, one) => all + of(one).least, 0),
    most: experiments.reduce((all, one) => all + of(one).most, 0),
  });
  return {
    experiments,
    total: {
      levels: experiments.length,
      requests: sum(({ requests }) => requests),
      prompt_tokens: sum(({ prompt_tokens }) => prompt_tokens),
      completion_tokens: sum(({ completion_tokens }) => completion_tokens),
      cost: experiments.every(({ cost }) => cost === null)
        ? null
        : sum(({ cost }) => cost ?? { least: 0, most: 0 }),
      // All variants are called side by side.
      seconds,
    },
    instances: instancesFor(seconds, endpoints.map((endpoint) => ({ endpoint })), prices),
  };
}

function range(one: number, other: number): Range {
  return { least: Math.min(one, other), most: Math.max(one, other) };
}

/** One call of each scenario, by prompt. */
function callsOf({ scenarios, lengths, timing, study }: StudyForecastOptions, bound: keyof Range): Call[][] {
  const speeds = new Map<string, Timing>();
  const calls = scenarios.map(
    ({ experiment_name, prompt: { payload_id, max_tokens } }): Call & { id: string } => {
      const { prompt, answer: right } = lengths.get(payload_id) ?? { prompt: 0, answer: null };
      const answer = bound === "most" ? max_tokens : Math.min(max_tokens, right ?? max_tokens);
      const speed = speeds.getOrInsertComputed(experiment_name, timing);
      const { base_ms, prefill_tokens_per_s, decode_ms, decode_ms_per_sequence } = speed;
      const step_ms = decode_ms + decode_ms_per_sequence * (study.parallel_calls - 1);
      const ms = base_ms + prompt / prefill_tokens_per_s * 1000 + Math.max(0, answer - 1) * step_ms;
      return { id: payload_id, experiment: experiment_name, prompt, answer, seconds: ms / 1000 };
    },
  );
  return [...Map.groupBy(calls, ({ id }) => id).values()];
}

const callsIn = (round: readonly Call[][], { invocations_per_scenario }: Study) =>
  round.reduce((all, group) => all + group.length, 0) * invocations_per_scenario;

/** How long a round takes: each prompt's calls with pauses between them, so many prompts at once as calls may be in flight. */
function roundSeconds(
  round: readonly Call[][],
  { invocations_per_scenario: times, sleep_between_invocations: pause, parallel_calls }: Study,
): number {
  const units = round.map((group) =>
    times * group.reduce((all, { seconds }) => all + seconds, 0) + (times - 1) * pause
  );
  return Math.max(...units, units.reduce((all, unit) => all + unit, 0) / parallel_calls);
}

/** Rounds that are made, the last of them maybe in part. */
function roundsIn(study: Study, round: readonly Call[][]): number {
  const { rounds, duration_seconds, calls_per_minute } = study;
  if (duration_seconds === null) return rounds ?? 0;
  const fitting = calls_per_minute === null
    ? duration_seconds / roundSeconds(round, study)
    : duration_seconds / 60 * calls_per_minute / callsIn(round, study);
  return Math.min(rounds ?? Infinity, fitting);
}

function secondsOf(study: Study, round: readonly Call[][], rounds: number): number {
  const { calls_per_minute, duration_seconds } = study;
  const needed = calls_per_minute === null
    ? rounds * roundSeconds(round, study)
    : rounds * callsIn(round, study) / calls_per_minute * 60;
  return Math.min(needed, duration_seconds ?? Infinity);
}

/** What a study asks for, in a sentence; null: the config has none. */
export function studyWords({ config: { study, experiments }, scenarios }: LoadedConfig): string | null {
  if (study === null) return null;
  const { invocations_per_scenario, rounds, duration_seconds, calls_per_minute } = study;
  const prompts = new Set(scenarios.map(({ prompt }) => prompt.payload_id)).size;
  const count = (number: number, name: string) =>
    `${showNumber(number, 15)} ${name}${number === 1 ? "" : "s"}`;
  const perRound = scenarios.length * invocations_per_scenario;
  const allRounds = rounds === null ? Infinity : perRound * rounds;
  const byPace = duration_seconds === null || calls_per_minute === null
    ? Infinity
    : Math.round(duration_seconds / 60 * calls_per_minute);
  const calls = Math.min(allRounds, byPace);
  const pace = calls_per_minute === null ? "" : `, ${showNumber(calls_per_minute)} a minute`;
  const time = duration_seconds === null ? "" : `, ${showDuration(duration_seconds * 1000)} at most`;
  const many = calls === Infinity
    ? `${count(perRound, "call")} a round`
    : `${count(calls, "call")}${rounds === null ? "" : ` in ${count(rounds, "round")}`}`;
  return `${count(scenarios.length, "scenario")}: ${count(prompts, "prompt")}, ${
    count(experiments.length, "variant")
  }; ${many}${pace}${time}`;
}
