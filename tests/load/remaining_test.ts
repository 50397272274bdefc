import assert from "node:assert/strict";
import { emptyRecord, type LevelEnd, type RequestRecord } from "../../lib/core/mod.ts";
import { planLoad, remainingPlan } from "../../lib/load/mod.ts";
import { spec } from "./made_up.ts";

const plan = planLoad({
  seed: 1,
  config_hash: "0",
  version: "0",
  levels: [{ ...spec(), requests: 4, warmup_requests: 0 }],
  payloads: () => ["a", "b", "c", "d"],
});
const ids = plan.requests.map(({ request_id }) => request_id);

const record = (index: number, status: RequestRecord["status"], attempt = 1): RequestRecord => ({
  ...emptyRecord(),
  request_id: ids[index]!,
  status,
  attempt,
});

Deno.test("what no journal names is still to be sent, as it was planned", () => {
  assert.deepEqual(remainingPlan(plan, []), plan);
  assert.deepEqual(remainingPlan(plan, [record(0, "ok"), record(2, "ok")]).requests, [
    plan.requests[1],
    plan.requests[3],
  ]);
});

Deno.test("a request that ended badly is final, one that was cancelled is sent again as a further attempt", () => {
  const rest = remainingPlan(plan, [
    record(0, "error"),
    record(1, "cancelled"),
    record(2, "ok"),
    record(3, "ok"),
  ]);
  assert.deepEqual(rest.requests, [{ ...plan.requests[1]!, attempts_before: 1 }]);
});

Deno.test("the last attempt decides, in whatever order the journals are read", () => {
  const journal = [
    record(0, "ok", 2),
    record(0, "cancelled", 1),
    record(1, "cancelled", 2),
    record(1, "cancelled", 1),
  ];
  const rest = remainingPlan(plan, journal).requests;
  assert.deepEqual(rest.map(({ request_id, attempts_before }) => [request_id, attempts_before]), [
    [ids[1], 2],
    [ids[2], undefined],
    [ids[3], undefined],
  ]);
});

Deno.test("nothing remains of a plan that was sent", () => {
  assert.deepEqual(remainingPlan(plan, [0, 1, 2, 3].map((index) => record(index, "ok"))).requests, []);
});

Deno.test("what a level's stop rule left unsent is not missing", () => {
  const rest = (end: LevelEnd) => remainingPlan(plan, [record(0, "ok")], new Map([[0, end]])).requests.length;
  assert.deepEqual([rest("duration"), rest("ci_width"), rest("requests"), rest("error_rate")], [0, 0, 3, 3]);
});

Deno.test("a request that waited for another attempt when the run was cut is sent again, until the policy is used up", () => {
  const retry = { attempts: 3, backoff_ms: 1000, on: ["throttled"] } as const;
  const level = { ...plan.header.levels[0]!, retry };
  const retried = { ...plan, header: { ...plan.header, levels: [level] } };
  const failed = (index: number, error_kind: RequestRecord["error_kind"], attempt: number) => ({
    ...record(index, "error", attempt),
    error_kind,
  });
  const rest = remainingPlan(retried, [
    failed(0, "throttled", 2),
    failed(1, "throttled", 3),
    failed(2, "network", 1),
    record(3, "ok"),
  ]);
  assert.deepEqual(rest.requests, [{ ...plan.requests[0]!, attempts_before: 2 }]);
});
