/** Rows made up for tests of charts and report: a made-up engine, no measurement. */

import {
  type CellSummary,
  type Criteria,
  type Estimate,
  type PanelSummary,
  type Percentiles,
  type RunUse,
  seededRandom,
  type UseTrack,
} from "../../lib/core/mod.ts";
import type { AccuracyRow, LengthRow, RequestPoint } from "../../lib/chart/mod.ts";
import type { Distribution, FailureCount, RunTimeline } from "../../lib/analyze/mod.ts";
import { plainCell } from "../metrics/plain_cell.ts";

export const budgets = {
  latency_budget: 2,
  latency_statistic: "p95",
  cost_per_10k_txn_budget: 8,
  error_rate_budget: 0.02,
  accuracy_budget: 0.75,
  cosine_similarity_budget: null,
  accuracy_error_rate_budget: null,
} as const;

const names = [
  "sim-small",
  "sim-medium",
  "sim-large",
  "meta-llama-3-1-70b-instruct-ml-p5-48xlarge-tp8",
  "sim-tokens",
  "sim-xl",
];
const files = [
  "payload_en_0-500.jsonl",
  "payload_en_500-1000.jsonl",
  "payload_en_1000-2000.jsonl",
  "payload_en_2000-3000.jsonl",
  "payload_en_3000-4000.jsonl",
  "payload_de_0-4000.jsonl",
];
const loads = [1, 2, 4, 8, 16, 64];

export function estimate(value: number | null, n: number, relative = 0.06, flagged = false): Estimate {
  if (value === null) return { value, low: null, high: null, n, flagged };
  return { value, low: value * (1 - relative), high: value * (1 + relative), n, flagged };
}

export function percentiles(p50: number, n: number, tail = 1): Percentiles {
  return {
    p50: estimate(p50, n, 0.03),
    p90: estimate(p50 * (1 + 0.25 * tail), n),
    p95: estimate(n < 20 ? null : p50 * (1 + 0.4 * tail), n, 0.06, n < 100),
    p99: estimate(n < 100 ? null : p50 * (1 + 0.9 * tail), n, 0.12, n < 500),
  };
}

function within(passes: boolean | null): Criteria["cost"] {
  return passes === null ? "unknown" : passes ? "pass" : "fail";
}

/** Cells of the first so many experiments, levels and files; deterministic. */
export function sampleCells(experiments: number, levels: number, payloads: number, n = 120): CellSummary[] {
  const chosen = levels === 3 ? [1, 4, 16] : loads.slice(0, levels);
  return names.slice(0, experiments).flatMap((experiment_name, e) =>
    files.slice(0, payloads).flatMap((payload_file, f) =>
      chosen.map((concurrency): CellSummary => {
        const speed = 1 + e * 0.7;
        const ttft = (40 + 45 * f) / speed * (1 + concurrency / (6 * speed));
        const tpot = 9 / speed * (1 + concurrency / (10 * speed));
        const e2e = ttft + 60 * tpot;
        const perMinute = 60_000 / e2e * concurrency;
        const cost = e === 4 ? 0.00021 * (1 + f * 0.4) : 0.9 * speed ** 1.5 / (perMinute * 60);
        const errors = concurrency >= 16 && e === 0 ? 7 : 0;
        const accuracy = estimate(0.7 + e * 0.05, n, 0.07);
        const latencies = percentiles(e2e, n - errors);
        return {
          ...plainCell,
          experiment_name,
          model_id: `model-${e}`,
          instance_type: e === 4 ? "per token" : `sim.${e + 1}xlarge`,
          payload_file,
          concurrency,
          simulated: true,
          requests: n,
          ok: n - errors,
          errors,
          error_rate: estimate(errors / n, n, 0.4),
          prompt_tokens_mean: 300 + f * 500,
          completion_tokens_mean: 60,
          repeated_share: 0,
          e2e_ms: latencies,
          response_ms: latencies,
          response_mean_ms: latencies.p50,
          latency_ms: latencies.p95,
          ttft_ms: percentiles(ttft, n - errors),
          tpot_ms: percentiles(tpot, n - errors, 0.4),
          itl_ms: percentiles(tpot, (n - errors) * 59, 2),
          output_tokens_per_s: percentiles(1000 / tpot, n - errors, 0.3),
          window_s: n / perMinute * 60,
          transactions_per_minute: perMinute,
          completion_tokens_per_s: perMinute,
          cost_basis: e === 4 ? "token" : "instance",
          cost_per_transaction: cost,
          cost_per_10k_transactions: cost * 10_000,
          goodput: { per_minute: perMinute, share: estimate(1 - errors / n, n) },
          accuracy,
          criteria: {
            latency: within(
              latencies.p95.value === null ? null : latencies.p95.value <= budgets.latency_budget * 1000,
            ),
            cost: within(cost * 10_000 <= budgets.cost_per_10k_txn_budget),
            error_rate: within(errors / n <= budgets.error_rate_budget),
            accuracy: within(accuracy.value! >= budgets.accuracy_budget),
            similarity: "pass",
            unjudged: "pass",
          },
        };
      })
    )
  );
}

/** Cells that keep every budget. */
export function keepsAll(cell: CellSummary): boolean {
  return Object.values(cell.criteria).every((criterion) => criterion === "pass");
}

/** The cheapest qualifying cell of each payload file. */
export function bestOf(cells: readonly CellSummary[]): CellSummary[] {
  return [...new Set(cells.map((cell) => cell.payload_file))].flatMap((file) =>
    cells.filter((cell) => cell.payload_file === file && keepsAll(cell))
      .sort((a, b) => a.cost_per_10k_transactions! - b.cost_per_10k_transactions!)
      .slice(0, 1)
  );
}

/** Requests whose latency grows with prompt and load. */
export function sampleRequests(experiments: number, levels: number, n: number): RequestPoint[] {
  const random = seededRandom(7, "requests");
  return names.slice(0, experiments).flatMap((experiment_name, e) =>
    loads.slice(0, levels).flatMap((concurrency) =>
      Array.from({ length: n }, () => {
        const prompt_tokens = 50 + random.below(3900);
        const e2e_ms = (300 + prompt_tokens * 0.2) / (1 + e * 0.7) * (1 + concurrency / 10) *
          Math.exp(0.15 * random.normal());
        return { experiment_name, concurrency, prompt_tokens, e2e_ms };
      })
    )
  );
}

/** The spread of the cells' TTFT and response time: lognormal, with a longer tail at high load. */
export function sampleDistributions(cells: readonly CellSummary[]): Distribution[] {
  return cells.flatMap((cell) => {
    const { experiment_name, payload_file, concurrency, request_rate_rps, ttft_ms, response_ms, ok } = cell;
    const of = { experiment_name, payload_file, concurrency, request_rate_rps, n: ok };
    return ([["ttft_ms", ttft_ms], ["response_ms", response_ms]] as const).flatMap(
      ([figure, percentiles]) => {
        const middle = percentiles?.p50.value ?? null;
        if (middle === null) return [];
        const quantiles = Array.from({ length: 201 }, (_, i) => {
          const logit = Math.log((i + 0.4) / (200.4 - i));
          return middle * Math.exp(0.14 * logit * (1 + (concurrency ?? 1) / 40));
        });
        return [{ ...of, figure, quantiles }];
      },
    );
  });
}

/** How the failures of the cells came about. */
export function sampleFailures(cells: readonly CellSummary[]): FailureCount[] {
  return cells.flatMap(({ experiment_name, payload_file, concurrency, request_rate_rps, errors }) => {
    const of = { experiment_name, payload_file, concurrency, request_rate_rps };
    const timeouts = Math.ceil(errors / 3);
    return [{ ...of, error_kind: "throttled", count: errors - timeouts }, {
      ...of,
      error_kind: "timeout",
      count: timeouts,
    }].filter(({ count }) => count > 0);
  });
}

/** A run of the cells one after the other, taken up again once in the middle. */
export function sampleTimeline(cells: readonly CellSummary[]): RunTimeline {
  const random = seededRandom(3, "timeline");
  let now = 0;
  const levels = cells.map(({ experiment_name, payload_file, concurrency, request_rate_rps, window_s }) => {
    const from_s = now;
    now += window_s!;
    return { experiment_name, payload_file, concurrency, request_rate_rps, from_s, to_s: now };
  });
  const length = now / 150;
  const slices = Array.from({ length: 150 }, (_, i) => {
    const from_s = i * length;
    const at = levels.findIndex(({ to_s }) => from_s + length / 2 < to_s);
    const cell = cells[at]!;
    const noise = Math.exp(0.1 * random.normal());
    return {
      from_s,
      to_s: from_s + length,
      in_flight: cell.concurrency! * Math.min(1, noise),
      ok_per_s: cell.transactions_per_minute! / 60 / noise,
      errors: cell.errors > 0 && i % 3 === 0 ? 2 : 0,
      p50_ms: i === 40 ? null : cell.response_ms.p50.value! * noise,
      p95_ms: i === 40 ? null : cell.response_ms.p50.value! * 1.4 * noise,
    };
  });
  return {
    duration_s: now,
    slices,
    levels,
    breaks_s: cells.length > 1 ? [levels[cells.length >> 1]!.from_s] : [],
    segments: [{ segment: "s1", shift_s: 0 }],
  };
}

/** A machine of four cores whose endpoint has a GPU, read every 5 s; its memory is not known in the middle. */
export function sampleUse({ duration_s }: RunTimeline): RunUse {
  const random = seededRandom(5, "machine use");
  const count = 120;
  const track = (figure: string, value: (part: number) => number): UseTrack => ({
    figure,
    points: Array.from({ length: count }, (_, i) => ({
      at_s: i / (count - 1) * duration_s,
      value: figure === "machine.memory_used" && i >= 50 && i < 60
        ? null
        : value(i / count) * Math.exp(0.05 * random.normal()),
    })),
  });
  return {
    levels: [],
    tracks: [
      track("machine.cpu_time", (part) => 1 + 2 * part),
      track("process.cpu_time", (part) => 0.5 + 2 * part),
      track("client.cpu_time", () => 0.3),
      track("machine.memory_used", () => 20 * 2 ** 30),
      track("process.memory_used", () => 12 * 2 ** 30),
      track("gpu.use", (part) => 40 + 50 * part),
      track("gpu.memory_used", () => 71_000),
      track("server.kv_cache_use", (part) => 0.9 * part),
      track("server.running", (part) => 30 * part),
      track("server.waiting", (part) => Math.max(0, 50 * part - 20)),
    ],
    ...{ notices: [], interval_s: 5, cores: 4, memory_bytes: 32 * 2 ** 30 },
  };
}

export function sampleAccuracy(experiments: number, payloads: number): AccuracyRow[] {
  return names.slice(0, experiments).flatMap((experiment_name, e) =>
    files.slice(0, payloads).map((payload_file, f) => ({
      experiment_name,
      payload_file,
      accuracy: estimate(0.62 + e * 0.06 - f * 0.03, 360, 0.06),
    }))
  );
}

/** Answers that get worse as prompts grow, in five ranges of length. */
export function sampleLengths(experiments: number): LengthRow[] {
  return names.slice(0, experiments).flatMap((experiment_name, e) =>
    [[40, 180, 400], [400, 700, 1000], [1000, 1400, 1900], [1900, 2300, 2800], [2800, 3200, 3900]].map((
      [from_tokens, prompt_tokens, to_tokens],
      i,
    ) => ({
      experiment_name,
      from_tokens: from_tokens!,
      prompt_tokens: prompt_tokens!,
      to_tokens: to_tokens!,
      accuracy: estimate(0.92 - i * 0.03 * (e + 1), 72, 0.07),
    }))
  );
}

const judgeNames = [
  "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
  "us.meta.llama3-3-70b-instruct-v1:0",
  "cohere.command-r-plus-v1:0",
  "judge-4",
  "judge-5",
  "judge-6",
];

/** A panel of so many judges, two at least. */
export function samplePanel(size: number): Pick<PanelSummary, "judges" | "pairs" | "kappa"> {
  const names = judgeNames.slice(0, Math.max(2, size));
  return {
    kappa: 0.71,
    judges: names.map((judge) => ({
      judge,
      model_id: judge,
      ...{ correct: 300, incorrect: 90, unparsable: 4, failed: 0, calls: 400 },
      ...{ prompt_tokens: 80_000, completion_tokens: 9_000, cost: 0.4, own_family: [] },
    })),
    pairs: names.flatMap((judge, i) =>
      names.filter((other) => other !== judge).map((other) => {
        const distance = Math.abs(i - names.indexOf(other));
        return { judge, other, n: 390, agreement: 0.97 - distance * 0.06, kappa: 0.92 - distance * 0.14 };
      })
    ),
  };
}
