import assert from "node:assert/strict";
import type { AttemptRows } from "../../lib/analyze/attempt_rows.ts";
import { eachCell } from "../../lib/analyze/attempts.ts";
import { byCell } from "../../lib/analyze/cell_names.ts";
import { requestsFrame } from "../../lib/analyze/mod.ts";
import { failure, record } from "./generated_run.ts";

Deno.test("attempts keep their position and lose their texts", () => {
  const [cell] = eachCell(requestsFrame([record({ completion: "long" }), record({ request_id: "b" })]));
  const [first, second] = cell!.attempts;
  assert.deepEqual([first!.row, second!.row, second!.request_id, second!.e2e_ms], [0, 1, "b", 1000]);
  assert.equal("completion" in first!, false);
});

Deno.test("a cell has all attempts, the final ones of the measure phase, and the successes of these", () => {
  const [cell, ...others] = eachCell(requestsFrame([
    record({ request_id: "w", phase: "warmup" }),
    failure({ request_id: "a", attempt: 1 }),
    record({ request_id: "a", attempt: 2 }),
    failure({ request_id: "b" }),
    record({ request_id: "d", phase: "drain" }),
  ]));
  const ids = (rows: AttemptRows) => rows.map(({ request_id, attempt }) => `${request_id}${attempt}`);
  assert.deepEqual(others, []);
  assert.deepEqual(ids(cell!.attempts), ["w1", "a1", "a2", "b1", "d1"]);
  assert.deepEqual(ids(cell!.finals), ["a2", "b1"]);
  assert.deepEqual(ids(cell!.successes), ["a2"]);
});

Deno.test("cells whose names differ only by leading zeros stay apart", () => {
  const cells = [...eachCell(requestsFrame([
    record({ experiment_name: "exp-1" }),
    record({ experiment_name: "exp-01" }),
  ]))];
  assert.equal(cells.length, 2);
});

Deno.test("cells compare by experiment, then payload file, then concurrency", () => {
  const of = (experiment_name: string, payload_file: string, concurrency: number | null) => ({
    experiment_name,
    payload_file,
    concurrency,
  });
  assert.ok(byCell(of("a2", "z", 9), of("a10", "a", 1)) < 0);
  assert.ok(byCell(of("a", "p_500-1000", 9), of("a", "p_1000-2000", 1)) < 0);
  assert.ok(byCell(of("a", "p", 16), of("a", "p", 2)) > 0);
  assert.equal(byCell(of("a", "p", null), of("a", "p", null)), 0);
});

Deno.test("only values that are known are listed, zero among them", () => {
  const [cell] = eachCell(
    requestsFrame([record({ ttft_ms: 0 }), record({ ttft_ms: null }), record({ ttft_ms: 5 })]),
  );
  assert.deepEqual([...cell!.attempts.known("ttft_ms")], [0, 5]);
});

Deno.test("an attempt that belongs to no level is refused", () => {
  const requests = requestsFrame([record({ request_id: "odd", concurrency: null })]);
  assert.throws(
    () => [...eachCell(requests)],
    /request odd: expected an experiment name, a payload file, and a concurrency or a rate/,
  );
});

Deno.test("open-loop attempts are cells by their rate, in ascending order", () => {
  const open = (request_rate_rps: number) =>
    record({ concurrency: null, arrival: "poisson", request_rate_rps });
  const cells = [...eachCell(requestsFrame([open(2.5), record(), open(10), open(2.5)]))];
  assert.deepEqual(
    cells.map((
      { concurrency, request_rate_rps, attempts },
    ) => [concurrency, request_rate_rps, attempts.length]),
    [[null, 2.5, 2], [null, 10, 1], [1, null, 1]],
  );
});

Deno.test("attempts come in the order of sending, segment after segment, those never sent last", () => {
  const first = (sent_ms: number | null, request_id: string) =>
    record({ segment: "10", sent_at: "2026-01-01T00:00:00.000Z", sent_ms, request_id });
  const second = (sent_ms: number, request_id: string) =>
    record({ segment: "9", sent_at: "2026-01-02T00:00:00.000Z", sent_ms, request_id });
  const [cell] = eachCell(
    requestsFrame([second(50, "d"), first(70, "b"), first(null, "x"), second(10, "c"), first(20, "a")]),
  );
  assert.deepEqual(cell!.attempts.map(({ request_id }) => request_id), ["a", "b", "x", "c", "d"]);
  assert.deepEqual(cell!.attempts.map(({ row }) => row), [4, 1, 2, 3, 0]);
});

Deno.test("gaps are those of the successes, in the order of sending", () => {
  const [cell] = eachCell(requestsFrame([
    record({ sent_ms: 5, itl_us: [3000, 500] }),
    record({ sent_ms: 1, itl_us: [1000] }),
    record({ sent_ms: 2, itl_us: [] }),
    record({ sent_ms: 3, itl_us: null }),
    failure({ sent_ms: 4, itl_us: [9000] }),
    record({ sent_ms: 0, phase: "warmup", itl_us: [8000] }),
  ]));
  assert.deepEqual([...cell!.gaps.values()], [1, 3, 0.5]);
});
