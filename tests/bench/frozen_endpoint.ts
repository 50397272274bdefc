/**
 * Coordinated omission: an endpoint stands still for 15 of 60 s while 100 requests a second are due, evenly. The mean response,
 * counted from the due time, is held against the analytic one; beside it what a tool would say that counts from the moment of
 * sending. Without a cap, and with 8 requests in flight at most. Nothing may be lost.
 *
 *     deno run -A tests/bench/frozen_endpoint.ts
 *
 * With T = 60 s, F = 15 s, rate r = 100/s and service s = 10 ms (2 ms to the first of 5 tokens, 2 ms a step), there is
 * r x s = 1 request in the endpoint before the freeze, and one more every 10 ms during it. By Little's law the mean is the area
 * under the number of requests in the system over r x T, in excess of s:
 *
 * - no cap: a triangle of F and r x F, then all of those r x F for s more: s + F x (F / 2 + s) / T
 *   = 0.010 + 15 x (7.5 + 0.010) / 60 = 1.8875 s;
 * - a cap of c = 8: what waits goes down by c / s - r = 700 a second, in F2 = r x F / 700 = 2.143 s, to a triangle of F + F2:
 *   s + F x (F + F2) / 2 / T = 0.010 + 15 x 17.143 / 120 = 2.1529 s. Counted from sending, only the c requests that were in
 *   flight then stand for the freeze: s + c x F / (r x T) = 0.010 + 8 x 15 / 6000 = 0.030 s.
 */

import type { RequestRecord } from "../../lib/core/mod.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import { serve, type Truth } from "../../lib/simulate/mod.ts";
import { readJsonLines } from "../../lib/storage/mod.ts";
import { sendLevel } from "./load_run.ts";

const length_s = 60;
const freeze = { at_s: 20, for_s: 15 };
const rate = 100;
const cap = 8;
const service_s = 0.010;

const waiting_s = rate * freeze.for_s / (cap / service_s - rate);
const analytic_ms = new Map([
  [null, 1000 * (service_s + freeze.for_s * (freeze.for_s / 2 + service_s) / length_s)],
  [cap, 1000 * (service_s + freeze.for_s * (freeze.for_s + waiting_s) / 2 / length_s)],
]);

function figures(name: string, values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [p50, p90, p99] = [500, 900, 990].map((perMille) =>
    quantile(sorted(values), perMille)!.toFixed(1).padStart(9)
  );
  return `    ${name.padEnd(28)} mean ${
    mean.toFixed(1).padStart(8)
  }   p50 ${p50}   p90 ${p90}   p99 ${p99} ms`;
}

const valuesOf = (records: readonly RequestRecord[], column: "response_ms" | "service_ms") =>
  records.map((record) => record[column]!);

for (const [max_in_flight, expected_ms] of analytic_ms) {
  const log_path = await Deno.makeTempFile();
  const profile = {
    ...{ base_ms: 2, prefill_tokens_per_s: 1e9, decode_ms: 2, decode_ms_per_sequence: 0 },
    ...{ slots: 10_000, jitter: 0 },
  };
  const server = await serve({ profile, model_id: "m", log_path, faults: { freeze } });
  try {
    const { records, outcome } = await sendLevel(server.url, {
      arrival: "constant",
      concurrency: null,
      rates_rps: [rate],
      requests: null,
      duration_ms: length_s * 1000,
      max_in_flight,
      stream: true,
      parameters: { max_tokens: 5 },
      timeout_ms: 60_000,
      stall_ms: 60_000,
    });
    await server.close();
    const truths = await readJsonLines<Truth>(log_path);
    console.log(
      `${
        max_in_flight === null ? "no cap" : `at most ${max_in_flight} in flight`
      }: planned ${outcome.planned}, ok ${outcome.ok}, received by the endpoint ${truths.length}`,
    );
    const response = valuesOf(records, "response_ms");
    console.log(figures("from the due time", response));
    console.log(
      figures("by the endpoint's own log", truths.map(({ done_ms, received_ms }) => done_ms - received_ms)),
    );
    console.log(figures("from sending (uncorrected)", valuesOf(records, "service_ms")));
    const mean = response.reduce((sum, value) => sum + value, 0) / response.length;
    console.log(
      `    analytic mean ${expected_ms.toFixed(1)} ms, off by ${
        ((mean / expected_ms - 1) * 100).toFixed(2)
      } %`,
    );
  } finally {
    await server.close();
    await Deno.remove(log_path);
  }
}
