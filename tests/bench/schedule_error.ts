/**
 * How late requests of the open loop go out: due time against the moment before the first byte is written, and against the
 * server's receipt. The server answers at once, from another process and, where possible, another core.
 *
 *     taskset -c 0 deno run -A tests/bench/schedule_error.ts [rate ...]
 *
 * What else runs on the machine shows here first: without a quiet core, real-time priority (`chrt -f 10`) tells the
 * program's own part from the rest.
 */

import { quantile, sorted } from "../../lib/metrics/mod.ts";
import { startServer } from "./instant_server.ts";
import { sendLevel } from "./load_run.ts";

const rates = Deno.args.length > 0 ? Deno.args.map(Number) : [10, 100, 1000, 4000];
const arrivals = ["constant", "poisson"] as const;

/** Long enough for a hundred requests, short enough for a machine that others use. */
const secondsOf = (rate: number) => rate >= 100 ? 3 : 6;

const figure = (values: readonly number[], perMille: number) =>
  (quantile(sorted(values), perMille) ?? NaN).toFixed(3).padStart(8);

console.log("   rate  arrival      n   lag p50      p99      max   receipt p50     p99   gap CV");
for (const rate of rates) {
  for (const arrival of arrivals) {
    const server = await startServer(0);
    const { records, origin_ns, outcome } = await sendLevel(server.url, {
      arrival,
      concurrency: null,
      rates_rps: [rate],
      warmup_requests: Math.ceil(rate / 2),
      requests: null,
      duration_ms: secondsOf(rate) * 1000,
    });
    const { received_ns } = await server.finish();
    if (outcome.errors > 0 || outcome.pending > 0) throw new Error(JSON.stringify(outcome));
    const measured = records.filter(({ phase }) => phase === "measure");
    const lags = measured.map(({ send_lag_ms }) => send_lag_ms!);
    // Which receipt belongs to which request is not known; in order they pair up but for overtaking within microseconds.
    const due = records.map(({ scheduled_ms }) => scheduled_ms!).sort((a, b) => a - b);
    const receipts = received_ns.map((ns) => Number(BigInt(ns) - origin_ns) / 1e6).sort((a, b) => a - b);
    const receiptLags = due.map((at, i) => receipts[i]! - at).slice(-measured.length);
    const gaps = receipts.slice(1).map((at, i) => at - receipts[i]!).slice(-measured.length);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const cv = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
    console.log(
      `${String(rate).padStart(6)}/s ${arrival} ${String(measured.length).padStart(7)} ${figure(lags, 500)} ${
        figure(lags, 990)
      } ${Math.max(...lags).toFixed(3).padStart(8)}      ${figure(receiptLags, 500)}${
        figure(receiptLags, 990)
      } ${cv.toFixed(3).padStart(8)}`,
    );
  }
}
