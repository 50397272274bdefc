/**
 * The worker program: takes a shard of the plan and a clock origin on standard input, sends its requests, leaves a
 * journal. May reach the endpoints, read the run directory and write its `requests` folder; nothing else.
 */

import { type Level, messageOf, type Payload, redact, systemClock } from "../core/mod.ts";
import { type Predictor, predictorFor } from "../predict/mod.ts";
import { type Journal, openJournal, readJsonLines } from "../storage/mod.ts";
import { millisecondsSince, type Transport, userTransport } from "../transport/mod.ts";
import { attempt, type AttemptContext } from "./attempt.ts";
import { closedLoop } from "./closed_loop.ts";
import { type FromWorker, type InitMessage, messagesOf, type ToWorker } from "./messages.ts";
import { readPlan } from "./plan_file.ts";
import { startDelays } from "./stagger.ts";

const progressEvery_ms = 200;

/** Whatever the parent can ask for while the worker runs. */
class Orders {
  readonly stopping = new AbortController();
  readonly #started = new Map<number, PromiseWithResolvers<void>>();
  readonly #skipping = new Map<number, AbortController>();

  take(message: ToWorker): void {
    if ("start" in message) this.#start(message.start).resolve();
    if ("skip" in message) this.skip(message.skip).abort();
    if ("stop" in message) this.stop();
  }

  stop(): void {
    this.stopping.abort();
    for (const { resolve } of this.#started.values()) resolve();
  }

  /** Resolves when the level may begin, or nothing more will. */
  async started(level: number): Promise<void> {
    if (!this.stopping.signal.aborted) await this.#start(level).promise;
  }

  skip(level: number): AbortController {
    return this.#skipping.getOrInsertComputed(level, () => new AbortController());
  }

  #start(level: number): PromiseWithResolvers<void> {
    return this.#started.getOrInsertComputed(level, () => Promise.withResolvers<void>());
  }
}

/** Messages go out in order; what is only of passing interest is left out while an earlier message is still under way. */
class Reports {
  #pending = 0;
  #last: Promise<unknown> = Promise.resolve();

  mention(message: FromWorker): void {
    if (this.#pending === 0) this.send(message);
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

/** Everything a level needs of the worker. */
interface Worker {
  readonly init: InitMessage;
  readonly seed: number;
  readonly transport: Transport;
  readonly journal: Journal;
  readonly payloads: ReadonlyMap<string, ReadonlyMap<string, Payload>>;
  readonly orders: Orders;
  readonly reports: Reports;
  /** Mean service time by endpoint name, of what was sent so far. */
  readonly expected: Map<string, number>;
}

async function work(init: InitMessage, orders: Orders, reports: Reports): Promise<void> {
  const { header, requests } = await readPlan(init.shard_path);
  const payloads = new Map<string, Map<string, Payload>>();
  for (const file of new Set(header.levels.map(({ payload_file }) => payload_file))) {
    const rows = await readJsonLines<Payload>(`${init.payload_dir}/${file}`);
    payloads.set(file, new Map(rows.map((row) => [row.payload_id, row])));
  }
  const transport = userTransport({ now: millisecondsSince(BigInt(init.origin_mono_ns)) });
  const journal = await openJournal(init.journal_path, {
    schema: "fmbench.journal/1",
    segment: init.segment,
    worker: init.worker,
    clock: transport.clock,
    origin_mono_ns: init.origin_mono_ns,
    origin_at: init.origin_at,
  });
  const worker: Worker = {
    init,
    seed: header.seed,
    transport,
    journal,
    payloads,
    orders,
    reports,
    expected: new Map(),
  };
  try {
    for (const level of header.levels) {
      if (init.gated) await orders.started(level.level);
      if (orders.stopping.signal.aborted) break;
      await runLevel(level, requests.filter((request) => request.level === level.level), worker);
    }
  } finally {
    await journal.close();
    transport.close();
  }
}

async function runLevel(
  level: Level,
  requests: Parameters<typeof closedLoop>[0]["requests"],
  { init, seed, transport, journal, payloads, orders, reports, expected }: Worker,
): Promise<void> {
  const { endpoint } = level;
  const key = endpoint.api_key_env;
  const predictor: Predictor = predictorFor({
    endpoint,
    stream: level.stream,
    env: key === null ? {} : { [key]: Deno.env.get(key) },
  });
  const context: AttemptContext = {
    transport,
    segment: init.segment,
    worker: init.worker,
    origin_at_ms: Date.parse(init.origin_at),
    signal: orders.stopping.signal,
  };
  const counts = { done: 0, errors: 0, cancelled: 0, service_ms: 0 };
  const expected_ms = expected.get(endpoint.endpoint_name) ?? null;
  const delays = startDelays({ seed, level: level.level, concurrency: level.concurrency, expected_ms });
  const slots = [...new Set(requests.map(({ slot }) => slot))].sort((a, b) => a - b);
  const timer = setInterval(
    () => reports.mention({ progress: level.level, ...counts }),
    progressEvery_ms,
  );
  const { gave_up } = await closedLoop({
    requests,
    delays: slots.map((slot) => delays[slot]!),
    clock: systemClock,
    signal: AbortSignal.any([orders.stopping.signal, orders.skip(level.level).signal]),
    stop_error_rate: level.stop_error_rate,
    async send(planned) {
      const payload = payloads.get(level.payload_file)!.get(planned.payload_id);
      if (payload === undefined) throw new Error(`no payload ${planned.payload_id} in ${level.payload_file}`);
      const { status, service_ms, record } = await attempt({ planned, level, payload, predictor }, context);
      journal.append(record);
      counts.done++;
      counts.service_ms += service_ms ?? 0;
      if (status === "error") counts.errors++;
      if (status === "cancelled") counts.cancelled++;
      return status;
    },
  });
  clearInterval(timer);
  if (counts.done > 0) expected.set(endpoint.endpoint_name, counts.service_ms / counts.done);
  await reports.send({ progress: level.level, ...counts });
  await reports.send({ level_done: level.level, gave_up });
}

/** A terminal's Ctrl-C reaches the whole group; the worker obeys its parent alone, so that nothing is lost. */
function listenToSignals(orders: Orders): void {
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGHUP", () => {});
  Deno.addSignalListener("SIGTERM", () => orders.stop());
}

async function main(): Promise<number> {
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
