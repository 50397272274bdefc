import assert from "node:assert/strict";
import { machineUse, type MachineUseInput } from "../../lib/analyze/machine_use.ts";
import type { RunTimeline } from "../../lib/analyze/timeline.ts";
import type { UseJournal, UseNotice, UseReading } from "../../lib/core/mod.ts";
import { cell } from "../report/rows.ts";

const of = (concurrency: number, experiment_name = "a") => ({
  ...{ experiment_name, payload_file: "p.jsonl", concurrency, request_rate_rps: null },
});

/** Level 1 of "a" from 0 to 10 s, "b" from 10.05 to 20 s, level 2 of "a" from 20.05 to 30 s. */
const timeline: RunTimeline = {
  duration_s: 30,
  slices: [],
  levels: [
    { ...of(1), from_s: 0, to_s: 10 },
    { ...of(1, "b"), from_s: 10.05, to_s: 20 },
    { ...of(2), from_s: 20.05, to_s: 30 },
  ],
  breaks_s: [],
  segments: [{ segment: "s1", shift_s: 0 }],
};
const cells = [cell(of(1)), cell(of(2)), cell(of(1, "b"))];

/** Readings of one metric at seconds of the timeline. */
function series(
  name: string,
  values: readonly (readonly [at_s: number, value: number, more?: Partial<UseReading>])[],
  whose: Partial<UseReading> = {},
): UseReading[] {
  const [source, metric] = name.split(".") as [UseReading["source"], string];
  return values.map(([at_s, value, more]) => ({
    ...{ at: "", mono_ms: at_s * 1000, source, experiment_name: null, copy: null, metric, unit: "", value },
    ...{ ...whose, ...more },
  }));
}

function journal(readings: readonly UseReading[], changes: Partial<UseJournal> = {}): UseJournal {
  return {
    header: {
      ...{ schema: "fmbench.utilisation/1", segment: "s1", origin_mono_ns: "0", origin_at: "" },
      ...{ interval_s: 5, cores: 4, memory_bytes: 100 },
    },
    ...{ readings, notices: [], to_requests_ms: 0 },
    ...changes,
  };
}

const endpoints: MachineUseInput["endpoints"] = ["a", "b"].map((experiment_name) => ({
  ...{ experiment_name, simulated: false, here: true },
}));

const use = (readings: readonly UseReading[], changes: Partial<MachineUseInput> = {}) =>
  machineUse({ timeline, journals: [journal(readings)], cells, endpoints, ...changes });

/** The figure of each level that has one: `a1`, `a2`, `b1`. */
function figures(name: string, readings: readonly UseReading[], changes: Partial<MachineUseInput> = {}) {
  return Object.fromEntries(
    use(readings, changes).levels.flatMap((level) =>
      name in level.figures ? [[`${level.experiment_name}${level.concurrency}`, level.figures[name]]] : []
    ),
  );
}

Deno.test("what counts up: growth over the level alone, from one edge to the other, the highest between two readings", () => {
  const cpu = series("machine.cpu_time", [
    [-0.02, 100],
    [5, 105],
    [10.02, 120],
    [15, 120],
    [20.02, 121],
    [25, 141],
    [30.01, 141],
  ]);
  const { a1, a2, b1 } = figures("machine.cpu_time", cpu) as Record<
    string,
    { mean: number; max: number; n: number }
  >;
  // 20 core-seconds in 10.04 s; 15 in the 5.02 s after the reading in the middle.
  assert.ok(Math.abs(a1!.mean - 20 / 10.04) < 1e-9);
  assert.ok(Math.abs(a1!.max - 15 / 5.02) < 1e-9);
  assert.equal(a1!.n, 2);
  assert.ok(Math.abs(b1!.mean - 1 / 10) < 1e-9);
  assert.ok(Math.abs(a2!.mean - 20 / 9.99) < 1e-9);
});

Deno.test("a reading far outside of a level stands for none of its ends, and two levels are never pooled", () => {
  // Between 4 and 16 s lies the end of one level and the begin of the next: that growth is of neither.
  const cpu = series("machine.cpu_time", [[2, 0], [4, 2], [16, 1000], [18, 1004]]);
  assert.deepEqual(figures("machine.cpu_time", cpu), {
    a1: { mean: 1, max: 1, n: 1 },
    b1: { mean: 2, max: 2, n: 1 },
  });
});

Deno.test("a counter that falls has begun anew: nothing is said of that time", () => {
  const cpu = series("process.cpu_time", [[2, 10], [4, 12], [6, 1], [8, 2]], { experiment_name: "a" });
  // 2 in 2 s, then 1 in 2 s.
  assert.deepEqual(figures("process.cpu_time", cpu), { a1: { mean: 0.75, max: 1, n: 2 } });
});

Deno.test("spans shorter than CPU time is counted are told together with a neighbour", () => {
  const cpu = series("machine.cpu_time", [[1, 0], [1.1, 1], [2, 1.5], [2.1, 2.6]]);
  // 0 to 1.5 in 1 s, and the last tenth with it: 2.6 in 1.1 s.
  const { a1 } = figures("machine.cpu_time", cpu) as Record<string, { mean: number; max: number; n: number }>;
  assert.ok(Math.abs(a1!.mean - 2.6 / 1.1) < 1e-9);
  assert.deepEqual([a1!.max, a1!.n], [a1!.mean, 1]);
});

Deno.test("what holds for a moment: by the time nearest to each reading, edges left out", () => {
  const waiting = series("server.waiting", [[-0.01, 99], [1, 4], [3, 8], [10.01, 99]], {
    experiment_name: "a",
  });
  // 4 for the 2 s up to the middle between both, 8 for the 8 s after it.
  assert.deepEqual(figures("server.waiting", waiting), { a1: { mean: 7.2, max: 8, n: 2 } });
});

Deno.test("memory changes slowly: a reading at an edge tells of the level too", () => {
  const memory = series("machine.memory_used", [[10.02, 70]]);
  assert.deepEqual(figures("machine.memory_used", memory), {
    a1: { mean: 70, max: 70, n: 1 },
    b1: { mean: 70, max: 70, n: 1 },
  });
});

Deno.test("a minute of CloudWatch counts where it lies wholly within a level; what is left out is said", () => {
  const minutes = series("cloudwatch.cpu", [[65, 40, { max: 90 }], [125, 50], [185, 60, { max: 61 }]], {
    ...{ experiment_name: "a", over_ms: 60_000 },
  });
  const long = {
    ...timeline,
    levels: [{ ...of(1), from_s: 3, to_s: 130 }, { ...of(2), from_s: 131, to_s: 300 }],
  };
  // Minutes from 5 to 65 and 65 to 125 s in the first; that from 125 to 185 s in neither.
  assert.deepEqual(figures("cloudwatch.cpu", minutes, { timeline: long }), {
    a1: { mean: 45, max: 90, n: 2 },
  });
  assert.deepEqual(use(minutes, { timeline: long }).notices, [
    "minutes of CloudWatch that lay only partly within a level, and are left out: 1",
  ]);
});

Deno.test("a server's histogram: what was added during the level", () => {
  const ttft = series("server.ttft", [
    [-0.01, 100, { sum: 50, buckets: [[0.1, 40], [0.5, 90], [null, 100]] }],
    [10.01, 140, { sum: 58, buckets: [[0.1, 78], [0.5, 130], [null, 140]] }],
    [20, 141, { sum: 99, buckets: [[0.1, 78], [0.5, 130], [null, 141]] }],
  ], { experiment_name: "a" });
  // 40 more took 8 s together; 38 of them, 95 %, at most 0.1 s.
  assert.deepEqual(figures("server.ttft", ttft), { a1: { mean: 0.2, max: null, n: 40, p95_at_most: 0.1 } });
});

Deno.test("hits of the prefix cache: found / looked for during the level", () => {
  const readings = [
    ...series("server.prefix_cache_queries", [[1, 1000], [9, 3000]], { experiment_name: "a" }),
    ...series("server.prefix_cache_hits", [[1, 900], [9, 1400]], { experiment_name: "a" }),
  ];
  assert.deepEqual(figures("server.prefix_cache_hit_rate", readings), {
    a1: { mean: 0.25, max: null, n: 1 },
  });
});

Deno.test("copies: requests are added up, caches averaged, the highest is one copy's", () => {
  const both = (name: string, values: readonly [number, number]) =>
    values.flatMap((value, copy) => series(name, [[5, value]], { experiment_name: "a", copy }));
  const readings = [...both("server.waiting", [3, 5]), ...both("server.kv_cache_use", [0.25, 0.75])];
  assert.deepEqual(figures("server.waiting", readings)["a1"], { mean: 8, max: 5, n: 2 });
  assert.deepEqual(figures("server.kv_cache_use", readings)["a1"], { mean: 0.5, max: 0.75, n: 2 });
});

Deno.test("GPUs are those of the experiment, or all where it runs here and nobody named them", () => {
  const gpus = [0, 1].flatMap((copy) => series("gpu.use", [[5, copy === 0 ? 20 : 60], [15, 80]], { copy }));
  const [a, b] = endpoints;
  const named = [{ ...a!, observed: { gpus: [1] } }, { ...b!, here: false }];
  assert.deepEqual(figures("gpu.use", gpus, { endpoints: named }), { a1: { mean: 60, max: 60, n: 1 } });
  assert.deepEqual(figures("gpu.use", gpus), {
    a1: { mean: 40, max: 60, n: 2 },
    b1: { mean: 80, max: 80, n: 2 },
  });
});

Deno.test("an experiment's own readings are not another one's; the client's are everybody's", () => {
  const readings = [
    ...series("process.memory_used", [[5, 1], [15, 2]], { experiment_name: "b" }),
    ...series("client.memory_used", [[5, 3], [15, 4]]),
  ];
  assert.deepEqual(figures("process.memory_used", readings), { b1: { mean: 2, max: 2, n: 1 } });
  assert.deepEqual(Object.keys(figures("client.memory_used", readings)), ["a1", "b1"]);
});

Deno.test("the clock of the readings is set to that of the requests, and a segment to its place in the timeline", () => {
  const memory = series("machine.memory_used", [[100, 5]]);
  const two = { ...timeline, segments: [{ segment: "s1", shift_s: -90 }] };
  // 100 s of its own clock, 3 s less on that of the requests, 90 s less on the timeline: 7 s.
  const journals = [journal(memory, { to_requests_ms: -3000 })];
  assert.deepEqual(figures("machine.memory_used", [], { timeline: two, journals }), {
    a1: { mean: 5, max: 5, n: 1 },
  });
  const unknown = [journal(memory, { to_requests_ms: null })];
  assert.deepEqual(machineUse({ timeline: two, journals: unknown, cells, endpoints }).levels, []);
});

Deno.test("lines over time: steps between readings, an endpoint's only while its own levels are loaded", () => {
  const readings = [
    ...series("machine.cpu_time", [[0, 0], [10, 10], [20, 40], [30, 40]]),
    ...series("process.memory_used", [[5, 1], [15, 2], [25, 3]], { experiment_name: "a" }),
  ];
  const { tracks } = use(readings);
  const points = (name: string) =>
    tracks.find(({ figure }) => figure === name)!.points.map(({ at_s, value }) => [at_s, value]);
  assert.deepEqual(points("machine.cpu_time"), [[0, 1], [10, 1], [10, 3], [20, 3], [20, 0], [30, 0]]);
  assert.deepEqual(points("process.memory_used").map(([, value]) => value), [1, null, null, 3, null]);
});

Deno.test("why something is missing: what sources said, and endpoints elsewhere without counters", () => {
  const notices: UseNotice[] = [
    { at: "", mono_ms: 0, source: "server", experiment_name: "a", notice: "the counters of a: refused" },
  ];
  const [a, b] = endpoints;
  const told = machineUse({
    ...{ timeline, cells, journals: [journal([], { notices })] },
    endpoints: [a!, { ...b!, here: false }],
  });
  assert.equal(told.interval_s, 5);
  assert.equal(told.notices.length, 2);
  assert.equal(told.notices[0], "the counters of a: refused");
  assert.match(told.notices[1]!, /^b: not on this machine, .*`metrics_url`/);
  const none = machineUse({ timeline: null, cells: [], journals: [], endpoints });
  assert.deepEqual([none.levels, none.tracks, none.notices, none.interval_s], [[], [], [], null]);
});
