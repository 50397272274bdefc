/** Sends a plan: writes the shards, runs the workers, and counts what became of every request. */

import {
  machineNanoseconds,
  type Plan,
  type ProgressEvent,
  redact,
  StepError,
  systemClock,
} from "../core/mod.ts";
import { readJournal } from "../storage/mod.ts";
import { type ClockChoice, millisecondsSince } from "../transport/mod.ts";
import { type LoadOutcome, outcomeOf } from "./outcome.ts";
import { appendLevelEnd } from "./level_ends.ts";
import { LevelGate } from "./level_gate.ts";
import { writePlan } from "./plan_file.ts";
import { LoadProgress } from "./progress.ts";
import { shardPlan } from "./shards.ts";
import { vitalsPath } from "./vitals.ts";
import { reachableHosts, spawnWorker, type WorkerProcess } from "./worker_process.ts";

export interface RunLoadOptions {
  readonly plan: Plan;
  /** The run directory: prompts are read from `data/prompts`, journals go to `requests`, shards to `shards`. */
  readonly run_dir: string;
  /** Load processes. @default 1 */
  readonly workers?: number;
  /** `load.clock`. @default "auto" */
  readonly clock?: ClockChoice;
  /** Name of this uninterrupted start of the run; no two starts may share one. */
  readonly segment: string;
  /** Called for what a user should know although the load goes on. */
  readonly onNotice?: (notice: string) => void;
  /** Called about four times a second, and once at the end. */
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Stops the load: requests in flight become `cancelled`, the rest stay pending. */
  readonly signal?: AbortSignal;
  /** Where API keys and the runtime's own variables are taken from, usually `Deno.env.toObject()`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const progressEvery_ms = 250;

/**
 * Sends a plan and resolves when all workers have ended, also after a stop.
 *
 * @throws {StepError} if a worker failed; the journals hold what was done until then
 */
export async function runLoad(options: RunLoadOptions): Promise<LoadOutcome> {
  const { plan, workers = 1, clock = "auto", segment, onProgress, signal, env = {} } = options;
  await Deno.mkdir(`${options.run_dir}/requests`, { recursive: true });
  const run_dir = await Deno.realPath(options.run_dir);
  const hosts = await reachableHosts(plan, env);
  const shards = shardPlan(plan, workers);
  for (const [i, shard] of shards.entries()) {
    await writePlan(`${run_dir}/shards/${segment}-w${i}.jsonl`, shard);
  }

  const progress = new LoadProgress(plan, systemClock);
  const crew = shards.map((_, i) => spawnWorker({ name: `w${i}`, run_dir, plan, hosts, clock, env }));
  const stop = () => crew.forEach((worker) => worker.tell({ stop: true }));
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const timer = setInterval(() => onProgress?.(progress.event()), progressEvery_ms);
  const origin_mono_ns = String(machineNanoseconds());
  const origin_at = new Date().toISOString();
  for (const worker of crew) {
    worker.tell({
      init: true,
      shard_path: `${run_dir}/shards/${segment}-${worker.name}.jsonl`,
      journal_path: journalPath(run_dir, segment, worker.name),
      vitals_path: vitalsPath(run_dir, segment, worker.name),
      clock,
      payload_dir: `${run_dir}/data/prompts`,
      origin_mono_ns,
      origin_at,
      segment,
      worker: worker.name,
      gated: true,
    });
  }
  const failures: string[] = [];
  const noticed = new Set<string>();
  const notice = (text: string) => {
    if (!noticed.has(text)) options.onNotice?.(text);
    noticed.add(text);
  };
  const gate = new LevelGate({
    plan,
    crew,
    progress,
    onEnd: (level, ended_by) => appendLevelEnd(run_dir, { segment, level, ended_by }),
    now: millisecondsSince(BigInt(origin_mono_ns)),
  });
  try {
    await Promise.all(crew.map(async (worker) => {
      const failure = await follow(worker, gate, progress, notice);
      if (failure === null) return;
      if (!signal?.aborted) failures.push(`worker ${worker.name}: ${failure}`);
      stop();
    }));
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", stop);
  }
  onProgress?.(progress.event());
  if (failures.length > 0) {
    throw new StepError({
      action: "send the load of",
      thing: segment,
      found: failures.join("; "),
      remedy: `What was sent until then is in ${run_dir}/requests.`,
    });
  }
  return outcomeOf(plan, await recordsOf(run_dir, segment, crew), new Map(gate.ends));
}

/** Listens to a worker until it ends. Resolves to what went wrong, or null. */
async function follow(
  worker: WorkerProcess,
  gate: LevelGate,
  progress: LoadProgress,
  notice: (text: string) => void,
): Promise<string | null> {
  let failure: string | null = null;
  for await (const message of worker.messages) {
    if ("progress" in message) {
      progress.take(worker.name, message);
      gate.samples(message);
    } else if ("level_done" in message) gate.done(message.level_done, message.ended_by);
    else if ("ready" in message) {
      if (message.clock_fault !== null) notice(`The kernel clock is not used: ${message.clock_fault}.`);
      gate.ready();
    } else if ("failed" in message) failure = message.failed;
  }
  const { code, complaint } = await worker.ended;
  if (code === 0) return failure;
  return redact(failure ?? (complaint === "" ? `it ended with code ${code}` : complaint));
}

function journalPath(run_dir: string, segment: string, worker: string): string {
  return `${run_dir}/requests/${segment}-${worker}.jsonl`;
}

async function recordsOf(run_dir: string, segment: string, crew: readonly WorkerProcess[]) {
  const records = [];
  for (const { name } of crew) {
    try {
      records.push(...(await readJournal(journalPath(run_dir, segment, name))).records);
    } catch (error) {
      const missing = error instanceof Error && error.cause instanceof Deno.errors.NotFound;
      if (!missing) throw error;
    }
  }
  return records;
}
