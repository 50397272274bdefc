import assert from "node:assert/strict";
import type { RetryPolicy } from "../../lib/core/mod.ts";
import { retryAfterMs, waitBeforeRetry } from "../../lib/predict/mod.ts";

const policy: RetryPolicy = { attempts: 3, backoff_ms: 100, on: ["throttled"] };
const throttled = { status: "error", error_kind: "throttled", retry_after_ms: null } as const;
const at = (attempts: number, random = 0) => ({ attempts, random, longest_ms: 10_000 });

Deno.test("the wait doubles with every attempt, less a random part of up to a half, until none are left", () => {
  assert.equal(waitBeforeRetry(policy, throttled, at(1)), 100);
  assert.equal(waitBeforeRetry(policy, throttled, at(2)), 200);
  assert.equal(waitBeforeRetry(policy, throttled, at(2, 0.5)), 150); // 200 x (1 - 0.25)
  assert.equal(waitBeforeRetry(policy, throttled, at(3)), null);
});

Deno.test("only what the policy names is tried again", () => {
  assert.equal(waitBeforeRetry(policy, { ...throttled, error_kind: "network" }, at(1)), null);
  assert.equal(waitBeforeRetry(policy, { ...throttled, error_kind: "http" }, at(1)), null);
  assert.equal(waitBeforeRetry(policy, { ...throttled, status: "cancelled", error_kind: null }, at(1)), null);
  assert.equal(waitBeforeRetry(policy, { ...throttled, status: "ok", error_kind: null }, at(1)), null);
  assert.equal(
    waitBeforeRetry({ ...policy, on: ["network"] }, { ...throttled, error_kind: "network" }, at(1)),
    100,
  );
});

Deno.test("a server that asks for a longer pause gets it, unless the request would be lost by then", () => {
  assert.equal(waitBeforeRetry(policy, { ...throttled, retry_after_ms: 3000 }, at(1)), 3000);
  assert.equal(waitBeforeRetry(policy, { ...throttled, retry_after_ms: 20 }, at(1)), 100);
  assert.equal(waitBeforeRetry(policy, { ...throttled, retry_after_ms: 10_001 }, at(1)), null);
  // The back-off itself never exceeds it either: 100 x 2^9 = 51,200.
  assert.equal(waitBeforeRetry({ ...policy, attempts: 20 }, throttled, at(10)), 10_000);
});

Deno.test("retry-after is seconds or a date", () => {
  const now = Date.UTC(2026, 10, 22, 5, 0, 0);
  assert.equal(retryAfterMs("2", now), 2000);
  assert.equal(retryAfterMs(" 0.5 ", now), 500);
  assert.equal(retryAfterMs("Sun, 22 Nov 2026 05:00:07 GMT", now), 7000);
  assert.equal(retryAfterMs("Sun, 22 Nov 2026 04:00:00 GMT", now), 0);
  assert.equal(retryAfterMs("soon", now), null);
  assert.equal(retryAfterMs(undefined, now), null);
});
