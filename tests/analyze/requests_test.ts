import assert from "node:assert/strict";
import {
  attemptCounts,
  openRequests,
  pl,
  promptLengths,
  requestsFrame,
  sampleRequests,
} from "../../lib/analyze/mod.ts";
import { failure, inRun, journal, record } from "./generated_run.ts";

Deno.test("a frame of requests can be filtered, sorted by date and exploded", async () => {
  const records = [
    record({ itl_us: [1000, 3000], sent_at: "2026-01-01T00:00:01.500Z" }),
    record({ itl_us: null, phase: "warmup" }),
    record({ itl_us: [2000], sent_at: "2026-01-01T00:00:00.250Z" }),
  ];
  await inRun({ "1-1.jsonl": journal(records) }, async (run_dir) => {
    const measured = (await openRequests(run_dir)).filter(pl.col("phase").eq(pl.lit("measure")));
    assert.deepEqual(measured.select("itl_us").explode("itl_us").getColumn("itl_us").toArray(), [
      1000,
      3000,
      2000,
    ]);
    const dates = measured.select(pl.col("sent_at").str.strptime(pl.Datetime("ms"), "%+")).sort("sent_at");
    assert.deepEqual(dates.getColumn("sent_at").toArray(), [
      new Date("2026-01-01T00:00:00.250Z"),
      new Date("2026-01-01T00:00:01.500Z"),
    ]);
  });
});

Deno.test("attempts that a reader is told of are counted, whatever their phase; what is not known counts for nothing", () => {
  const counts = attemptCounts(requestsFrame([
    record({ prompt_use: 1, trusted: true }),
    record({ prompt_use: 2, trusted: false, phase: "warmup" }),
    failure({ prompt_use: 3, trusted: false }),
    record({ prompt_use: null, trusted: null }),
  ]));
  assert.deepEqual(counts, { attempts: 4, repeated: 2, untrusted: 2 });
  assert.deepEqual(attemptCounts(requestsFrame([])), { attempts: 0, repeated: 0, untrusted: 0 });
});

Deno.test("the sample holds measured successes whose prompt length is known, of the open loop by their rate", async () => {
  const { points, total } = await sampleRequests(requestsFrame([
    record({ concurrency: 4, prompt_tokens: 40, e2e_ms: 1000 }),
    record({ concurrency: null, request_rate_rps: 2.5, prompt_tokens: 50 }),
    record({ phase: "warmup" }),
    record({ prompt_tokens: null }),
    failure(),
  ]));
  assert.deepEqual(points, [
    { experiment_name: "exp", concurrency: 4, prompt_tokens: 40, e2e_ms: 1000 },
    { experiment_name: "exp", concurrency: 2.5, prompt_tokens: 50, e2e_ms: 1000 },
  ]);
  assert.equal(total, 2);
  assert.deepEqual(await sampleRequests(requestsFrame([failure()])), { points: [], total: 0 });
});

Deno.test("of many requests each experiment shows as many, the same ones every time", async () => {
  const requests = requestsFrame([
    ...Array.from({ length: 300 }, (_, i) => record({ experiment_name: "a", prompt_tokens: i })),
    ...Array.from({ length: 20 }, () => record({ experiment_name: "b" })),
  ]);
  const { points, total } = await sampleRequests(requests, 100);
  const of = (name: string) => points.filter(({ experiment_name }) => experiment_name === name);
  assert.deepEqual([of("a").length, of("b").length, total], [100, 20, 320]);
  const lengths = of("a").map(({ prompt_tokens }) => prompt_tokens);
  // All different, and from the whole range: 100 of 300 without one below 30 or above 269 have a chance of some 10^-18.
  assert.equal(new Set(lengths).size, 100);
  assert.ok(Math.min(...lengths) < 30 && Math.max(...lengths) > 269);
  assert.deepEqual((await sampleRequests(requests, 100)).points, points);
});

Deno.test("prompt lengths are those of the requests that are asked for, where they are known", async () => {
  const lengths = await promptLengths(
    requestsFrame([
      record({ request_id: "a", prompt_tokens: 7 }),
      record({ request_id: "b", prompt_tokens: 8 }),
      record({ request_id: "c", prompt_tokens: null }),
    ]),
    new Set(["a", "c", "x"]),
  );
  assert.deepEqual([...lengths], [["a", 7]]);
});
