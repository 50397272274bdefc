/**
 * Compares what a finished run on the embedded endpoint reports with the endpoint's own log.
 *
 *     deno run --allow-read tests/bench/against_truth.ts results/demo/<run>
 */

import { join } from "node:path";
import { type RequestRecord, showNumber } from "../../lib/core/mod.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines } from "../../lib/storage/mod.ts";

async function filesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".jsonl")) names.push(join(folder, name));
  }
  return names;
}

const run = Deno.args[0];
if (run === undefined) throw new Error("Name a run directory");

const records: RequestRecord[] = [];
for (const file of await filesIn(join(run, "requests"))) records.push(...(await readJournal(file)).records);
const truths = new Map<string, Truth>();
for (const file of await filesIn(join(run, "simulate"))) {
  for (const truth of await readJsonLines<Truth>(file)) truths.set(truth.request_id, truth);
}
const unmatched = records.filter(({ server_request_id }) => !truths.has(server_request_id ?? "")).length;
console.log(`journal ${records.length}, endpoint's log ${truths.size}, without a partner ${unmatched}`);

const levels = Map.groupBy(records, ({ concurrency }) => concurrency ?? 0);
for (const [concurrency, own] of [...levels].sort(([a], [b]) => a - b)) {
  const measured = own.filter(({ ttft_ms }) => ttft_ms !== null);
  const reported = sorted(measured.map(({ ttft_ms }) => ttft_ms!));
  const true_ms = sorted(measured.map(({ server_request_id }) => truths.get(server_request_id!)!.ttft_ms!));
  const errors = sorted(
    measured.map((record) => record.ttft_ms! - truths.get(record.server_request_id!)!.ttft_ms!),
  );
  const at = (samples: typeof errors, perMille: number) => `${showNumber(quantile(samples, perMille))} ms`;
  console.log(
    `concurrency ${concurrency}, n ${measured.length}: TTFT p50 reported ${at(reported, 500)}, true ${
      at(true_ms, 500)
    }; ` +
      `error p50 ${at(errors, 500)}, p99 ${at(errors, 990)}`,
  );
}
