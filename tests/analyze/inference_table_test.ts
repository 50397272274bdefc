import assert from "node:assert/strict";
import { inferenceTable } from "../../lib/analyze/inference_table.ts";
import { pl, requestsFrame } from "../../lib/analyze/mod.ts";
import { endpoint, failure, record } from "./generated_run.ts";

async function rowsOf(requests: ReturnType<typeof requestsFrame>) {
  return (await inferenceTable(requests, [endpoint])).flatMap((part) => part.collectSync().toRecords());
}

Deno.test("a row is a measured request by its final attempt, times in seconds", async () => {
  const requests = requestsFrame([
    record({ phase: "warmup" }),
    failure({ request_id: "a", attempt: 1 }),
    record({ request_id: "a", attempt: 2, sent_ms: 2000, last_token_ms: 2990 }),
    failure({ request_id: "b" }),
  ]);
  const rows = await rowsOf(requests);
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

Deno.test("requests keep their order, and each experiment its number of instances", async () => {
  const requests = requestsFrame([
    record({ request_id: "b", experiment_name: "other", sent_ms: 9 }),
    record({ request_id: "a", sent_ms: 5 }),
    failure({ request_id: "c", sent_ms: 1 }),
    record({ request_id: "c", attempt: 2, sent_ms: 3 }),
    record({ request_id: "d", phase: "drain" }),
  ]);
  const rows = await rowsOf(requests);
  assert.deepEqual(rows.map((row) => [row.uuid, row.attempt, row.instance_count]), [
    ["b", 1, 1],
    ["a", 1, 2],
    ["c", 2, 2],
  ]);
});

Deno.test("a table of more than one part has every request once, without those that came again", async () => {
  const thousand = requestsFrame(Array.from({ length: 1000 }, () => record()));
  const requests = pl.concat(Array.from({ length: 51 }, () => thousand)).withColumns(
    // The last one is the second attempt of one in the first part.
    pl.Series("request_id", Array.from({ length: 51_000 }, (_, i) => `r${i === 50_999 ? 7 : i}`), pl.String),
    pl.Series("attempt", Array.from({ length: 51_000 }, (_, i) => i === 50_999 ? 2 : 1), pl.Int64),
  );
  const parts = (await inferenceTable(requests, [endpoint])).map((part) => part.collectSync());
  assert.deepEqual(parts.map((part) => part.height), [49_999, 1000]);
  const ids = parts.flatMap((part) => part.getColumn("uuid").toArray());
  assert.deepEqual([ids[6], ids[7], ids.at(-1), new Set(ids).size], ["r6", "r8", "r7", 50_999]);
});
