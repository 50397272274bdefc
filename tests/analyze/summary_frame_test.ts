import assert from "node:assert/strict";
import {
  polarsSchema,
  requestsFrame,
  summarize,
  summaryColumns,
  summaryFrame,
} from "../../lib/analyze/mod.ts";
import { budgets, chain, endpoint, failure, prices } from "./generated_run.ts";

const summary = () =>
  summarize(
    requestsFrame([
      // 100, 1100, 200, 1200, ...: neighbours don't resemble each other.
      ...chain(
        Array.from({ length: 10 }, (_, i) => [(i + 1) * 100, (i + 11) * 100]).flat(),
        () => ({ itl_us: null }),
      ),
      failure({ concurrency: 4 }),
    ]),
    { endpoints: [endpoint], prices, budgets },
  );

Deno.test("a row of the summary holds the figures of its cell under flat names", () => {
  const [row] = summaryFrame(summary()).toRecords();
  const { e2e_ms_n, e2e_ms_p50, e2e_ms_p50_low, e2e_ms_p50_high, e2e_ms_p95_high, e2e_ms_p99 } = row!;
  assert.deepEqual([e2e_ms_n, e2e_ms_p50, e2e_ms_p50_low, e2e_ms_p50_high], [20, 1050, 600, 1500]);
  assert.deepEqual([e2e_ms_p95_high, e2e_ms_p99], [null, null]);
  // Without objectives every success is good: 19 end in the window of 19 s.
  assert.deepEqual([row!.goodput_per_minute, row!.good_share, row!.response_mean_ms], [60, 1, 1050]);
  assert.equal(Number(row!.latency_ms).toFixed(6), "1905.000000");
  assert.deepEqual([row!.itl_ms_n, row!.itl_ms_p50], [0, null]);
  assert.deepEqual([row!.error_rate, row!.error_rate_low, row!.requests], [0, 0, 20]);
  assert.deepEqual([row!.simulated, row!.latency_criterion, row!.accuracy, row!.accuracy_n], [
    true,
    "pass",
    null,
    null,
  ]);
});

Deno.test("the frame has the documented columns and types, also of a cell without figures and without cells", () => {
  for (const cells of [summary(), summary().slice(1), []]) {
    const frame = summaryFrame(cells);
    assert.equal(frame.height, cells.length);
    assert.deepEqual(
      Object.entries(frame.schema).map(([name, type]) => [name, String(type)]),
      Object.entries(polarsSchema(summaryColumns)).map(([name, type]) => [name, String(type)]),
    );
  }
});

Deno.test("every figure of a cell has its column", () => {
  const { criteria, goodput: _, steadiness, ...figures } = summary()[0]!;
  const names = Object.keys(summaryColumns);
  for (const name of Object.keys(figures)) assert.ok(names.some((column) => column.startsWith(name)), name);
  for (const name of ["goodput_per_minute", "good_share", ...Object.keys(steadiness)]) {
    assert.ok(names.includes(name), name);
  }
  for (const name of Object.keys(criteria)) assert.ok(names.includes(`${name}_criterion`), name);
});
