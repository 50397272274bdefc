/** Step 3: the plan, the load, and what became of every request. */

import { join } from "node:path";
import { configHash } from "../../config/mod.ts";
import { type Endpoint, Interrupted, type Plan, showDuration, UserError, version } from "../../core/mod.ts";
import { readPayloads } from "../../data/mod.ts";
import { isAlive, readEndpoints } from "../../deploy/mod.ts";
import {
  iterationDefaults,
  type LevelSpec,
  outcomeOf,
  planLoad,
  readPlan,
  remainingPlan,
  runLoad,
  writePlan,
} from "../../load/mod.ts";
import { attempt, type StepContext } from "../context.ts";
import { outputOf } from "../sources.ts";
import { table } from "../table.ts";
import { bringPrompts } from "./prompts.ts";
import { recordsOf } from "./records.ts";

/**
 * Decides every request of the run and writes `plan.jsonl`.
 *
 * @returns a table of what is going to be sent
 */
export function planRequests(step: StepContext): Promise<string> {
  return attempt(step, async () => {
    await bringPrompts(step);
    const endpoints = await readEndpoints((await outputOf(step.run, "2_deploy_model")).paths.root);
    await checkAlive(endpoints);
    const levels = step.config.experiments.flatMap((experiment) =>
      levelsOf(step, experiment, endpointOf(endpoints, experiment.name))
    );
    const ids = new Map<string, string[]>();
    for (const file of new Set(levels.map(({ payload_file }) => payload_file))) {
      ids.set(
        file,
        (await readPayloads(join(step.run.paths.prompts, file))).map(({ payload_id }) => payload_id),
      );
    }
    const plan = planLoad({
      seed: step.config.load.seed,
      config_hash: configHash(step.config),
      version,
      levels,
      payloads: (file) => ids.get(file) ?? [],
    });
    await writePlan(step.run.paths.plan, plan);
    step.log("info", `planned ${plan.requests.length} requests in ${plan.header.levels.length} levels`);
    const byExperiment = Map.groupBy(plan.header.levels, ({ endpoint }) => endpoint.experiment_name);
    const rows = [...byExperiment].map(([name, own]) => [
      name,
      [...new Set(own.map(({ payload_file }) => payload_file))].join(", "),
      [...new Set(own.map(({ concurrency }) => concurrency))].sort((a, b) => a - b).join(", "),
      plan.requests.filter(({ level }) => own.some((one) => one.level === level)).length,
    ]);
    return table(["experiment", "payload files", "concurrency", "requests"], rows);
  });
}

/** Endpoints may be those of an earlier run: all that are gone are named at once, before the first request. */
async function checkAlive(endpoints: readonly Endpoint[]): Promise<void> {
  const alive = await Promise.all(endpoints.map(isAlive));
  const gone = endpoints.filter((_, i) => !alive[i]);
  if (gone.length === 0) return;
  throw new UserError({
    action: "send load to",
    thing: gone.map(({ experiment_name }) => experiment_name).join(", "),
    found: `nothing answers at ${gone.map(({ url }) => url).join(", ")}`,
    expected: "endpoints that can be reached",
    remedy: "Run 2_deploy_model.ipynb again, or start your own endpoint.",
  });
}

function endpointOf(endpoints: readonly Endpoint[], experiment: string): Endpoint {
  const found = endpoints.find(({ experiment_name }) => experiment_name === experiment);
  if (found) return found;
  throw new UserError({
    action: "plan the load of",
    thing: experiment,
    found: "models/endpoints.json has no endpoint for it",
    expected: "one endpoint for each experiment",
    remedy: "Run 2_deploy_model.ipynb again.",
  });
}

function levelsOf(
  step: StepContext,
  experiment: StepContext["config"]["experiments"][number],
  endpoint: Endpoint,
): LevelSpec[] {
  const { load, inference_spec } = experiment;
  return experiment.payload_files.flatMap((payload_file) =>
    experiment.concurrency_levels.map((concurrency): LevelSpec => ({
      endpoint,
      payload_file,
      concurrency,
      arrival: "closed",
      parameters: inference_spec.parameters,
      stream: inference_spec.stream,
      timeout_ms: load.timeout_seconds * 1000,
      stall_ms: load.stall_seconds * 1000,
      stop_error_rate: load.stop_error_rate ?? null,
      warmup_requests: load.warmup_requests,
      requests: load.requests ?? null,
      min_iters: step.config.datasets.min_iters_per_combination ?? iterationDefaults.min_iters,
      max_iters: step.config.datasets.max_iters_per_combination ?? iterationDefaults.max_iters,
    }))
  );
}

/**
 * Sends the plan from worker processes and waits for the end. What happens to a request is a record in the journal. In a run
 * that was interrupted, only what is missing is sent.
 *
 * @throws {Interrupted} when the user stops it; everything so far is kept
 */
export function sendRequests(step: StepContext): Promise<void> {
  return attempt(step, async () => {
    const whole = await readPlan(step.run.paths.plan);
    const plan = remainingPlan(whole, await recordsOf(step.run));
    const earlier = whole.requests.length - plan.requests.length;
    if (earlier > 0) {
      step.log("notice", `${earlier} of ${whole.requests.length} requests ended in an earlier segment`);
    }
    const started = performance.now();
    const { ok, errors, cancelled, pending, planned } = await runLoad({
      plan,
      run_dir: step.run.paths.root,
      workers: workerCount(step.config.load.workers, plan),
      segment: `s${await lastSegment(step.run.paths.requests) + 1}`,
      onProgress: (event) => step.progress(event),
      signal: step.signal,
      env: Deno.env.toObject(),
    });
    step.loadTime((performance.now() - started) / 1000);
    const words =
      `${planned} planned = ${ok} ok + ${errors} errors + ${cancelled} cancelled + ${pending} pending`;
    step.log("info", words);
    if (step.signal.aborted) {
      throw new Interrupted(`The load was stopped: ${words}. Everything so far is kept.`);
    }
    // Polars is native code, loaded only when a table is made.
    const { buildParquet } = await import("../../analyze/mod.ts");
    await buildParquet(step.run.paths.root);
  });
}

/** A worker carries this many streams with ease; more of them on this machine would only take its cores from each other. */
const STREAMS_A_WORKER = 500;

/** `auto` = as many workers as the highest concurrency needs, one a core at most. */
function workerCount(wanted: number | "auto", plan: Plan): number {
  if (wanted !== "auto") return wanted;
  const most = Math.max(1, ...plan.header.levels.map(({ concurrency }) => concurrency));
  return Math.min(navigator.hardwareConcurrency, Math.ceil(most / STREAMS_A_WORKER));
}

/** Number of the last start of the load, from 1, by the names of its journals (`s2-w0.jsonl`); 0 before the first. */
async function lastSegment(folder: string): Promise<number> {
  let last = 0;
  for await (const { name } of Deno.readDir(folder)) last = Math.max(last, segmentOf(name));
  return last;
}

const segmentOf = (journal: string) => Number(/^s(\d+)-/.exec(journal)?.[1] ?? 0);

/** What became of every planned request, as the journals of all segments say. */
export async function describeRequests({ run }: StepContext): Promise<string> {
  const outcome = outcomeOf(await readPlan(run.paths.plan), await recordsOf(run));
  const segments = await lastSegment(run.paths.requests);
  const rows = outcome.levels.map(({ level, ...counts }) => [
    level.endpoint.experiment_name,
    level.payload_file,
    level.concurrency,
    counts.planned,
    counts.ok,
    counts.errors,
    counts.cancelled,
    counts.pending,
    showDuration((counts.duration_s ?? NaN) * 1000),
  ]);
  const { planned, ok, errors, cancelled, pending } = outcome;
  return [
    table(
      [
        "experiment",
        "payload file",
        "concurrency",
        "planned",
        "ok",
        "errors",
        "cancelled",
        "pending",
        "took",
      ],
      rows,
    ),
    `${planned} planned = ${ok} ok + ${errors} errors + ${cancelled} cancelled + ${pending} pending.`,
    ...segments > 1 ? [`The load was started ${segments} times; each start sent what was missing.`] : [],
  ].join("\n\n");
}
