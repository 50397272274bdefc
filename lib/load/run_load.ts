/** Sends a plan: writes the shards, runs the workers, and counts what became of every request. */

import {
  type AwsCredentials,
  machineNanoseconds,
  type Plan,
  type ProgressEvent,
  redact,
  StepError,
  type StudyGap,
  systemClock,
  urlsOf,
} from "../core/mod.ts";
import { eachRecord } from "../storage/mod.ts";
import { reachableHosts } from "../predict/mod.ts";
import { type ClockChoice, millisecondsSince } from "../transport/mod.ts";
import { type LoadOutcome, outcomeOf } from "./outcome.ts";
import { type AttemptMark, markOf } from "./attempt_mark.ts";
import { CredentialFeed } from "./credential_feed.ts";
import type { Crew, Hire, Post } from "./crew.ts";
import { appendLevelEnd } from "./level_ends.ts";
import { LevelGate } from "./level_gate.ts";
import { writePlan } from "./plan_file.ts";
import { needsCredentials } from "./predictors.ts";
import { LoadProgress } from "./progress.ts";
import { shardPlan } from "./shards.ts";
import { squadsOf } from "./squads.ts";
import { restartGaps } from "./study/restart.ts";
import { sharedStudy } from "./study/sharing.ts";
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
  /** Called for whatever interrupts a study, when it is over, or when the study is. */
  readonly onGap?: (gap: StudyGap) => void;
  /** Aborted: a study has what it needs. Nothing more is begun, and its levels end as `precision`. */
  readonly enough?: AbortSignal;
  /** Gets the processes. @default they are started on this machine */
  readonly hire?: Hire;
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
  const posts = postsOf(plan, clock, workers, options.hire !== undefined);
  const earlier = plan.header.study === undefined ? [] : await restartGaps(run_dir);
  for (const gap of earlier) options.onGap?.(gap);
  for (const { name, shard } of posts) {
    await writePlan(`${run_dir}/shards/${segment}-${name}.jsonl`, shard);
  }
  const keys = needsCredentials(plan.header.levels, env)
    ? await CredentialFeed.open(options.credentials)
    : null;
  const progress = new LoadProgress(plan, systemClock);
  const noticed = new Set<string>();
  const notice = (text: string) => {
    if (!noticed.has(text)) options.onNotice?.(text);
    noticed.add(text);
  };
  const { hire = (own: readonly Post[]) => spawnHere(own, run_dir, env) } = options;
  const { workers: crew, notice_ms, between } = await hire(posts, {
    segment,
    signal: signal ?? new AbortController().signal,
    env,
    notice,
  });
  const stop = () => crew.forEach((worker) => worker.tell({ stop: true }));
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const enough = () => crew.forEach((worker) => worker.tell({ enough: true }));
  if (options.enough?.aborted) enough();
  options.enough?.addEventListener("abort", enough);
  const timer = setInterval(() => onProgress?.(progress.event()), progressEvery_ms);
  const origin_mono_ns = String(machineNanoseconds());
  const origin_at = new Date().toISOString();
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
    notice_ms,
    between,
  });
  const lost: string[] = [];
  try {
    await Promise.all(crew.map(async (worker) => {
      const failure = await follow(worker, {
        gate,
        progress,
        notice,
        silence_ms,
        renew: () => keys?.renewNow(),
        onGap: (gap) => options.onGap?.(gap),
      });
      if (failure === null) return;
      if ((await worker.ended).lost) return void lost.push(`worker ${worker.name}: ${failure}`);
      if (!signal?.aborted) failures.push(`worker ${worker.name}: ${failure}`);
      stop();
    }));
    await gate.settled;
  } finally {
    clearInterval(timer);
    keys?.close();
    signal?.removeEventListener("abort", stop);
    options.enough?.removeEventListener("abort", enough);
  }
  onProgress?.(progress.event());
  if (lost.length === crew.length && !signal?.aborted) failures.push(...lost);
  if (failures.length > 0) {
    throw new StepError({
      action: "send the load of",
      thing: segment,
      found: failures.join("; "),
      remedy: `What was sent until then is in ${run_dir}/requests.`,
    });
  }
  return outcomeOf(plan, await marksIn(run_dir, segment, crew), new Map(gate.ends));
}

/** Listens to a worker until it ends. Resolves to what went wrong, or null. */
async function follow(
  worker: WorkerProcess,
  { gate, progress, notice, silence_ms, renew, onGap }: {
    gate: LevelGate;
    progress: LoadProgress;
    notice: (text: string) => void;
    silence_ms: number;
    renew: () => void;
    onGap: (gap: StudyGap) => void;
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
      gate.heard(worker, message);
    } else if ("study" in message) {
      for (const counts of message.study.levels) progress.take(worker.name, counts);
      progress.takeStudy(worker.name, message.study);
    } else if ("gap" in message) onGap(message.gap);
    else if ("notice" in message) notice(message.notice);
    else if ("renew" in message) renew();
    else if ("level_done" in message) gate.done(worker, message.level_done, message.ended_by);
    else if ("ready" in message) {
      if (message.clock_fault !== null) notice(`The kernel clock is not used: ${message.clock_fault}.`);
      gate.ready(worker);
    } else if ("failed" in message) failure = message.failed;
    else if ("finished" in message) finished = true;
  }
  watch?.stop();
  const { code, complaint, lost } = await worker.ended;
  if (lost) {
    gate.lost(worker);
    return redact(failure ?? complaint);
  }
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

/**
 * What each process is and sends. All levels of a study are sent together: of a squad by one process.
 *
 * @param expendable whether one can be lost while the others go on: what it fails alone is then no reason to give a level up
 */
function postsOf(plan: Plan, clock: ClockChoice, workers: number, expendable: boolean): Post[] {
  const squads = squadsOf(plan, clock);
  const studies = plan.header.study === undefined ? null : sharedStudy(squads.map((squad) => squad.plan));
  return squads.flatMap((squad, i) =>
    (studies === null ? shardPlan(squad.plan, workers) : [studies[i]!]).map((shard) => ({ squad, shard }))
  ).map(({ squad, shard }, i) => ({
    name: `w${i}`,
    squad,
    shard: expendable && workers > 1 ? judgedByAll(shard) : shard,
  }));
}

/** The shard of a worker that does not judge error rates by its own share. */
function judgedByAll({ header, requests }: Plan): Plan {
  const levels = header.levels.map((level) => ({ ...level, stop_error_rate: null }));
  return { header: { ...header, levels }, requests };
}

/** Processes of this machine. */
async function spawnHere(
  posts: readonly Post[],
  run_dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Crew> {
  const hosts = new Map<Post["squad"], readonly string[]>();
  for (const { squad } of posts) {
    hosts.set(squad, await reachableHosts(squad.levels.flatMap(({ endpoint }) => urlsOf(endpoint)), env));
  }
  const workers = posts.map(({ name, squad }) =>
    spawnWorker({ ...squad, name, run_dir, hosts: hosts.get(squad) ?? [], env })
  );
  return { workers };
}

function journalPath(run_dir: string, segment: string, worker: string): string {
  return `${run_dir}/requests/${segment}-${worker}.jsonl`;
}

async function marksIn(
  run_dir: string,
  segment: string,
  crew: readonly WorkerProcess[],
): Promise<AttemptMark[]> {
  const marks: AttemptMark[] = [];
  for (const { name } of crew) {
    try {
      for await (const record of eachRecord(journalPath(run_dir, segment, name))) marks.push(markOf(record));
    } catch (error) {
      const missing = error instanceof Error && error.cause instanceof Deno.errors.NotFound;
      if (!missing) throw error;
    }
  }
  return marks;
}
