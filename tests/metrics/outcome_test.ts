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
  const outcomes = countOutcomes(finals);
  assert.deepEqual(outcomes, { requests: 5, ok: 3, errors: 1, cancelled: 1 });
  // 1 / (3 + 1)
  const { value, n } = errorRate(outcomes);
  assert.deepEqual([value, n], [0.25, 4]);
});

Deno.test("nothing finished, no rate", () => {
  assert.equal(errorRate(countOutcomes([])).value, null);
  assert.equal(errorRate(countOutcomes([attempt("a", 1, "cancelled")])).value, null);
});
