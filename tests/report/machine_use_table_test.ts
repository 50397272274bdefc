import assert from "node:assert/strict";
import type { MachineUse, RunUse } from "../../lib/core/mod.ts";
import { machineUseTable } from "../../lib/report/mod.ts";
import { tableCells } from "./rows.ts";

const level = (figures: MachineUse["figures"], changes: Partial<MachineUse> = {}): MachineUse => ({
  ...{ experiment_name: "a", payload_file: "p.jsonl", concurrency: 4, request_rate_rps: null },
  ...{ duration_s: 60, figures, p95_ms: 812, transactions_per_minute: 1234 },
  ...changes,
});

const run = (levels: readonly MachineUse[], changes: Partial<RunUse> = {}): RunUse => ({
  ...{ levels, tracks: [], notices: [], interval_s: 5, cores: 4, memory_bytes: 16 * 2 ** 30 },
  ...changes,
});

const gib = 2 ** 30;

Deno.test("mean and highest of what was sampled, beside p95 and throughput; no column for what was not", () => {
  const shown = machineUseTable(run([
    level({
      "machine.cpu_time": { mean: 1, max: 2, n: 12 },
      "process.cpu_time": { mean: 0.8, max: 1.5, n: 11 },
      "process.memory_used": { mean: 1.5 * gib, max: 2 * gib, n: 13 },
      "gpu.use": { mean: 62, max: 98, n: 10 },
      "gpu.memory_used": { mean: 71_680, max: 72_704, n: 10 },
    }),
    level({ "machine.cpu_time": { mean: 0.4, max: 4.04, n: 12 } }, { concurrency: 8 }),
  ]));
  assert.deepEqual(tableCells(shown), [
    [
      ...["Experiment", "In flight", "Machine CPU", "Endpoint CPU (cores)", "Endpoint memory (GiB)"],
      ...["GPU", "GPU memory (GiB)", "Readings", "Client p95 (ms)", "Transactions/min"],
    ],
    // 1 of 4 cores is 25 %; 71,680 MiB are 70 GiB.
    ["a", "4", "25 / 50 %", "0.8 / 1.5", "1.5 / 2", "62 / 98 %", "70 / 71", "10–13", "812", "1,234"],
    // What the kernel's hundredths make of all four cores is all of them.
    ["a", "8", "10 / 100 %", "–", "–", "–", "–", "12", "812", "1,234"],
  ]);
  assert.match(shown, /This machine has 4 cores and 16 GiB\./);
  assert.match(shown, /warm-up included, from readings every 5 s/);
});

Deno.test("servers' own counters and CloudWatch's minutes have tables of their own", () => {
  const shown = machineUseTable(run([
    level({
      "server.kv_cache_use": { mean: 0.42, max: 0.97, n: 12 },
      "server.waiting": { mean: 3.5, max: 20, n: 12 },
      "server.prefix_cache_hit_rate": { mean: 0.25, max: null, n: 4 },
      "server.preemptions": { mean: 0.05, max: 0.1, n: 4 },
      "server.ttft": { mean: 0.2, max: null, n: 400, p95_at_most: 0.5 },
      "server.queue_time": { mean: 0.004, max: null, n: 400, p95_at_most: null },
    }),
    level({ "cloudwatch.cpu": { mean: 150, max: 180, n: 3 } }, { experiment_name: "b" }),
  ]));
  assert.match(
    shown,
    /\*\*What the servers say of themselves\*\*[\s\S]*\*\*SageMaker's instances, by CloudWatch\*\*/,
  );
  assert.doesNotMatch(shown, /This machine, the endpoint/);
  const rows = tableCells(shown);
  // 0.05 a second are 3 a minute.
  assert.deepEqual(rows[1], [
    ...["a", "4", "42 / 97 %", "3.5 / 20", "25 %", "3 / 6", "200 ms (p95 ≤ 500 ms)", "4 ms"],
    ...["4–400", "812", "1,234"],
  ]);
  assert.deepEqual(rows.at(-1), ["b", "4", "150 / 180", "3", "812", "1,234"]);
});

Deno.test("nothing is shown where nothing was sampled, and why is said", () => {
  assert.match(
    machineUseTable(run([], { interval_s: null })),
    /^Nothing was sampled .*`utilisation.enabled: no`/,
  );
  const shown = machineUseTable(run([], { notices: ["the counters of a: refused", "b | <i>elsewhere</i>"] }));
  assert.match(shown, /^No reading lies within a load level/);
  assert.match(shown, /\n- the counters of a: refused\n- b \\\| &lt;i&gt;elsewhere&lt;\/i&gt;$/);
});

Deno.test("payload files are told apart, open loop has rates", () => {
  const figures = { "machine.cpu_time": { mean: 1, max: 1, n: 2 } };
  const shown = machineUseTable(run([
    level(figures, { concurrency: null, request_rate_rps: 2.5 }),
    level(figures, { payload_file: "q_1.jsonl" }),
  ]));
  assert.match(shown, /\*\*p\*\*[\s\S]*2\.5\/s[\s\S]*\*\*q\\_1\*\*/);
});
