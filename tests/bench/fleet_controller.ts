/**
 * How far one controller goes: hub, clocks, gate, progress and collectors as a run has them, over real loopback WebSockets with sealed
 * frames, fed with what a real worker of 1,000 streams said, by 10, 100 and 1,000 workers at once. The workers' half runs in a process of
 * its own; of its own cost nothing is counted.
 *
 *     deno run -A tests/bench/fleet_controller.ts [workers ...]
 *
 * Exits with 1 when a stop takes longer than two seconds to reach the last worker, or a message is missing.
 */

import { join } from "node:path";
import process from "node:process";
import { Hub } from "../../lib/fleet/hub.ts";
import { measureClocks } from "../../lib/fleet/clocks.ts";
import { progressEvery } from "../../lib/fleet/shipping.ts";
import { fewAtATime } from "../../lib/fleet/few_at_a_time.ts";
import type { FromFleet, JournalPart } from "../../lib/fleet/messages.ts";
import { remoteProcess } from "../../lib/fleet/remote_process.ts";
import { WorkerHome } from "../../lib/fleet/worker_home.ts";
import type { Plan } from "../../lib/core/mod.ts";
import { LevelGate } from "../../lib/load/level_gate.ts";
import { LoadProgress } from "../../lib/load/progress.ts";
import { machineNanoseconds, systemClock } from "../../lib/core/mod.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import { localFolder } from "../../lib/storage/mod.ts";
import { serve } from "../../lib/simulate/mod.ts";
import { endpoint as endpointOf, planOf, spec } from "../load/made_up.ts";
import { prepareRun, sendByFleet } from "../fleet/fleet_load.ts";
import { processEngine } from "../fleet/process_engine.ts";

const seconds = 10;
const sizes = Deno.args.length > 0 ? Deno.args.map(Number) : [10, 100, 1000];
const scratch = await Deno.makeTempDir({ prefix: "fleet-bench-" });

/** What a worker says in a level, each with its time from the level's begin; and the largest part of its journal. */
interface Traffic {
  readonly said: { readonly at_ms: number; readonly message: FromFleet }[];
  readonly part: string;
  readonly rows_per_s: number;
  readonly bytes_per_s: number;
}

/** One real worker against the embedded endpoint: 1,000 streams of 60 tokens. */
async function record(): Promise<Traffic> {
  const said: { at_ms: number; message: FromFleet }[] = [];
  const listen = Hub.prototype.listen;
  Hub.prototype.listen = function (worker, listener) {
    listen.call(this, worker, {
      onMessage(message) {
        said.push({ at_ms: performance.now(), message });
        listener.onMessage(message);
      },
      onLost: (reason) => listener.onLost(reason),
    });
  };
  const profile = {
    base_ms: 100,
    prefill_tokens_per_s: 1e9,
    decode_ms: 50,
    decode_ms_per_sequence: 0,
    slots: 5000,
    jitter: 0.1,
  };
  const endpoint = await serve({ profile, seed: 1 });
  const { run_dir } = await prepareRun("", [
    {
      endpoint: endpointOf({ url: endpoint.url, model_id: "simulated-model" }),
      concurrency: 1000,
      requests: 4000,
      parameters: { max_new_tokens: 60 },
      timeout_ms: 60_000,
      stall_ms: 60_000,
    },
  ]);
  try {
    const { ok, errors } = await sendByFleet({
      run_dir,
      segment: "s1",
      engine: processEngine(`${run_dir}/engine`),
      workers: 1,
      patience: { hub: { silence_ms: 30_000, beat_ms: 100 } },
    });
    console.log(`recorded one worker of 1,000 streams: ${ok} ok, ${errors} errors`);
    const parts = said.flatMap(({ message }) =>
      "part" in message && message.part.kind === "requests" ? [message.part] : []
    );
    const largest = parts.reduce((most, part) => part.bytes > most.bytes ? part : most);
    const part = join(scratch, "part.jsonl");
    await Deno.copyFile(join(run_dir, "shared", largest.path), part);
    const level = said.filter(({ message }) => "said" in message && "progress" in message.said);
    const [first, last] = [level[0]?.at_ms ?? 0, level.at(-1)?.at_ms ?? 1];
    const span_s = (last - first) / 1000;
    const bytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      said: level.map(({ at_ms, message }) => ({ at_ms: at_ms - first, message })),
      part,
      rows_per_s: ok / span_s,
      bytes_per_s: bytes / span_s,
    };
  } finally {
    Hub.prototype.listen = listen;
    await endpoint.close();
    await Deno.remove(run_dir, { recursive: true });
  }
}

interface Told {
  readonly arrived_ms?: number;
  readonly stop_ns?: string[];
  readonly said?: number;
}

async function measure(workers: number, traffic: Traffic): Promise<boolean> {
  const secret = crypto.randomUUID();
  const hub = new Hub({ hostname: "127.0.0.1", port: 0, secret, workers, now: () => performance.now() });
  const run_dir = join(scratch, String(workers));
  const turn = fewAtATime(8);
  const storage = localFolder(scratch);
  let messages = 0;
  const plan: Plan = planOf([spec({ concurrency: workers, requests: workers })], 10);
  const progress = new LoadProgress(plan, systemClock);
  const arrived: Promise<void>[] = [];
  const homes: WorkerHome[] = [];
  let fetched = 0;
  const crew = Array.from({ length: workers }, (_, index) => {
    const home = new WorkerHome({ run_dir, segment: "s1", worker: `w${index}`, storage, levels: 1, turn });
    homes.push(home);
    const here = Promise.withResolvers<void>();
    arrived.push(here.promise);
    return remoteProcess({
      hub,
      worker: index,
      name: `w${index}`,
      assignment: () => {
        throw new Error("nobody is assigned");
      },
      drift_ms: () => 0,
      onNode: () => here.resolve(),
      onCertificate: () => {},
      onPart: (part: JournalPart) => {
        fetched++;
        home.take(part);
      },
      onEnd: () => home.close(),
    });
  });
  const ship_ms = Math.max(1000, workers * 10);
  const progress_ms = progressEvery(workers);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", new URL("./fleet_traffic.ts", import.meta.url).pathname],
      JSON.stringify({
        url: `ws://127.0.0.1:${hub.port}`,
        secret,
        workers,
        seconds,
        ship_ms,
        progress_ms,
        part: traffic.part,
        traffic: join(scratch, "traffic.json"),
      }),
    ],
    stdout: "piped",
    stderr: "inherit",
    stdin: "null",
  }).spawn();
  const output = new Response(child.stdout).text();
  const began = performance.now();
  await Promise.all(arrived);
  const arrival_s = (performance.now() - began) / 1000;
  const clocksBegan = performance.now();
  const offsets = await measureClocks(hub, crew.map((_, i) => i));
  const clocks_s = (performance.now() - clocksBegan) / 1000;
  const errors = sorted(offsets.flatMap((offset) => offset === null ? [] : [offset.error_ms]));

  const done = Promise.withResolvers<void>();
  const gate = new LevelGate({
    plan,
    crew,
    progress,
    onEnd: () => done.resolve(),
    now: () => performance.now(),
    notice_ms: 500,
  });
  const follow = crew.map(async (worker) => {
    for await (const message of worker.messages) {
      messages++;
      if ("progress" in message) {
        progress.take(worker.name, message);
        gate.heard(worker, message);
      } else if ("ready" in message) gate.ready(worker);
      else if ("level_done" in message) gate.done(worker, message.level_done, message.ended_by);
    }
  });
  // Ready; the level begins; then a pause until it runs everywhere.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const lags: number[] = [];
  let due = performance.now() + 10;
  const lagging = setInterval(() => {
    lags.push(Math.max(0, performance.now() - due));
    due = performance.now() + 10;
  }, 10);
  const shown = setInterval(() => progress.event(), 250);
  const [cpu, heardBefore, from] = [process.cpuUsage(), messages, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 500));
  const used = process.cpuUsage(cpu);
  const span_s = (performance.now() - from) / 1000;
  const per_s = (messages - heardBefore) / span_s;
  clearInterval(lagging);
  clearInterval(shown);
  const stopped_ns = machineNanoseconds();
  for (const worker of crew) worker.tell({ stop: true });
  const toldAll = performance.now();
  await Promise.all(follow);
  const ended_s = (performance.now() - toldAll) / 1000;
  const told = JSON.parse((await output).trim()) as Told;
  await child.status;
  const stops = (told.stop_ns ?? []).map((ns) => Number(BigInt(ns) - stopped_ns) / 1e6);
  await hub.close();
  const home = homes.reduce((sum, { bytes }) => sum + bytes, 0);
  const share = (used.user + used.system) / 1e6 / span_s;
  const puts = workers * 1000 / ship_ms * 1.1;
  const late = sorted(lags);
  console.log([
    `${workers} workers`,
    `arrived ${arrival_s.toFixed(1)} s`,
    `clocks ${clocks_s.toFixed(2)} s, error p50 ${quantile(errors, 500)!.toFixed(2)}, most ${
      errors.at(-1)!.toFixed(2)
    } ms`,
    `${per_s.toFixed(0)} messages/s`,
    `CPU ${(100 * share).toFixed(0)} % of a core`,
    `loop lag p99 ${quantile(late, 990)!.toFixed(1)} ms, most ${late.at(-1)!.toFixed(1)} ms`,
    `stop: last worker after ${Math.max(...stops).toFixed(0)} ms (${stops.length} of ${workers})`,
    `all ended after ${ended_s.toFixed(2)} s`,
    `storage: ${puts.toFixed(0)} PUT/s and as many GET/s; ${fetched} parts, ${
      (home / 1e6).toFixed(0)
    } MB at home`,
    `messages heard ${messages} of ${told.said}`,
  ].join("; "));
  await Deno.remove(run_dir, { recursive: true });
  return Math.max(...stops) < 2000 && stops.length === workers && messages === told.said;
}

/** How many bytes a second one core brings home, when parts are there. */
async function merge(traffic: Traffic): Promise<void> {
  const content = await Deno.readFile(traffic.part);
  const { createHash } = await import("node:crypto");
  const sha256 = createHash("sha256").update(content).digest("hex");
  const storage = localFolder(scratch);
  const turn = fewAtATime(8);
  const count = Math.ceil(1e9 / content.length / 8);
  const from = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: 8 }, async (_, i) => {
    const home = new WorkerHome({
      run_dir: join(scratch, "merge"),
      segment: "s1",
      worker: `w${i}`,
      storage,
      levels: 1,
      turn,
    });
    for (let number = 1; number <= count; number++) {
      await home.take({
        number,
        path: "part.jsonl",
        bytes: content.length,
        sha256,
        kind: "requests",
        lags: {},
      });
    }
    await home.close();
  }));
  const s = (performance.now() - from) / 1000;
  const used = process.cpuUsage(cpu);
  const mb = 8 * count * content.length / 1e6;
  console.log(
    `bringing home: ${mb.toFixed(0)} MB in parts of ${(content.length / 1e6).toFixed(2)} MB took ${
      s.toFixed(1)
    } s: ${(mb / s).toFixed(0)} MB/s, ${((used.user + used.system) / 1e6 / s * 100).toFixed(0)} % of a core`,
  );
}

let kept = true;
try {
  const traffic = await record();
  console.log(
    `it said ${traffic.said.length} things in ${
      ((traffic.said.at(-1)?.at_ms ?? 0) / 1000).toFixed(1)
    } s, and left ${traffic.rows_per_s.toFixed(0)} rows, ${
      (traffic.bytes_per_s / 1e6).toFixed(2)
    } MB a second`,
  );
  await Deno.writeTextFile(join(scratch, "traffic.json"), JSON.stringify(traffic));
  for (const workers of sizes) kept = await measure(workers, traffic) && kept;
  await merge(traffic);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
Deno.exit(kept ? 0 : 1);
