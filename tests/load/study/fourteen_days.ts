/**
 * A study of 14 days in a minute: a program that sends what is left of the plan of a run directory, with the real loop, sender and
 * journal, over HTTP, on made-up clocks. Arguments: run directory, segment, true time of the start.
 */

import type { AwsCredentials, StudyGap } from "../../../lib/core/mod.ts";
import { readMarks, readPlan, remainingPlan } from "../../../lib/load/mod.ts";
import { InFlight } from "../../../lib/load/in_flight.ts";
import { restartGaps } from "../../../lib/load/study/restart.ts";
import { sendStudy } from "../../../lib/load/study/study_work.ts";
import { type Exchange, type Predictor, predictorFor } from "../../../lib/predict/mod.ts";
import { openJournal, openLineLog } from "../../../lib/storage/mod.ts";
import { type Transport, userTransport } from "../../../lib/transport/mod.ts";
import { payload } from "../made_up.ts";
import { fortnight, MadeTime, wallAt, within } from "./made_time.ts";

const [run_dir = "", segment = "", begun = ""] = Deno.args;
const gc = (globalThis as { gc?: () => void }).gc;
const time = new MadeTime(Number(begun) - performance.now());
const { last_ms, none } = fortnight.keys;

/** The keys of a moment end with its half of the day. The next ones are there 4 minutes before. */
function keysAt(moment: number): AwsCredentials {
  const period = Math.floor((moment + 4 * 60_000) / last_ms);
  return {
    access_key_id: `K${period}`,
    secret_access_key: "S",
    session_token: null,
    expires_at_ms: wallAt((period + 1) * last_ms),
  };
}

class Orders {
  readonly stopping = new AbortController();
  readonly enough = new AbortController();
  credentials: AwsCredentials = keysAt(time.moment());
  renew(): void {
    const moment = time.moment();
    if (!within(none, moment)) this.credentials = keysAt(moment);
  }
  /** As the parent does it: 4 minutes before they end, by a clock that is looked at every minute. */
  async renewAhead(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await time.sleepUntil(time.now() + 60_000, this.stopping.signal).catch(() => {});
      const left_ms = (this.credentials.expires_at_ms ?? 0) - wallAt(time.moment());
      if (left_ms < 4 * 60_000) this.renew();
    }
  }
}

const inner = userTransport({ now: time.now });
/** Nobody listens there. */
const nowhere = "http://127.0.0.1:1/v1/chat/completions";
const transport: Transport = {
  ...inner,
  clock: inner.clock,
  now: time.now,
  prepare() {},
  connectAhead: (request, options) =>
    within(fortnight.outage, time.moment())
      ? Promise.resolve()
      : time.during(inner.connectAhead(request, options)),
  send: (request, sink, options) => {
    const out = within(fortnight.outage, time.moment());
    return time.during(inner.send(out ? { ...request, url: nowhere } : request, sink, options));
  },
  close: () => inner.close(),
};

const whole = await readPlan(`${run_dir}/plan.jsonl`);
const log = await openLineLog<StudyGap>(`${run_dir}/gaps.jsonl`);
const onGap = (gap: StudyGap) => log.append(gap);
for (const gap of await restartGaps(run_dir, wallAt(time.moment()))) await onGap(gap);
const { header, requests } = remainingPlan(
  whole,
  await readMarks(`${run_dir}/requests`),
  new Map(),
  log.earlier,
);
const journal = await openJournal(`${run_dir}/requests/${segment}-w0.jsonl`, {
  schema: "fmbench.journal/1",
  segment,
  worker: "w0",
  clock: "user",
  origin_mono_ns: "0",
  origin_at: new Date(wallAt(time.moment()) - time.now()).toISOString(),
}, { interval_ms: 10 });
const orders = new Orders();
const inFlight = new InFlight(orders.stopping.signal);
const texts = new Map(requests.map(({ payload_id }) => [payload_id, payload(payload_id)]));

async function signedPredictor(level: typeof header.levels[number]): Promise<Predictor> {
  const plain = await predictorFor({
    endpoint: { ...level.endpoint, predictor: "openai_chat" },
    stream: true,
  });
  return {
    ...plain,
    signs: true,
    async begin(prompt, parameters) {
      const { request, reader } = await plain.begin(prompt, parameters) as Exchange;
      const keys = { key: orders.credentials.access_key_id, now: time.moment() };
      return {
        request: { ...request, headers: { ...request.headers, "x-keys": JSON.stringify(keys) } },
        reader,
      };
    },
  };
}
const predictors = new Map(
  await Promise.all(
    header.levels.map(async (level) => [level.level, [await signedPredictor(level)]] as const),
  ),
);

let told = 0;
/** What is used of the heap when all that can go is gone, every hundred calls. */
function remember(): void {
  if (++told % 100 !== 0) return;
  gc?.();
  const line = { left: requests.length - told, heap: Deno.memoryUsage().heapUsed };
  Deno.writeTextFileSync(`${run_dir}/memory-${segment}.jsonl`, JSON.stringify(line) + "\n", { append: true });
}

const renewing = orders.renewAhead();
await sendStudy({ header, requests, schedule: header.study! }, {
  contextOf: (level) => ({
    seed: header.seed,
    attempts: {
      transport,
      segment,
      worker: "w0",
      origin_at_ms: 0,
      signal: orders.stopping.signal,
    },
    inFlight,
    journal: {
      ...journal,
      append(record) {
        remember();
        journal.append(record);
      },
    },
    payloads: new Map([[level.payload_file, texts]]),
    predictors: predictors.get(level.level)!,
  }),
  now: time.now,
  clock: time,
  machine: time.machine,
  readEvery_ms: 60_000,
  inFlight,
  orders,
  env: () => undefined,
  report(message) {
    if ("gap" in message) onGap(message.gap);
    if ("renew" in message) orders.renew();
  },
  mention() {},
});
orders.stopping.abort();
await renewing;
await journal.close();
await log.close();
transport.close();
