import assert from "node:assert/strict";
import { columns, emptyRecord } from "../../lib/core/mod.ts";
import { frameOf, polarsSchema, requestsFrame } from "../../lib/analyze/mod.ts";
import { record } from "./generated_run.ts";

Deno.test("kinds of columns are these types of Polars", () => {
  const { request_id, e2e_ms, attempt, trusted, itl_us } = polarsSchema(columns);
  assert.deepEqual([request_id, e2e_ms, attempt, trusted, itl_us].map(String), [
    "DataType(String)",
    "DataType(Float64)",
    "DataType(Int64)",
    "DataType(Bool)",
    "DataType(List(DataType(Int64)))",
  ]);
});

Deno.test("records go in and come out unchanged, nulls and lists included", () => {
  const records = [record({ itl_us: [1, 2], trusted: false, sent_ms: 0.25 }), emptyRecord()];
  assert.deepEqual(requestsFrame(records).toRecords(), records);
});

Deno.test("columns are those of the list in its order, whatever a row says", () => {
  const spec = { unit: "", doc: "" };
  const frame = frameOf([{ b: 2, extra: 1, a: "x" }, {}], {
    a: { kind: "text", ...spec },
    b: { kind: "float", ...spec },
  });
  assert.deepEqual(frame.columns, ["a", "b"]);
  assert.deepEqual(frame.toRecords(), [{ a: "x", b: 2 }, { a: null, b: null }]);
});
