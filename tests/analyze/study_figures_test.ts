import assert from "node:assert/strict";
import { requestsFrame, studyFigures, type StudyOptions } from "../../lib/analyze/mod.ts";
import type { RequestRecord, StudyExperiment, StudyFigures } from "../../lib/core/mod.ts";
import { record } from "./generated_run.ts";
import { call, monday, optimized, standard, throttled, variant } from "./generated_study.ts";

function figuresOf(
  records: readonly RequestRecord[],
  experiments: readonly StudyExperiment[] = [standard],
  more: Partial<StudyOptions> = {},
): StudyFigures {
  return studyFigures(requestsFrame(records), { experiments, gaps: [], precision: null, ...more });
}

const about = ({ notices }: StudyFigures, word: RegExp) => notices.filter((notice) => word.test(notice));

Deno.test("15 % of the optimized calls served as standard are found, counted, told and kept out", () => {
  // 100 blocks with 10 prompts: standard takes 200 ms, optimized 100 ms, but every 20/3rd was served as standard in 500 ms.
  const records = Array.from({ length: 100 }, (_, block) => {
    const of = { block, payload_id: `p${block % 10}` };
    const otherwise = block % 20 < 3 ? { served_latency_mode: "standard", ttft_ms: 500 } : {};
    return [
      call(standard, block * 60_000, { ...of, ttft_ms: 200 }),
      call(optimized, block * 60_000 + 2000, { ...of, ttft_ms: 100, ...otherwise }),
    ];
  }).flat();
  const figures = figuresOf(records, [standard, optimized]);
  const [plain, fast] = figures.variants;
  assert.deepEqual([plain!.served_as_asked, plain!.served_otherwise, plain!.served_unknown], [100, 0, 0]);
  assert.deepEqual([fast!.ok, fast!.served_as_asked, fast!.served_otherwise, fast!.served_unknown], [
    100,
    85,
    15,
    0,
  ]);
  assert.deepEqual([fast!.ttft_ms.p50.n, fast!.ttft_ms.p90.value, fast!.e2e_ms.p50.n], [85, 100, 85]);
  assert.equal(fast!.output_tokens_per_s.p50.n, 85);
  const spread = figures.spreads.find((one) =>
    one.experiment_name === "m r optimized" && one.figure === "ttft_ms"
  );
  assert.deepEqual([spread!.n, new Set(spread!.quantiles), spread!.slowest], [85, new Set([100]), []]);
  const [ttft] = figures.pairs;
  assert.deepEqual([ttft!.baseline, ttft!.candidate, ttft!.figure], [
    "m r standard",
    "m r optimized",
    "ttft_ms",
  ]);
  assert.deepEqual([ttft!.pairs, ttft!.prompts, ttft!.difference.value, ttft!.wins.value], [85, 10, -100, 1]);
  assert.ok(Math.abs(ttft!.change.value! + 0.5) < 1e-12);
  assert.deepEqual(about(figures, /as asked/), [
    "m r optimized: 15 of 100 successful calls (15 %) were not served as asked; they are in none of its figures and in no pair.",
  ]);
});

Deno.test("attempts are the one base of all rates; what an interruption cut short is left out and told", () => {
  const figures = figuresOf([
    throttled(standard, 0, { request_id: "again" }),
    call(standard, 1000, { request_id: "again", attempt: 2 }),
    throttled(standard, 2000, { error_kind: "timeout" }),
    call(standard, 3000),
    record({ experiment_name: "m r standard", status: "cancelled" }),
    call(standard, 4000, { phase: "warmup" }),
  ]);
  const [of] = figures.variants;
  assert.deepEqual([of!.calls, of!.ok], [4, 2]);
  assert.deepEqual([of!.error_rate.value, of!.error_rate.n], [0.5, 4]);
  assert.deepEqual([of!.throttle_rate.value, of!.throttle_rate.n], [0.25, 4]);
  assert.equal(about(figures, /^Calls that an interruption cut short.*: 1\.$/).length, 1);
});

Deno.test("calls that waited for a connection are in cold_ttft_ms and in no other latency", () => {
  const cold = { connection_reused: false, ttft_ms: 900, e2e_ms: 5000 };
  const figures = figuresOf([
    call(standard, 0, { ...cold, output_tokens_per_s: 40 }),
    call(standard, 1000, { connection_reused: false, connection_ahead: true, ttft_ms: 200 }),
    call(standard, 2000, { ttft_ms: 300 }),
    throttled(standard, 3000, { connection_reused: false }),
  ]);
  const [of] = figures.variants;
  assert.deepEqual([of!.cold, of!.cold_ttft_ms.n], [1, 1]);
  assert.deepEqual([of!.ttft_ms.p50.value, of!.ttft_ms.p50.n, of!.e2e_ms.p50.value], [250, 2, 1000]);
  assert.deepEqual([of!.output_tokens_per_s.p50.n, of!.output_tokens_per_s.p50.value], [3, 10]);
  const speed = figures.spreads.find(({ figure }) => figure === "output_tokens_per_s");
  assert.equal(speed!.quantiles.at(-1), 40);
});

Deno.test("the server's time, the way there and back, cut answers and cached tokens", () => {
  const figures = figuresOf([
    call(standard, 0, {
      e2e_ms: 1000,
      server_latency_ms: 900,
      stop_reason: "max_tokens",
      cached_prompt_tokens: 30,
    }),
    call(standard, 1000, {
      e2e_ms: 2000,
      server_latency_ms: 1800,
      stop_reason: "length",
      cached_prompt_tokens: 0,
    }),
    call(standard, 2000, { payload_id: "p1", completion_tokens: 40 }),
  ]);
  const [of] = figures.variants;
  assert.deepEqual([of!.server_ms.p50.value, of!.network_ms.p50.value, of!.network_ms.p50.n], [1350, 150, 2]);
  assert.deepEqual([of!.cut, of!.prompts, of!.cached_prompt_tokens_mean, of!.completion_tokens_mean], [
    2,
    2,
    15,
    20,
  ]);
  assert.match(
    about(figures, /the cap/)[0]!,
    /^m r standard: the cap on the output tokens cut 66.7 % of the answers \(2 of 3\)/,
  );
});

Deno.test("a request counts by its last success; blocks in which one failed are in no pair and told", () => {
  const records = Array.from({ length: 10 }, (_, block) => [
    call(standard, block * 1000, { block, ttft_ms: 200 }),
    ...block === 0 ? [throttled(optimized, 1, { block })] : [],
    ...block === 1
      ? [throttled(optimized, block * 1000 + 2, { block })]
      : [call(optimized, block * 1000 + 2, { block, ttft_ms: 300, connection_reused: block !== 2 })],
  ]).flat();
  const figures = figuresOf(records, [standard, optimized]);
  const pairs = Object.fromEntries(figures.pairs.map((one) => [one.figure, one.pairs]));
  assert.deepEqual(pairs, { ttft_ms: 8, output_tokens_per_s: 9, e2e_ms: 8 });
  assert.equal(figures.pairs[0]!.difference.value, 100);
  assert.deepEqual(about(figures, /^Blocks/), [
    "Blocks in which one of the two failed are in no pair: 1 of 10 of m r optimized against m r standard. The differences say nothing of them.",
  ]);
});

Deno.test("a failure after a success of the same block takes no pair away", () => {
  const figures = figuresOf(
    [call(standard, 0), call(optimized, 1, { ttft_ms: 300 }), throttled(optimized, 2)],
    [standard, optimized],
  );
  assert.deepEqual([figures.pairs[0]!.pairs, about(figures, /^Blocks/)], [1, []]);
});

Deno.test("the same block with another prompt is no pair", () => {
  const figures = figuresOf(
    [call(standard, 0, { payload_id: "a" }), call(optimized, 1, { payload_id: "b" })],
    [standard, optimized],
  );
  assert.deepEqual(figures.pairs, []);
  assert.equal(about(figures, /No two variants were called with the same prompts/).length, 1);
});

Deno.test("without prompts and blocks there are figures, no pairs, and a notice of both", () => {
  const unknown = { payload_id: null, block: null, scenario_id: null };
  const figures = figuresOf(
    [call(standard, 0, unknown), call(standard, 9, unknown), call(optimized, 1, unknown)],
    [standard, optimized],
  );
  assert.deepEqual([figures.variants[0]!.prompts, figures.variants[0]!.ttft_ms.p50.value], [0, 100]);
  assert.deepEqual(figures.pairs, []);
  assert.equal(about(figures, /Which call had which prompt is not known/).length, 1);
  assert.equal(about(figures, /Which calls belong together is not known/).length, 1);
});

Deno.test("an unknown served profile is told, and a tier that was not given counts as served otherwise", () => {
  const flex = variant(null, { service_tier: "flex", model_id: "n" });
  const figures = figuresOf([
    call(optimized, 0, { served_latency_mode: null }),
    call(flex, 1, { asked_service_tier: "flex", served_service_tier: "default" }),
    call(flex, 2, { asked_service_tier: "flex", served_service_tier: "flex" }),
    call(flex, 3, { asked_service_tier: "auto", served_service_tier: "default" }),
  ], [optimized, flex]);
  assert.deepEqual(figures.variants.map((one) => [one.served_otherwise, one.served_unknown]), [[0, 1], [
    1,
    2,
  ]]);
  assert.deepEqual(about(figures, /is not known/), [
    "m r optimized: under which profile 1 of 1 successful calls were served is not known.",
  ]);
});

Deno.test("hours are those of the week in UTC", () => {
  const hour = 3_600_000;
  const figures = figuresOf([
    call(standard, 2 * hour, { ttft_ms: 100 }),
    call(standard, 2 * hour + 1, { ttft_ms: 300 }),
    throttled(standard, 2 * hour + 2),
    call(standard, 7 * 24 * hour + 2 * hour, { ttft_ms: 500 }),
    throttled(standard, 6 * 24 * hour + 23 * hour),
  ]);
  const of = (weekday: number, at: number, calls: number, errors: number, ttft: number | null) => ({
    experiment_name: "m r standard",
    weekday,
    hour: at,
    calls,
    errors,
    ttft_p50_ms: ttft,
    output_tokens_per_s_p50: ttft === null ? null : 10,
  });
  assert.deepEqual(figures.hours, [of(0, 2, 4, 1, 300), of(6, 23, 1, 1, null)]);
  assert.deepEqual([figures.from_at, figures.until_at], [
    "2026-01-05T02:00:00.000Z",
    "2026-01-12T02:00:00.000Z",
  ]);
});

Deno.test("two weeks are cut into slices of 12 hours, an empty one included", () => {
  const day = 86_400_000;
  const times = Array.from({ length: 14 }, (_, i) => i * day + 13 * 3_600_000);
  const { slices } = figuresOf(times.map((at) => call(standard, at)));
  assert.equal(slices.length, 27);
  assert.deepEqual([slices[0]!.from_at, slices[0]!.until_at], [
    "2026-01-05T12:00:00.000Z",
    "2026-01-06T00:00:00.000Z",
  ]);
  assert.deepEqual(
    slices.map(({ calls }) => calls),
    Array.from({ length: 27 }, (_, i) => i % 2 === 0 ? 1 : 0),
  );
});

Deno.test("slices count failures, and their medians are of the calls that count", () => {
  const { slices } = figuresOf([
    ...[100, 110, 120, 130, 140, 150].map((ttft_ms, i) => call(standard, i * 10, { ttft_ms })),
    throttled(standard, 70),
    call(standard, 90, { connection_reused: false, ttft_ms: 900 }),
    call(standard, 24_000, { ttft_ms: 500 }),
  ]);
  assert.equal(slices.length, 25);
  assert.deepEqual([slices[0]!.calls, slices[0]!.errors, slices[0]!.ttft_p50_ms.value], [8, 1, 125]);
  assert.deepEqual([slices[24]!.calls, slices[24]!.ttft_p50_ms.n], [1, 1]);
});

Deno.test("a spread has 201 quantiles and what lies beyond the whisker at the slow end, slowest first", () => {
  // 1 ... 401: quartiles 101 and 301, so that a dot lies above 601, or below -199.
  const values = Array.from({ length: 401 }, (_, i) => i + 1);
  const { spreads } = figuresOf([
    ...values.map((value) => call(standard, value, { ttft_ms: value, output_tokens_per_s: 1000 + value })),
    ...[5000, 7000].map((ttft_ms) => call(standard, ttft_ms, { ttft_ms, output_tokens_per_s: null })),
    call(standard, 9000, { ttft_ms: null, output_tokens_per_s: 3 }),
  ]);
  const [ttft, speed] = spreads;
  assert.deepEqual([ttft!.n, ttft!.quantiles.length, ttft!.quantiles[0], ttft!.quantiles[200]], [
    403,
    201,
    1,
    7000,
  ]);
  assert.equal(ttft!.quantiles[100], 202);
  assert.deepEqual(ttft!.slowest, [7000, 5000]);
  assert.deepEqual(speed!.slowest, [3]);
});

Deno.test("between two segments lies a gap, unless it is known already", () => {
  const records = [
    call(standard, 0, { segment: "1" }),
    call(standard, 5000, { segment: "1", sent_ms: 5000, ended_ms: 8000 }),
    call(standard, 60_000, { segment: "2", sent_ms: 0, ended_ms: 1000 }),
  ];
  const given = {
    kind: "network" as const,
    from_at: new Date(monday + 1000).toISOString(),
    until_at: new Date(monday + 2000).toISOString(),
    ms: 1000,
    detail: "no endpoint could be reached",
  };
  const { gaps } = figuresOf(records, [standard], { gaps: [given] });
  assert.deepEqual(gaps, [given, {
    kind: "restart",
    from_at: "2026-01-05T00:00:08.000Z",
    until_at: "2026-01-05T00:01:00.000Z",
    ms: 52_000,
    detail: "the study was interrupted and resumed",
  }]);
  assert.deepEqual(figuresOf(records, [standard], { gaps }).gaps, gaps);
});

Deno.test("failures without network are told as such", () => {
  const gap = {
    kind: "network" as const,
    from_at: new Date(monday + 1000).toISOString(),
    until_at: new Date(monday + 2000).toISOString(),
    ms: 1000,
    detail: "",
  };
  const records = [
    call(standard, 0),
    throttled(standard, 1500, { error_kind: "network" }),
    throttled(standard, 3000),
  ];
  assert.match(
    about(figuresOf(records, [standard], { gaps: [gap] }), /network or keys/)[0]!,
    /^Failed calls .*: 1\. /,
  );
});

Deno.test("an attempt that was never sent counts where it stands in the journal", () => {
  const figures = figuresOf([
    call(standard, 3_600_000),
    throttled(standard, 0, { sent_at: null, sent_ms: null, error_kind: "network" }),
    call(standard, 7_200_000),
  ]);
  assert.deepEqual(figures.hours.map(({ hour, errors }) => [hour, errors]), [[1, 1], [2, 0]]);
});

Deno.test("a variant without calls is there; without any call a study says so", () => {
  const figures = figuresOf([call(standard, 0)], [standard, optimized]);
  assert.deepEqual([figures.variants[1]!.calls, figures.variants[1]!.error_rate.value], [0, null]);
  const none = figuresOf([], [standard], { notices: ["known before"] });
  assert.deepEqual(none.notices, ["known before", "No call was made."]);
  assert.deepEqual([none.from_at, none.slices, none.spreads, none.pairs], [null, [], [], []]);
});

Deno.test("a call of no variant is no call of the study", () => {
  assert.throws(() => figuresOf([call(optimized, 0)]), RangeError);
});

Deno.test("short studies and tokens that the server did not count are told", () => {
  const figures = figuresOf([
    call(standard, 0, { token_source: "estimate" }),
    call(standard, 7_200_000),
  ]);
  assert.equal(about(figures, /answers whose output tokens the server did not count: 1\./).length, 1);
  assert.equal(about(figures, /^The study lasted 2 h/).length, 1);
  assert.deepEqual(about(figuresOf([call(standard, 0), call(standard, 86_400_000)]), /lasted/), []);
});
