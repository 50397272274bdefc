/** What a worker does to send a study: the run, its machine's clocks and its news to the parent. */

import {
  type AwsCredentials,
  type Clock,
  type Level,
  type LevelEnd,
  type PlanHeader,
  type PlannedRequest,
  type StudySchedule,
  systemClock,
} from "../../core/mod.ts";
import type { InFlight } from "../in_flight.ts";
import type { FromWorker } from "../messages.ts";
import { needsCredentials } from "../predictors.ts";
import type { SenderContext } from "../request_sender.ts";
import { MachineClock, type MachineClocks, machineClocks } from "./machine_clock.ts";
import { StudyRun } from "./study_run.ts";

/** How often the parent hears of it. */
const newsEvery_ms = 500;

export interface StudyMeans {
  readonly contextOf: (level: Level) => SenderContext;
  /** Milliseconds from the origin: the time line of the transports. */
  readonly now: () => number;
  /** Keeps time. @default this process's timers */
  readonly clock?: Pick<Clock, "now" | "sleepUntil">;
  /** @default this machine's */
  readonly machine?: MachineClocks;
  /** @default a second */
  readonly readEvery_ms?: number;
  readonly inFlight: InFlight;
  readonly orders: {
    readonly stopping: AbortController;
    readonly enough: AbortController;
    readonly credentials: AwsCredentials | null;
  };
  readonly env: (name: string) => string | undefined;
  readonly report: (message: FromWorker) => unknown;
  /** For what is only of passing interest. */
  readonly mention: (message: () => FromWorker) => void;
}

/** Sends the requests of a study; resolves when all that was begun has ended, to why each of its levels is over. */
export async function sendStudy(
  { header, requests, schedule }: {
    readonly header: Pick<PlanHeader, "seed" | "levels">;
    readonly requests: readonly PlannedRequest[];
    readonly schedule: StudySchedule;
  },
  means: StudyMeans,
): Promise<Map<number, LevelEnd>> {
  const { now, contextOf, inFlight, orders, env, report, mention } = means;
  const clock = means.clock ?? timersFor(now);
  const machine = new MachineClock(means.machine ?? machineClocks(now), (gap) => {
    report({ gap });
    // What was under way while the machine slept has no true times.
    if (gap.kind === "sleep") inFlight.cut();
  }, means.readEvery_ms);
  const needed = header.levels.map((level) => {
    const { api_key_env } = level.endpoint;
    return needsCredentials([level], api_key_env === null ? {} : { [api_key_env]: env(api_key_env) });
  });
  const run = new StudyRun({
    seed: header.seed,
    schedule,
    levels: header.levels,
    requests,
    contextOf(level) {
      const context = contextOf(level);
      return { ...context, attempts: { ...context.attempts, utc_ms: (at_ms) => machine.utc_ms(at_ms) } };
    },
    clock,
    machine,
    keys: {
      needed: (level) => needed[level] === true,
      current: () => orders.credentials,
      renew: () => report({ renew: true }),
    },
    onGap: (gap) => report({ gap }),
    onNotice: (notice) => report({ notice }),
  });
  const over = new AbortController();
  const watching = machine.watch(clock, over.signal);
  const news = (): FromWorker => ({ study: { ...run.news(), levels: run.progress() } });
  const timer = setInterval(() => mention(news), newsEvery_ms);
  try {
    return await run.run(orders.stopping.signal, orders.enough.signal);
  } finally {
    clearInterval(timer);
    over.abort();
    await watching;
    report(news());
  }
}

function timersFor(now: () => number): Pick<Clock, "now" | "sleepUntil"> {
  return {
    now,
    sleepUntil: (at, signal) => systemClock.sleepUntil(systemClock.now() + at - now(), signal),
  };
}
