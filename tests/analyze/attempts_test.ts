import assert from "node:assert/strict";
import { attemptsOf, byCell, cellsOf, known } from "../../lib/analyze/attempts.ts";
import { requestsFrame } from "../../lib/analyze/mod.ts";
import { failure, record } from "./generated_run.ts";

Deno.test("attempts keep their position and lose their texts", () => {
  const [first, second] = attemptsOf(
    requestsFrame([record({ completion: "long" }), record({ request_id: "b" })]),
  );
  assert.deepEqual([first!.row, second!.row, second!.request_id, second!.e2e_ms], [0, 1, "b", 1000]);
  assert.equal("completion" in first!, false);
});

Deno.test("a cell has all attempts, the final ones of the measure phase, and the successes of these", () => {
  const [cell, ...others] = cellsOf(attemptsOf(requestsFrame([
    record({ request_id: "w", phase: "warmup" }),
    failure({ request_id: "a", attempt: 1 }),
    record({ request_id: "a", attempt: 2 }),
    failure({ request_id: "b" }),
    record({ request_id: "d", phase: "drain" }),
  ])));
  const ids = (rows: readonly { request_id: string | null; attempt: number | null }[]) =>
    rows.map(({ request_id, attempt }) => `${request_id}${attempt}`);
  assert.deepEqual(others, []);
  assert.deepEqual(ids(cell!.attempts), ["w1", "a1", "a2", "b1", "d1"]);
  assert.deepEqual(ids(cell!.finals), ["a2", "b1"]);
  assert.deepEqual(ids(cell!.successes), ["a2"]);
});

Deno.test("cells whose names differ only by leading zeros stay apart", () => {
  const cells = cellsOf(attemptsOf(requestsFrame([
    record({ experiment_name: "exp-1" }),
    record({ experiment_name: "exp-01" }),
  ])));
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
  const attempts = attemptsOf(
    requestsFrame([record({ ttft_ms: 0 }), record({ ttft_ms: null }), record({ ttft_ms: 5 })]),
  );
  assert.deepEqual(known(attempts, "ttft_ms"), [0, 5]);
});

Deno.test("an attempt that belongs to no level is refused", () => {
  const attempts = attemptsOf(requestsFrame([record({ request_id: "odd", concurrency: null })]));
  assert.throws(
    () => cellsOf(attempts),
    /request odd: expected an experiment name, a payload file, and a concurrency or a rate/,
  );
});

Deno.test("open-loop attempts are cells by their rate, in ascending order", () => {
  const open = (request_rate_rps: number) =>
    record({ concurrency: null, arrival: "poisson", request_rate_rps });
  const cells = cellsOf(attemptsOf(requestsFrame([open(2.5), record(), open(10), open(2.5)])));
  assert.deepEqual(
    cells.map((
      { concurrency, request_rate_rps, attempts },
    ) => [concurrency, request_rate_rps, attempts.length]),
    [[null, 2.5, 2], [null, 10, 1], [1, null, 1]],
  );
});
