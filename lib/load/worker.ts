/**
 * The worker program: takes a shard of the plan and a clock origin on standard input, sends its requests, leaves a
 * journal and its vital signs. May reach the endpoints, read the run directory and write its `requests` and `vitals`
 * folders; nothing else.
 */

import {
  type AwsCredentials,
  type Level,
  messageOf,
  messagesOf,
  type Payload,
  type PlannedRequest,
  redact,
  systemClock,
  urlsOf,
} from "../core/mod.ts";
import { eachJsonLine, openJournal } from "../storage/mod.ts";
import {
  millisecondsSince,
  openTransports,
  proxiesFrom,
  proxyVariables,
  wantsKernelClock,
} from "../transport/mod.ts";
import { startDeadlineClock } from "./deadline_clock.ts";
import { InFlight } from "./in_flight.ts";
import { type LevelContext, LevelRun } from "./level_run.ts";
import { openPredictors } from "./predictors.ts";
import { promptsFileOf } from "./level_spec.ts";
import type { FromWorker, InitMessage, ToWorker } from "./messages.ts";
import { readPlan } from "./plan_file.ts";
import { sendStudy } from "./study/study_work.ts";
import { calmPace, VitalsMonitor } from "./vitals_monitor.ts";

const progressEvery_ms = 200;
const aliveEvery_ms = 1000;

/** Whatever the parent can ask for while the worker runs. */
class Orders {
  readonly stopping = new AbortController();
  /** Of a study: enough is known. */
  readonly enough = new AbortController();
  readonly #started = new Map<number, PromiseWithResolvers<number>>();
  readonly #skipping = new Map<number, AbortController>();
  /** Keys to AWS, as last given. */
  credentials: AwsCredentials | null = null;
  /** Nothing is sent later than that, in milliseconds from the origin. */
  until_ms = Infinity;

  take(message: ToWorker): void {
    if ("credentials" in message) this.credentials = message.credentials;
    if ("start" in message) this.#start(message.start).resolve(message.at_ms);
    if ("skip" in message) this.skip(message.skip).abort();
    if ("enough" in message) this.enough.abort();
    if ("stop" in message) this.stop();
    if ("until_ms" in message) this.until_ms = message.until_ms;
  }

  stop(): void {
    this.stopping.abort();
    for (const { resolve } of this.#started.values()) resolve(0);
  }

  /** Resolves when the level may begin, to the start of its due times, or when nothing more will. */
  async started(level: number): Promise<number> {
    return this.stopping.signal.aborted ? 0 : await this.#start(level).promise;
  }

  skip(level: number): AbortController {
    return this.#skipping.getOrInsertComputed(level, () => new AbortController());
  }

  #start(level: number): PromiseWithResolvers<number> {
    return this.#started.getOrInsertComputed(level, () => Promise.withResolvers<number>());
  }
}

/** Messages go out in order; what is only of passing interest is left out while an earlier message is still under way. */
class Reports {
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  mention(message: () => FromWorker): void {
    if (this.#pending === 0) this.send(message());
  }

  send(message: FromWorker): Promise<unknown> {
    this.#pending++;
    const bytes = new TextEncoder().encode(JSON.stringify(message) + "\n");
    this.#last = this.#last.then(() => Deno.stdout.write(bytes)).catch(() => {}).finally(() =>
      this.#pending--
    );
    return this.#last;
  }
}

/** The prompts that a shard sends, by file: a payload file may be larger than memory. */
function promptsNeeded(
  levels: readonly Level[],
  requests: readonly PlannedRequest[],
): Map<string, Set<string>> {
  const needed = new Map(levels.map((level) => [promptsFileOf(level), new Set<string>()]));
  const files = new Map(levels.map((level) => [level.level, promptsFileOf(level)]));
  for (const { level, payload_id } of requests) needed.get(files.get(level)!)!.add(payload_id);
  return needed;
}

async function work(init: InitMessage, orders: Orders, reports: Reports): Promise<void> {
  const { header, requests } = await readPlan(init.shard_path);
  if (header.levels.some(({ endpoint }) => endpoint.options?.module !== undefined)) {
    setInterval(() => reports.mention(() => ({ alive: true })), aliveEvery_ms);
  }
  const payloads = new Map<string, Map<string, Payload>>();
  for (const [file, ids] of promptsNeeded(header.levels, requests)) {
    const found = new Map<string, Payload>();
    for await (const payload of eachJsonLine<Payload>(`${init.payload_dir}/${file}`)) {
      if (ids.has(payload.payload_id)) found.set(payload.payload_id, payload);
    }
    payloads.set(file, found);
  }
  const now = millisecondsSince(BigInt(init.origin_mono_ns));
  const proxyFor = proxiesFrom(
    Object.fromEntries(proxyVariables.map((variable) => [variable, Deno.env.get(variable)])),
  );
  const urls = header.levels.flatMap(({ endpoint }) => urlsOf(endpoint));
  const transports = openTransports(init.clock, { now, proxyFor, urls });
  const wanted = init.clock === "kernel" || wantsKernelClock(init.clock, urls);
  const { paced } = transports;
  const open = header.study === undefined &&
    header.levels.some(({ concurrency, endpoint }) =>
      concurrency === null && transports.for(endpoint.url) !== paced
    );
  const pacer = open ? await startDeadlineClock(now) : null;
  const pacedClock = paced === null ? null : { ...systemClock, now, sleepUntil: paced.sleepUntil };
  const journal = await openJournal(init.journal_path, {
    schema: "fmbench.journal/1",
    segment: init.segment,
    worker: init.worker,
    clock: paced?.clock ?? "user",
    origin_mono_ns: init.origin_mono_ns,
    origin_at: init.origin_at,
  });
  const predictors = await openPredictors(header.levels, requests, {
    transports,
    credentials: () => orders.credentials,
    env: (name) => Deno.env.get(name),
  });
  const inFlight = new InFlight(orders.stopping.signal, () => now() <= orders.until_ms);
  const expected = new Map<string, number>();
  const contextOf = ({ level, endpoint }: Level): LevelContext => ({
    seed: header.seed,
    predictors: predictors.get(level)!,
    attempts: {
      transport: transports.for(endpoint.url),
      segment: init.segment,
      worker: init.worker,
      origin_at_ms: Date.parse(init.origin_at),
      signal: orders.stopping.signal,
    },
    inFlight,
    journal,
    payloads,
    clock: (transports.for(endpoint.url) === paced ? pacedClock : pacer) ?? systemClock,
    expected,
  });
  const vitals = await VitalsMonitor.start(
    init.vitals_path,
    now,
    ...header.study === undefined ? [] : [calmPace],
  );
  const byLevel = Map.groupBy(requests, ({ level }) => level);
  try {
    await reports.send({ ready: true, clock_fault: wanted ? transports.fault : null });
    if (header.study !== undefined) {
      if (init.gated) await orders.started(0);
      const ends = await sendStudy({ header, requests, schedule: header.study }, {
        contextOf,
        now,
        inFlight,
        orders,
        env: (name) => Deno.env.get(name),
        report: (message) => reports.send(message),
        mention: (message) => reports.mention(message),
      });
      for (const { level } of header.levels) {
        if (init.gated) await orders.started(level);
        await reports.send({ level_done: level, ended_by: ends.get(level) ?? "requests" });
      }
      return;
    }
    for (const level of header.levels) {
      const start_ms = init.gated ? await orders.started(level.level) : now();
      const signal = AbortSignal.any([orders.stopping.signal, orders.skip(level.level).signal]);
      if (orders.stopping.signal.aborted) break;
      const own = byLevel.get(level.level);
      if (own === undefined) {
        await reports.send({ level_done: level.level, ended_by: "requests" });
        continue;
      }
      const run = new LevelRun(level, own, contextOf(level));
      const timer = setInterval(() => reports.mention(() => run.progress()), progressEvery_ms);
      const ended_by = await run.run(start_ms, signal);
      clearInterval(timer);
      await reports.send(run.progress());
      await reports.send({ level_done: level.level, ended_by });
    }
  } finally {
    await journal.close();
    await vitals.stop();
    transports.close();
    await pacer?.close();
  }
}

/** A terminal's Ctrl-C reaches the whole group; the worker obeys its parent alone, so that nothing is lost. */
function listenToSignals(orders: Orders): void {
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGHUP", () => {});
  Deno.addSignalListener("SIGTERM", () => orders.stop());
}

/** Standard output is for messages: what a user's module says goes the other way. */
function keepOutput(): void {
  for (const name of ["log", "info", "debug"] as const) console[name] = console.error;
}

async function main(): Promise<number> {
  keepOutput();
  const orders = new Orders();
  listenToSignals(orders);
  const reports = new Reports();
  const working = Promise.withResolvers<void>();
  (async () => {
    let begun = false;
    for await (const message of messagesOf<ToWorker>(Deno.stdin.readable)) {
      if ("init" in message) {
        begun = true;
        work(message, orders, reports).then(working.resolve, working.reject);
      } else orders.take(message);
    }
    orders.stop();
    if (!begun) working.resolve();
  })().catch(working.reject);
  try {
    await working.promise;
    await reports.send({ finished: true });
    return 0;
  } catch (error) {
    await reports.send({ failed: redact(messageOf(error)) });
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
