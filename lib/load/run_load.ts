/** Sends a plan: writes the shards, runs the workers, and counts what became of every request. */

import {
  type AwsCredentials,
  machineNanoseconds,
  type Plan,
  type ProgressEvent,
  redact,
  StepError,
  systemClock,
  urlsOf,
} from "../core/mod.ts";
import { readJournal } from "../storage/mod.ts";
import { reachableHosts } from "../predict/mod.ts";
import { type ClockChoice, millisecondsSince } from "../transport/mod.ts";
import { type LoadOutcome, outcomeOf } from "./outcome.ts";
import { CredentialFeed } from "./credential_feed.ts";
import { appendLevelEnd } from "./level_ends.ts";
import { LevelGate } from "./level_gate.ts";
import { writePlan } from "./plan_file.ts";
import { needsCredentials } from "./predictors.ts";
import { LoadProgress } from "./progress.ts";
import { shardPlan } from "./shards.ts";
import { type Squad, squadsOf } from "./squads.ts";
import { vitalsPath } from "./vitals.ts";
import { spawnWorker, type WorkerProcess } from "./worker_process.ts";

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
  /** Called when a level has been told to begin, or has ended; it must return at once. */
  readonly onLevel?: () => void;
  /** Stops the load: requests in flight become `cancelled`, the rest stay pending. */
  readonly signal?: AbortSignal;
  /** Where API keys and the runtime's own variables are taken from, usually `Deno.env.toObject()`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long a worker with a user's module in it may give no sign. @default 30,000 */
  readonly silence_ms?: number;
  /** Keys to AWS; asked for when an endpoint's requests are signed, and again before they end. @default there are none */
  readonly credentials?: () => Promise<AwsCredentials>;
}

const progressEvery_ms = 250;

/**
 * Sends a plan and resolves when all workers have ended, also after a stop.
 *
 * @throws {StepError} if a worker failed; the journals hold what was done until then
 */
export async function runLoad(options: RunLoadOptions): Promise<LoadOutcome> {
  const { plan, workers = 1, clock = "auto", segment, onProgress, signal, env = {}, silence_ms = 30_000 } =
    options;
  await Deno.mkdir(`${options.run_dir}/requests`, { recursive: true });
  const run_dir = await Deno.realPath(options.run_dir);
  const posts = squadsOf(plan, clock).flatMap((squad) =>
    shardPlan(squad.plan, workers).map((shard) => ({ squad, shard }))
  );
  for (const [i, { shard }] of posts.entries()) {
    await writePlan(`${run_dir}/shards/${segment}-w${i}.jsonl`, shard);
  }
  const hosts = new Map<Squad, readonly string[]>();
  for (const { squad } of posts) {
    hosts.set(squad, await reachableHosts(squad.levels.flatMap(({ endpoint }) => urlsOf(endpoint)), env));
  }

  const keys = needsCredentials(plan.header.levels, env)
    ? await CredentialFeed.open(options.credentials)
    : null;
  const progress = new LoadProgress(plan, systemClock);
  const crew = posts.map(({ squad }, i) =>
    spawnWorker({ ...squad, name: `w${i}`, run_dir, hosts: hosts.get(squad) ?? [], env })
  );
  const stop = () => crew.forEach((worker) => worker.tell({ stop: true }));
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const timer = setInterval(() => onProgress?.(progress.event()), progressEvery_ms);
  const origin_mono_ns = String(machineNanoseconds());
  const origin_at = new Date().toISOString();
  const noticed = new Set<string>();
  const notice = (text: string) => {
    if (!noticed.has(text)) options.onNotice?.(text);
    noticed.add(text);
  };
  keys?.feed(crew, notice);
  for (const [i, worker] of crew.entries()) {
    worker.tell({
      init: true,
      shard_path: `${run_dir}/shards/${segment}-${worker.name}.jsonl`,
      journal_path: journalPath(run_dir, segment, worker.name),
      vitals_path: vitalsPath(run_dir, segment, worker.name),
      clock: posts[i]!.squad.clock,
      payload_dir: `${run_dir}/data/prompts`,
      origin_mono_ns,
      origin_at,
      segment,
      worker: worker.name,
      gated: true,
    });
  }
  const failures: string[] = [];
  const gate = new LevelGate({
    plan,
    crew,
    progress: {
      begin(level) {
        progress.begin(level);
        options.onLevel?.();
      },
      end(level) {
        progress.end(level);
        options.onLevel?.();
      },
    },
    onEnd: (level, ended_by) => appendLevelEnd(run_dir, { segment, level, ended_by }),
    now: millisecondsSince(BigInt(origin_mono_ns)),
  });
  try {
    await Promise.all(crew.map(async (worker) => {
      const failure = await follow(worker, { gate, progress, notice, silence_ms });
      if (failure === null) return;
      if (!signal?.aborted) failures.push(`worker ${worker.name}: ${failure}`);
      stop();
    }));
  } finally {
    clearInterval(timer);
    keys?.close();
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
  { gate, progress, notice, silence_ms }: {
    gate: LevelGate;
    progress: LoadProgress;
    notice: (text: string) => void;
    silence_ms: number;
  },
): Promise<string | null> {
  let failure: string | null = null;
  let finished = false;
  const watch = worker.module === null ? null : watchSilence(silence_ms, () => {
    failure ??= `it gave no sign for ${silence_ms / 1000} s: ${worker.module} never gives way`;
    worker.kill();
  });
  for await (const message of worker.messages) {
    watch?.heard();
    if ("progress" in message) {
      progress.take(worker.name, message);
      gate.samples(message);
    } else if ("level_done" in message) gate.done(message.level_done, message.ended_by);
    else if ("ready" in message) {
      if (message.clock_fault !== null) notice(`The kernel clock is not used: ${message.clock_fault}.`);
      gate.ready();
    } else if ("failed" in message) failure = message.failed;
    else if ("finished" in message) finished = true;
  }
  watch?.stop();
  const { code, complaint } = await worker.ended;
  if (finished && code === 0) return failure;
  if (failure !== null) return redact(failure);
  const ended = `it ended with code ${code} before its work was done`;
  const said = complaint === "" ? ended : `${ended}: ${complaint}`;
  return redact(worker.module === null ? said : `${said}; ${worker.module} ran in it`);
}

/** Calls `silent` once nothing has been heard for too long. */
function watchSilence(longest_ms: number, silent: () => void): { heard(): void; stop(): void } {
  let last_ms = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - last_ms > longest_ms) silent();
  }, 500);
  return {
    heard: () => last_ms = performance.now(),
    stop: () => clearInterval(timer),
  };
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
