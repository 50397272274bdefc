/** Made-up figures of a latency study: no number here was measured. */

import type {
  Estimate,
  PairedDifference,
  StudyFigure,
  StudyFigures,
  StudyGap,
  StudyHour,
  StudyQuantiles,
  StudySlice,
  StudySpread,
  StudyVariant,
} from "../../lib/core/mod.ts";

const hour = 3_600_000;
/** A Monday. */
const begin = Date.UTC(2026, 10, 16, 6, 20);
const iso = (at_ms: number) => new Date(at_ms).toISOString();

export const known = (value: number, spread = 0.04, n = 1000): Estimate => ({
  ...{ value, low: value * (1 - spread), high: value * (1 + spread), n, flagged: false },
});

export const unknown: Estimate = { value: null, low: null, high: null, n: 0, flagged: false };

const models = [
  "us.anthropic.claude-3-5-haiku-20241022-v1:0",
  "us.meta.llama3-1-70b-instruct-v1:0",
  "us.amazon.nova-premier-experimental-long-context-20260101-v1:0",
  "us.meta.llama3-1-405b-instruct-v1:0",
  "us.amazon.nova-pro-v1:0",
  "mistral.mistral-large-2407-v1:0",
];

/** Names of so many variants: two profiles a model. */
export const variantNames = (count: number) =>
  Array.from(
    { length: count },
    (_, i) => `${models[Math.floor(i / 2)]!} us-east-2 ${i % 2 === 0 ? "standard" : "optimized"}`,
  );

/** About the quantile of the standard normal distribution (Tukey's lambda). */
const normal = (p: number) => 4.91 * (p ** 0.14 - (1 - p) ** 0.14);

function quantilesOf(median: number, sigma: number, n: number): StudyQuantiles {
  const at = (p: number, spread: number) => known(median * Math.exp(sigma * normal(p)), spread, n);
  return { p10: at(0.1, 0.03), p50: at(0.5, 0.03), p90: at(0.9, 0.05), p99: at(0.99, 0.12) };
}

/** The median of each figure of a variant, and how widely it is spread. */
function shapeOf(i: number): Record<StudyFigure, readonly [median: number, sigma: number]> {
  const slow = 1 + Math.floor(i / 2) * 0.8;
  const ttft = 320 * slow * (i % 2 === 0 ? 1 : 0.8);
  return {
    ttft_ms: [ttft, 0.35 + 0.04 * i],
    output_tokens_per_s: [90 / slow, 0.18],
    e2e_ms: [ttft + 2200 * slow, 0.25],
  };
}

/** A variant of whom everything is well, unless told otherwise. */
export function sampleVariant(i: number, count: number, changes: Partial<StudyVariant> = {}): StudyVariant {
  const shape = shapeOf(i);
  return {
    experiment_name: variantNames(count)[i]!,
    model_id: models[Math.floor(i / 2)]!,
    region: "us-east-2",
    profile: i % 2 === 0 ? "standard" : "optimized",
    service_tier: null,
    ...{
      calls: 1000,
      ok: 1000,
      served_as_asked: 1000,
      served_otherwise: 0,
      served_unknown: 0,
      cut: 0,
      cold: 4,
    },
    error_rate: { value: 0, low: 0, high: 0.004, n: 1000, flagged: false },
    throttle_rate: { value: 0, low: 0, high: 0.004, n: 1000, flagged: false },
    prompts: 40,
    ttft_ms: quantilesOf(...shape.ttft_ms, 996),
    output_tokens_per_s: quantilesOf(...shape.output_tokens_per_s, 996),
    e2e_ms: quantilesOf(...shape.e2e_ms, 996),
    cold_ttft_ms: { ...known(shape.ttft_ms[0] * 1.6, 0.3, 4), flagged: true },
    server_ms: quantilesOf(shape.e2e_ms[0] * 0.97, 0.25, 996),
    network_ms: quantilesOf(shape.e2e_ms[0] * 0.03, 0.5, 996),
    completion_tokens_mean: 212,
    cached_prompt_tokens_mean: 0,
    ...changes,
  };
}

function spreadsOf(i: number, count: number): StudySpread[] {
  return Object.entries(shapeOf(i)).map(([name, [median, sigma]]) => {
    const figure = name as StudyFigure;
    const at = (p: number) => median * Math.exp(sigma * normal(Math.min(0.9995, Math.max(0.0005, p))));
    const slow = (k: number) => at(figure === "output_tokens_per_s" ? (k + 0.5) / 996 : 1 - (k + 0.5) / 996);
    return {
      experiment_name: variantNames(count)[i]!,
      figure,
      n: 996,
      quantiles: Array.from({ length: 201 }, (_, k) => at(k / 200)),
      slowest: Array.from({ length: 50 }, (_, k) => slow(k)),
    };
  });
}

/** Two variants compared; `change` of the candidate relative to the baseline with its half width. */
export function samplePair(
  baseline: string,
  candidate: string,
  figure: StudyFigure,
  change: number,
  half: number,
  changes: Partial<PairedDifference> = {},
): PairedDifference {
  const lower = figure !== "output_tokens_per_s";
  const shown = Math.abs(change) > half;
  const better = change < 0 === lower;
  const base = { ttft_ms: 320, output_tokens_per_s: 90, e2e_ms: 2520 }[figure];
  return {
    ...{ baseline, candidate, figure, pairs: 988, prompts: 40, clustered_by: "prompt" },
    change: {
      ...{ scale: "ratio", value: change, low: change - half, high: change + half },
      p_value: shown ? 0.0004 : 0.4,
    },
    difference: {
      ...{ value: base * change, low: base * (change - half), high: base * (change + half) },
      ...{ n: 988, flagged: false },
    },
    wins: known(shown ? (better ? 0.71 : 0.29) : 0.5, 0.05, 988),
    probability: shown ? (better ? 0.9998 : 0.0002) : better ? 0.8 : 0.2,
    verdict: shown ? (better ? "better" : "worse") : "no difference shown",
    pairs_needed: 0,
    ...changes,
  };
}

/** A pair without enough of anything. */
export function shortPair(baseline: string, candidate: string, figure: StudyFigure): PairedDifference {
  return {
    ...samplePair(baseline, candidate, figure, 0, 0),
    ...{ pairs: 3, prompts: 2, clustered_by: "prompt and time" },
    change: { scale: "ratio", value: -0.1, low: null, high: null, p_value: null },
    difference: { value: -30, low: null, high: null, n: 3, flagged: true },
    ...{ wins: { ...unknown, n: 3 }, probability: null, verdict: "not enough data", pairs_needed: null },
  };
}

function pairsOf(names: readonly string[]): PairedDifference[] {
  return names.flatMap((baseline, a) =>
    names.slice(a + 1).flatMap((candidate, k) => {
      const ratio = shapeOf(a + 1 + k).ttft_ms[0] / shapeOf(a).ttft_ms[0] - 1;
      const speed = shapeOf(a + 1 + k).output_tokens_per_s[0] / shapeOf(a).output_tokens_per_s[0] - 1;
      return [
        samplePair(baseline, candidate, "ttft_ms", ratio, 0.03),
        samplePair(baseline, candidate, "output_tokens_per_s", speed, 0.012),
        samplePair(baseline, candidate, "e2e_ms", speed === 0 ? -0.03 : -speed, 0.02),
      ];
    })
  );
}

/** Slower in the afternoon; nothing sent in some nights. */
function hoursOf(i: number, name: string): StudyHour[] {
  const [ttft] = shapeOf(i).ttft_ms;
  const [speed] = shapeOf(i).output_tokens_per_s;
  return Array.from({ length: 7 * 24 }, (_, k): StudyHour => {
    const [weekday, at] = [Math.floor(k / 24), k % 24];
    const busy = 1 + 0.5 * Math.exp(-(((at - 15) / 4) ** 2)) * (weekday < 5 ? 1 : 0.3);
    const failed = weekday === 2 && at === 3;
    return {
      ...{ experiment_name: name, weekday, hour: at, calls: 6, errors: failed ? 6 : 0 },
      ttft_p50_ms: failed ? null : ttft * busy,
      output_tokens_per_s_p50: failed ? null : speed / busy,
    };
  }).filter(({ weekday, hour: at }) => weekday !== 3 || at >= 7);
}

function slicesOf(i: number, name: string, days: number, gaps: readonly StudyGap[]): StudySlice[] {
  const [ttft] = shapeOf(i).ttft_ms;
  const [speed] = shapeOf(i).output_tokens_per_s;
  const long = days * 24 * hour / 48;
  return Array.from({ length: 48 }, (_, k): StudySlice => {
    const from = begin + k * long;
    const away = gaps.some(({ kind, from_at, until_at }) =>
      kind !== "clock_step" && Date.parse(from_at) <= from &&
      from + long <= Date.parse(until_at ?? iso(8.64e15))
    );
    const level = 1 + 0.12 * Math.sin(k / 3.8 + i);
    return {
      ...{ experiment_name: name, from_at: iso(from), until_at: iso(from + long) },
      ...{ calls: away ? 0 : 21, errors: 0 },
      ttft_p50_ms: away ? unknown : known(ttft * level, 0.07, 21),
      output_tokens_per_s_p50: away ? unknown : known(speed / level, 0.04, 21),
    };
  });
}

/** What interrupted a study of seven days. */
export const sampleGaps: readonly StudyGap[] = [
  gap("network", 20, 20.4, "no endpoint could be reached: connection refused"),
  gap("sleep", 60, 71, "the machine slept"),
  { ...gap("clock_step", 96, 96, "the clock went 90 s forward"), ms: 90_000 },
  gap("credentials", 121, 122.5, "the keys had ended"),
  gap("restart", 123, 125, "the run was interrupted and resumed"),
];

function gap(kind: StudyGap["kind"], from_h: number, until_h: number, detail: string): StudyGap {
  return {
    ...{ kind, detail, ms: (until_h - from_h) * hour },
    from_at: iso(begin + from_h * hour),
    until_at: iso(begin + until_h * hour),
  };
}

/** A study of so many variants over so many days, in which all went well but for the gaps. */
export function sampleStudy(
  count: number,
  { days = 7, gaps = sampleGaps, names = variantNames(count) }: {
    readonly days?: number;
    readonly gaps?: readonly StudyGap[];
    readonly names?: readonly string[];
  } = {},
): StudyFigures {
  const named = <T extends { readonly experiment_name: string }>(row: T, i: number): T => ({
    ...row,
    experiment_name: names[i]!,
  });
  return {
    variants: names.map((_, i) => named(sampleVariant(i, count), i)),
    pairs: pairsOf(names),
    hours: names.flatMap((name, i) => hoursOf(i, name)),
    slices: names.flatMap((name, i) => slicesOf(i, name, days, gaps)),
    spreads: names.flatMap((_, i) => spreadsOf(i, count).map((spread) => named(spread, i))),
    gaps,
    from_at: iso(begin),
    until_at: iso(begin + days * 24 * hour),
    notices: [],
  };
}

/** A study that has not made a call. */
export const emptyStudy: StudyFigures = {
  ...{ variants: [], pairs: [], hours: [], slices: [], spreads: [], gaps: [], notices: [] },
  ...{ from_at: null, until_at: null },
};
