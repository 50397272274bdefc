import assert from "node:assert/strict";
import { countOutcomes, errorRate, finalAttempts } from "../../lib/metrics/mod.ts";

const attempt = (
  request_id: string,
  number: number,
  status: string,
  segment = "1",
  sent_at: string | null = null,
) => ({
  request_id,
  attempt: number,
  status,
  segment,
  sent_at,
});

Deno.test("a request is judged by its last attempt, whatever the order of the lines", () => {
  const attempts = [attempt("a", 2, "ok"), attempt("b", 1, "ok"), attempt("a", 1, "error")];
  assert.deepEqual(finalAttempts(attempts), [attempts[0], attempts[1]]);
});

Deno.test("a request sent again in a later segment is judged by that one", () => {
  const cut = attempt("a", 2, "cancelled", "9", "2026-01-01T00:00:00.000Z");
  const again = attempt("a", 1, "ok", "10", "2026-01-01T01:00:00.000Z");
  assert.deepEqual(finalAttempts([again, cut]), [again]);
  // Without times the names decide, and 10 comes after 9.
  const untimed = [{ ...again, sent_at: null }, { ...cut, sent_at: null }];
  assert.deepEqual(finalAttempts(untimed), [untimed[0]]);
});

Deno.test("failures are counted by request and cancelled requests are neither", () => {
  const finals = finalAttempts([
    attempt("a", 1, "error"),
    attempt("a", 2, "ok"),
    attempt("b", 1, "error"),
    attempt("c", 1, "cancelled"),
    attempt("d", 1, "ok"),
    attempt("e", 1, "ok"),
  ]);
  assert.deepEqual(countOutcomes(finals), { requests: 5, ok: 3, errors: 1, cancelled: 1 });
  // 1 / (3 + 1)
  const { value, n } = errorRate(finals);
  assert.deepEqual([value, n], [0.25, 4]);
});

Deno.test("a burst of failures tells less than as many single ones", () => {
  const request = (failed: boolean, i: number) => attempt(String(i), 1, failed ? "error" : "ok");
  const burst = errorRate(Array.from({ length: 200 }, (_, i) => request(i >= 100 && i < 120, i)));
  const single = errorRate(Array.from({ length: 200 }, (_, i) => request(i % 10 === 0, i)));
  // Wilson's interval of 20 in 200 is 0.0657 to 0.1494; failures that keep apart are never taken for more than they are.
  assert.deepEqual([burst.value, single.value], [0.1, 0.1]);
  assert.ok(Math.abs(single.low! - 0.0657) < 1e-4 && Math.abs(single.high! - 0.1494) < 1e-4);
  assert.ok(burst.low! < 0.04 && burst.high! > 0.2);
});

Deno.test("nothing finished, no rate", () => {
  assert.equal(errorRate([]).value, null);
  assert.equal(errorRate([attempt("a", 1, "cancelled")]).value, null);
});
