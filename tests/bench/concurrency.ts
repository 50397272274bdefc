/**
 * What is really in flight, by the server's own account: in closed loop never more than N and at least 98 % of N on average
 * after the start; and Little's law within 2 % over at least 20 service times, in both loops: the server's mean in flight
 * against the client's rate x mean time, residence inside the window only; and against what a report says of the level, its
 * transactions per second x its mean latency.
 *
 *     taskset -c 0 deno run -A tests/bench/concurrency.ts
 */

import type { LevelSpec } from "../../lib/load/mod.ts";
import { mean, throughput } from "../../lib/metrics/mod.ts";
import { startServer } from "./instant_server.ts";
import { sendLevel } from "./load_run.ts";

const service_ms = 200;
const duration_ms = 5000;

const levels: readonly [string, Partial<LevelSpec>][] = [
  ...[1, 16, 100].map((concurrency): [string, Partial<LevelSpec>] => [
    `closed, N = ${concurrency}`,
    { concurrency, warmup_requests: concurrency * 2, requests: null, duration_ms, drain_ms: 1000 },
  ]),
  ...([["constant", 50], ["poisson", 200]] as const).map(([arrival, rate]): [string, Partial<LevelSpec>] => [
    `${arrival}, ${rate}/s`,
    {
      arrival,
      concurrency: null,
      rates_rps: [rate],
      warmup_requests: rate,
      requests: null,
      duration_ms,
      drain_ms: 1000,
    },
  ]),
];

/** Residence inside a window: each request counts for the part of its time that lies in it. */
function meanInFlight(stays: readonly (readonly [number, number])[], from: number, to: number): number {
  const inside = stays.map(([start, end]) => Math.max(0, Math.min(end, to) - Math.max(start, from)));
  return inside.reduce((sum, ms) => sum + ms, 0) / (to - from);
}

function busiest(stays: readonly (readonly [number, number])[]): number {
  const changes = stays.flatMap(([start, end]) => [[start, 1], [end, -1]] as const)
    .sort(([a, up], [b, other]) => a - b || up - other);
  let open = 0;
  return changes.reduce((most, [, change]) => Math.max(most, open += change), 0);
}

for (const [name, level] of levels) {
  const server = await startServer(service_ms);
  const { records, origin_ns, outcome } = await sendLevel(server.url, level);
  const account = await server.finish();
  if (outcome.errors > 0) throw new Error(JSON.stringify(outcome));
  const ms = (ns: string) => Number(BigInt(ns) - origin_ns) / 1e6;
  const stays = account.received_ns.map((ns, i) => [ms(ns), ms(account.answered_ns[i]!)] as const);
  const measured = records.filter(({ phase }) => phase === "measure");
  const from = measured.reduce((least, { sent_ms }) => Math.min(least, sent_ms!), Infinity);
  const to = measured.reduce((most, { sent_ms }) => Math.max(most, sent_ms!), 0);
  const client = records.map(({ sent_ms, ended_ms }) => [sent_ms!, ended_ms!] as const)
    .filter(([sent, ended]) => sent < to && ended > from);
  const residence_ms = client.map(([sent, ended]) => Math.min(ended, to) - Math.max(sent, from));
  const law = client.length / (to - from) * mean(residence_ms)!;
  const gauge = meanInFlight(stays, from, to);
  const rate = throughput(records, level.concurrency ?? null).transactions_per_minute! / 60;
  const reported = rate * mean(measured.map(({ e2e_ms }) => e2e_ms!))! / 1000;
  const off = (value: number) => `${value.toFixed(2)} (${((value / gauge - 1) * 100).toFixed(2)} %)`;
  console.log(
    `${name.padEnd(18)} n ${String(measured.length).padStart(5)}: in flight at most ${busiest(stays)}, mean ${
      gauge.toFixed(2)
    }; rate x mean time in the window ${off(law)}, as reported ${off(reported)}`,
  );
}
