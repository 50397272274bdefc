import assert from "node:assert/strict";
import { latencyTable, tokenTimingTable } from "../../lib/report/mod.ts";
import { cell, estimate, percentiles, tableCells } from "./rows.ts";

Deno.test("latencyTable() shows one line a cell with interval, marks and units in the heading", () => {
  const text = latencyTable([cell()]);
  assert.deepEqual(tableCells(text), [
    ["Experiment", "In flight", "n", "E2E p50 (ms)", "p95", "p99", "Errors", "Per minute"],
    ["alpha", "4", "200", "500", "800 (790–820)", "950†", "0 %", "240"],
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
  assert.equal(tableCells(tokenTimingTable([cell()]))[0]![2], "TTFT p50 (ms)");
});

Deno.test("tokenTimingTable() shows when the tokens came", () => {
  assert.deepEqual(tableCells(tokenTimingTable([cell()])), [
    [
      ...["Experiment", "In flight", "TTFT p50 (ms)", "p95", "p99", "TPOT p50 (ms)", "p95", "ITL p99 (ms)"],
      "Tokens/s p50",
    ],
    ["alpha", "4", "100", "150", "180†", "8", "9", "20†", "100"],
  ]);
});

const plain = { ttft_ms: null, tpot_ms: null, itl_ms: null };

Deno.test("tokenTimingTable() says that answers were not streamed where they came in one piece", () => {
  const text = tokenTimingTable([cell(), cell({ ...plain, experiment_name: "beta" })]);
  assert.deepEqual(tableCells(text)[2], ["beta", "4", "not streamed", "–", "–", "–", "–", "–", "–"]);
  assert.match(text, /Not streamed: the answers came in one piece/);
  assert.match(tokenTimingTable([cell(plain)]), /^No answer was streamed/);
  assert.doesNotMatch(tokenTimingTable([cell()]), /streamed/);
});

Deno.test("tokenTimingTable() does not say so where nothing was answered: nobody knows", () => {
  const failed = cell({ ...plain, output_tokens_per_s: null, ok: 0, errors: 200 });
  assert.deepEqual(tableCells(tokenTimingTable([failed]))[1]!.slice(2), ["–", "–", "–", "–", "–", "–", "–"]);
  assert.doesNotMatch(tokenTimingTable([failed]), /streamed/);
  assert.equal(tokenTimingTable([]), "No request was measured.");
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

Deno.test("latencyTable() has a column for what the budget judges where that is no p95", () => {
  const judged = cell({ latency_ms: estimate(520, 500, 540) });
  const [heading, row] = tableCells(latencyTable([judged], "mean"));
  assert.deepEqual([heading![6], row![6]], ["Response mean (ms)", "520 (500–540)"]);
  assert.match(latencyTable([judged], "mean"), /^Response mean: what the latency budget is held to\./m);
});

Deno.test("latencyTable() keeps the payload files in the order given: that of interest first", () => {
  const text = latencyTable([cell({ payload_file: "b.jsonl" }), cell({ payload_file: "a.jsonl" })]);
  assert.ok(text.indexOf("**b**") < text.indexOf("**a**"));
});

Deno.test("latencyTable() gives the share of repeated prompts where a prompt was sent again, and says what it means", () => {
  const text = latencyTable([
    cell({ repeated_share: 0.625 }),
    cell({ concurrency: 1, repeated_share: null }),
  ]);
  const [heading, first, second] = tableCells(text);
  const place = heading!.indexOf("Repeated");
  assert.ok(place > 0, heading!.join());
  assert.deepEqual([first![place], second![place]], ["62.5 %", "–"]);
  assert.match(text, /sent before at the same load; they may hit a prompt cache/);
  assert.doesNotMatch(latencyTable([cell({ repeated_share: 0 })]), /prompt cache|Repeated/);
});
