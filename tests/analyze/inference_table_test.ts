import assert from "node:assert/strict";
import { attemptsOf, cellsOf } from "../../lib/analyze/attempts.ts";
import { inferenceTable } from "../../lib/analyze/inference_table.ts";
import { requestsFrame, summarize } from "../../lib/analyze/mod.ts";
import { budgets, endpoint, failure, prices, record } from "./generated_run.ts";

Deno.test("a row is a measured request by its final attempt, times in seconds", () => {
  const requests = requestsFrame([
    record({ phase: "warmup" }),
    failure({ request_id: "a", attempt: 1 }),
    record({ request_id: "a", attempt: 2, sent_ms: 2000, last_token_ms: 2990 }),
    failure({ request_id: "b" }),
  ]);
  const cells = summarize(requests, { endpoints: [endpoint], prices, budgets });
  const rows = inferenceTable(requests, cellsOf(attemptsOf(requests)), cells).toRecords();
  assert.deepEqual(rows.map((row) => [row.uuid, row.attempt, row.latency, row.instance_count]), [
    ["a", 2, 1, 2],
    ["b", 1, null, 2],
  ]);
  const { time_to_first_token, time_per_output_token, time_to_last_token, EndpointName } = rows[0]!;
  assert.deepEqual([time_to_first_token, time_per_output_token, time_to_last_token, EndpointName], [
    0.1,
    0.1,
    0.99,
    "ep",
  ]);
});
