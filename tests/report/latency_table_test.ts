import assert from "node:assert/strict";
import { latencyTable } from "../../lib/report/mod.ts";
import { cell, estimate, percentiles, tableCells } from "./rows.ts";

Deno.test("latencyTable() shows one line a cell with interval, marks and units in the heading", () => {
  const text = latencyTable([cell()]);
  assert.deepEqual(tableCells(text), [
    [
      ...["Experiment", "In flight", "n", "E2E p50 (ms)", "E2E p95 (ms)", "E2E p99 (ms)", "TTFT p50 (ms)"],
      ...["TTFT p95 (ms)", "TPOT p50 (ms)", "ITL p99 (ms)", "Errors", "Per minute"],
    ],
    ["alpha", "4", "200", "500", "800 (790–820)", "950†", "100", "150", "8", "20†", "0 %", "240"],
  ]);
  assert.match(text, /† Few samples/);
  assert.doesNotMatch(text, /– Hidden/);
});

Deno.test("latencyTable() hides what has too few samples and explains the dash", () => {
  const text = latencyTable([cell({ e2e_ms: { ...percentiles(500, 800, null), p95: estimate(null) } })]);
  assert.deepEqual(tableCells(text)[1]!.slice(3, 6), ["500", "–", "–"]);
  assert.match(text, /– Hidden/);
});

Deno.test("latencyTable() shows an open end of an interval as open", () => {
  const text = latencyTable([
    cell({ e2e_ms: { ...percentiles(500, 800, 950), p95: estimate(800, 790, null) } }),
  ]);
  assert.equal(tableCells(text)[1]![4], "800 (790–)");
});

Deno.test("latencyTable() gives latencies in seconds when one reaches ten of them", () => {
  const text = latencyTable([cell(), cell({ concurrency: 8, e2e_ms: percentiles(9000, 12_000, 14_000) })]);
  const [heading, first, second] = tableCells(text);
  assert.equal(heading![3], "E2E p50 (s)");
  assert.deepEqual([first![3], second![4]], ["0.5", "12 (12–12)"]);
  assert.equal(heading![6], "TTFT p50 (ms)");
});

const plain = { ttft_ms: null, tpot_ms: null, itl_ms: null };

Deno.test("latencyTable() says that answers were not streamed where they came in one piece", () => {
  const text = latencyTable([cell(), cell({ ...plain, experiment_name: "beta" })]);
  const timings = ["not streamed", "not streamed", "not streamed", "not streamed"];
  assert.deepEqual(tableCells(text).slice(1).map((row) => row.slice(6, 10)), [
    ["100", "150", "8", "20†"],
    timings,
  ]);
  assert.match(text, /Not streamed: the answers came in one piece/);
  const alone = latencyTable([cell(plain)]);
  assert.deepEqual(tableCells(alone)[1]!.slice(6, 10), timings);
  assert.doesNotMatch(latencyTable([cell()]), /streamed/);
});

Deno.test("latencyTable() does not say so where nothing was answered: nobody knows", () => {
  const failed = cell({ ...plain, ok: 0, errors: 200 });
  assert.deepEqual(tableCells(latencyTable([failed]))[1]!.slice(6, 10), ["–", "–", "–", "–"]);
  assert.doesNotMatch(latencyTable([failed]), /streamed/);
});

Deno.test("latencyTable() makes a table a payload file", () => {
  const text = latencyTable([cell(), cell({ payload_file: "b_|.jsonl" })]);
  assert.equal(tableCells(text).length, 4);
  assert.match(text, /^\*\*b\\_\\\|\*\*$/m);
  assert.equal(latencyTable([]), "No request was measured.");
});

Deno.test("a load of the open loop is a rate, and the heading does not call it requests in flight", () => {
  const text = latencyTable([cell({ concurrency: null, request_rate_rps: 2.5 })]);
  assert.match(text, /\| +Load \|/);
  assert.match(text, /\| +2\.5\/s \|/);
  assert.match(text, /arrivals per second/);
});

Deno.test("latencyTable() shows the response time where waits or retries set it apart", () => {
  const waited = cell({ concurrency: null, request_rate_rps: 10, response_ms: percentiles(600, 2100, 2400) });
  const [heading, row] = tableCells(latencyTable([waited]));
  const place = heading!.indexOf("Response p95 (ms)");
  assert.ok(place > 0, heading!.join());
  assert.match(row![place]!, /^2,?100/);
  assert.ok(!tableCells(latencyTable([cell()]))[0]!.join().includes("Response"));
});

Deno.test("latencyTable() gives the share of repeated prompts where a prompt was sent again, and says what it means", () => {
  const text = latencyTable([
    cell({ repeated_share: 0.625 }),
    cell({ concurrency: 1, repeated_share: null }),
  ]);
  const [heading, first, second] = tableCells(text);
  const place = heading!.indexOf("Repeated (may hit a prompt cache)");
  assert.ok(place > 0, heading!.join());
  assert.deepEqual([first![place], second![place]], ["62.5 %", "–"]);
  assert.match(text, /sent before at the same load; they may hit a prompt cache/);
  assert.doesNotMatch(latencyTable([cell({ repeated_share: 0 })]), /prompt cache|Repeated/);
});
