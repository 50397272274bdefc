import assert from "node:assert/strict";
import { errorsByKind } from "../../lib/analyze/errors_by_kind.ts";
import { requestsFrame } from "../../lib/analyze/frame.ts";
import { failure, record } from "./generated_run.ts";

Deno.test("errorsByKind() counts requests by their last attempt, by cell and kind, the frequent ones first", () => {
  const rows = errorsByKind(requestsFrame([
    record(),
    failure({ request_id: "retried", attempt: 1, error_kind: "throttled" }),
    record({ request_id: "retried", attempt: 2 }),
    failure({ request_id: "given up", attempt: 1, error_kind: "throttled" }),
    failure({ request_id: "given up", attempt: 2, error_kind: "timeout" }),
    failure({ error_kind: "http" }),
    failure({ error_kind: "http" }),
    failure({ error_kind: "http", phase: "warmup" }),
    failure({ error_kind: "stream", concurrency: 4 }),
  ]));
  assert.deepEqual(rows.map(({ concurrency, error_kind, count }) => [concurrency, error_kind, count]), [
    [1, "http", 2],
    [1, "timeout", 1],
    [4, "stream", 1],
  ]);
});

Deno.test("errorsByKind() is empty where nothing failed", () => {
  assert.deepEqual(errorsByKind(requestsFrame([record()])), []);
});
