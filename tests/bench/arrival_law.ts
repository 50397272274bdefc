/**
 * Whether requests really leave, and arrive, as the law says that the plan was drawn from: constant gaps stay constant, and
 * Poisson and gamma gaps pass Kolmogorov-Smirnov and the index of dispersion at 0.001. The merged times of 1, 2 and 4 workers,
 * by the client's own stamps and by the server's receipts.
 *
 *     deno run -A tests/bench/arrival_law.ts [seconds [constant|poisson|gamma]]
 *
 * Windows of a second; the index of a gamma process is held against that of its own law in the long run, 1 / shape, which
 * bursts of a few gaps reach well within a second. Due times are kept to 0.3 ms (the promise of `schedule_error.ts`), so how
 * gaps shorter than that (at 100/s 3 % of a Poisson process and 14 % of gamma(0.5)) lie among themselves is left out of the
 * distance of what was sent and received; the whole distance stands in brackets. Exits with 1 if a line fails.
 */

import type { RequestRecord } from "../../lib/core/mod.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import {
  dispersion,
  dispersionBounds,
  gammaCdf,
  gapsOf,
  ksDistance,
  ksLimit,
  variation,
} from "../load/distribution.ts";
import { startServer } from "./instant_server.ts";
import { sendLevel } from "./load_run.ts";

const seconds = Number(Deno.args[0] ?? 25);

const resolved_ms = 0.3;

interface Law {
  readonly arrival: "constant" | "poisson" | "gamma";
  readonly rate: number;
  /** Of the gamma distribution of the gaps; null: even gaps. */
  readonly shape: number | null;
  readonly workers: readonly number[];
}

const laws: readonly Law[] = [
  { arrival: "constant", rate: 10, shape: null, workers: [1] },
  { arrival: "constant", rate: 100, shape: null, workers: [1, 2] },
  { arrival: "poisson", rate: 10, shape: 1, workers: [1] },
  { arrival: "poisson", rate: 100, shape: 1, workers: [1, 2, 4] },
  { arrival: "gamma", rate: 100, shape: 0.5, workers: [1, 2, 4] },
  { arrival: "gamma", rate: 100, shape: 2, workers: [1] },
];

/** What is said of one list of times, and whether it keeps to the law. */
function judged(
  times_ms: readonly number[],
  { rate, shape }: Law,
  from_ms: number,
): { says: string; kept: boolean } {
  const gaps = gapsOf(times_ms);
  const cv = variation(gaps);
  if (shape === null) return { says: `CV ${cv.toFixed(4)}`, kept: cv < 0.05 };
  const cdf = (gap: number) => gammaCdf(shape, gap * shape * rate / 1000);
  const distance = ksDistance(gaps, cdf, from_ms);
  const limit = ksLimit(gaps.length);
  const start = times_ms[0]!;
  const { index, windows } = dispersion(times_ms.map((at) => at - start), 1000);
  const [low, high] = dispersionBounds(windows).map((bound) => bound / shape) as [number, number];
  return {
    says: `CV ${cv.toFixed(2)}, KS ${distance.toFixed(4)} (${ksDistance(gaps, cdf).toFixed(4)}) < ${
      limit.toFixed(4)
    }, dispersion ${index.toFixed(2)} in ${low.toFixed(2)}..${high.toFixed(2)}`,
    kept: distance < limit && low < index && index < high,
  };
}

const ascending = (times: readonly number[]) => times.toSorted((a, b) => a - b);

/** Every request with its due time from the first one's, in microseconds: what must not depend on the workers. */
function planOf(records: readonly RequestRecord[]): string {
  const first = records.reduce((least, { scheduled_ms }) => Math.min(least, scheduled_ms!), Infinity);
  return records.map(({ request_id, scheduled_ms }) =>
    `${request_id} ${Math.round((scheduled_ms! - first) * 1000)}`
  )
    .sort().join("\n");
}

let failed = 0;
for (const law of laws.filter(({ arrival }) => arrival === (Deno.args[1] ?? arrival))) {
  const plans: string[] = [];
  for (const workers of law.workers) {
    const server = await startServer(0);
    const { records, origin_ns, outcome } = await sendLevel(server.url, {
      arrival: law.arrival,
      concurrency: null,
      rates_rps: [law.rate],
      burstiness: law.shape,
      requests: null,
      duration_ms: seconds * 1000,
    }, workers);
    const { received_ns } = await server.finish();
    if (outcome.ok !== outcome.planned) throw new Error(JSON.stringify(outcome));
    plans.push(planOf(records));
    const lags = sorted(records.map(({ send_lag_ms }) => send_lag_ms!));
    console.log(
      `${law.arrival}${
        law.shape === null || law.shape === 1 ? "" : `(${law.shape})`
      } ${law.rate}/s, workers ${workers}, n ${records.length}; lag p50 ${
        quantile(lags, 500)!.toFixed(3)
      }, p99 ${quantile(lags, 990)!.toFixed(3)} ms`,
    );
    for (
      const [name, times] of [
        ["due", records.map(({ scheduled_ms }) => scheduled_ms!)],
        ["sent", records.map(({ sent_ms }) => sent_ms!)],
        ["received", received_ns.map((ns) => Number(BigInt(ns) - origin_ns) / 1e6)],
      ] as const
    ) {
      const { says, kept } = judged(ascending(times), law, name === "due" ? 0 : resolved_ms);
      if (!kept) failed++;
      console.log(`    ${name.padEnd(9)} ${says}${kept ? "" : "   FAILED"}`);
    }
  }
  const same = plans.every((plan) => plan === plans[0]);
  if (!same) failed++;
  if (plans.length > 1) {
    console.log(
      `    the same requests, due at the same times, with ${law.workers.join(", ")} workers: ${same}`,
    );
  }
}
Deno.exit(failed === 0 ? 0 : 1);
