/** The levels that an experiment's load asks for. */

import type { Endpoint, SharedPrefix } from "../../core/mod.ts";
import { iterationDefaults, type LevelSpec, parseTrace, sharedPrefix } from "../../load/mod.ts";
import type { StepContext } from "../context.ts";
import { ownPromptsFile } from "./renderings.ts";
import { runTokenizer } from "./tokenizers.ts";

type Experiment = StepContext["config"]["experiments"][number];

/** One level for each payload file and each concurrency, or each rate; `ramp`, `step` and `trace` are one level each. */
export async function levelsOf(
  step: StepContext,
  experiment: Experiment,
  endpoint: Endpoint,
): Promise<LevelSpec[]> {
  const { load, inference_spec } = experiment;
  const ms = (seconds: number | null) => seconds === null ? null : seconds * 1000;
  const common = {
    endpoint,
    parameters: inference_spec.parameters,
    stream: inference_spec.stream,
    timeout_ms: load.timeout_seconds * 1000,
    stall_ms: load.stall_seconds * 1000,
    stop_error_rate: load.stop_error_rate,
    warmup_requests: load.warmup_requests,
    requests: load.requests,
    duration_ms: ms(load.duration_seconds),
    drain_ms: load.drain_seconds * 1000,
    ci_width: load.ci_width,
    max_in_flight: load.max_in_flight,
    ...load.retry === null ? {} : { retry: load.retry },
    cache_busting: load.cache_busting,
    shared_prefix: await prefixOf(step, load.shared_prefix_tokens),
    min_iters: step.config.datasets.min_iters_per_combination ?? iterationDefaults.min_iters,
    max_iters: step.config.datasets.max_iters_per_combination ?? iterationDefaults.max_iters,
  };
  const loads = step.config.study === null ? await loadsOf(experiment) : [studyLoad];
  const levels: LevelSpec[] = [];
  for (const payload_file of experiment.payload_files) {
    const own = await ownPromptsFile(step, experiment.name, payload_file);
    const prompts = own === null ? { payload_file } : { payload_file, prompts_file: own };
    levels.push(...loads.map((load): LevelSpec => ({ ...common, ...prompts, ...load })));
  }
  return levels;
}

/** A study says itself when calls are made: see `studyPlan`. */
const studyLoad: Load = { arrival: "study", concurrency: null };

/** What a level is sent at. */
export type Load = Pick<LevelSpec, "arrival" | "concurrency" | "rates_rps" | "burstiness" | "trace">;

/** The loads that an experiment asks for, in the order of its config. */
export async function loadsOf({ load, concurrency_levels }: Experiment): Promise<Load[]> {
  const { arrival, burstiness, rates_rps, trace_file, time_scale } = load;
  if (arrival === null) {
    return concurrency_levels.map((concurrency) => ({ arrival: "closed", concurrency }));
  }
  const open = { arrival, concurrency: null, burstiness } as const;
  if (arrival === "trace") {
    const trace = parseTrace(await Deno.readTextFile(trace_file!), trace_file!);
    const scaled = (at_ms: number) => Math.round(at_ms * time_scale! * 1000) / 1000;
    return [{ ...open, trace: trace.map((request) => ({ ...request, at_ms: scaled(request.at_ms) })) }];
  }
  const rates = rates_rps ?? [];
  if (arrival === "ramp" || arrival === "step") return [{ ...open, rates_rps: rates }];
  return rates.map((rate) => ({ ...open, rates_rps: [rate] }));
}

/** Counted by the run's tokenizer, as the prompts are. */
async function prefixOf(
  step: StepContext,
  tokens: number,
): Promise<SharedPrefix | null> {
  if (tokens === 0) return null;
  const { counter } = await runTokenizer(step);
  return sharedPrefix(tokens, step.config.load.seed, counter.count);
}
