import { deepEqual, equal } from "node:assert/strict";
import { judge, trustedAt } from "../../lib/certify/mod.ts";
import type { Rung } from "../../lib/core/mod.ts";
import { error, openRung, rung } from "./rungs.ts";

const verdictOf = (changes: Partial<Rung>) => {
  const { verdict, reasons } = judge([rung(16, changes)]).rungs[0]!;
  return [verdict, ...reasons];
};

Deno.test("errors at the limits are trusted, beyond them not, for TTFT and ITL alike", () => {
  deepEqual(verdictOf({ ttft_error: error(1, 10), itl_error: error(1, 10) }), ["trusted"]);
  deepEqual(verdictOf({ ttft_error: error(1.25, 10) }), ["untrusted", "TTFT is off by 1.25 ms at p50"]);
  deepEqual(verdictOf({ itl_error: error(1, 10.5) }), ["untrusted", "ITL is off by 10.5 ms at p99"]);
});

Deno.test("the worst of few samples stands in for their p99", () => {
  deepEqual(verdictOf({ ttft_error: error(0.2, null, 9) }), ["trusted"]);
  deepEqual(verdictOf({ ttft_error: error(0.2, null, 11) }), ["untrusted", "TTFT is off by 11 ms at worst"]);
});

Deno.test("failed requests are not trusted, even if no other ended", () => {
  deepEqual(verdictOf({ requests: 199, failed: 1 }), ["untrusted", "1 of 200 requests failed"]);
  const none = { ttft_error: null, itl_error: null, truth_late: null };
  deepEqual(verdictOf({ requests: 0, failed: 200, ...none }), ["untrusted", "200 of 200 requests failed"]);
});

Deno.test("an endpoint that was late by 1 ms at p99 makes it void, however good or bad the client was", () => {
  deepEqual(verdictOf({ truth_late: error(0.1, 0.999) }), ["trusted"]);
  const reason = "the endpoint itself was late by 1 ms at p99";
  deepEqual(verdictOf({ truth_late: error(0.1, 1) }), ["void", reason]);
  deepEqual(verdictOf({ truth_late: error(0.1, 1), ttft_error: error(50, 90) }), ["void", reason]);
});

Deno.test("a rung is void without time, without requests enough, and without the endpoint's word", () => {
  deepEqual(verdictOf({ requests: 0 }), ["void", "there was no time for it"]);
  deepEqual(verdictOf({ requests: 90, failed: 9 }), [
    "void",
    "the time was up when 99 of 200 requests had ended",
  ]);
  // Half of them is enough.
  deepEqual(verdictOf({ requests: 100 }), ["trusted"]);
  deepEqual(verdictOf({ planned: 4, requests: 4 }), ["void", "4 requests are too few to tell"]);
  deepEqual(verdictOf({ truth_late: null }), ["void", "the endpoint's log does not know its requests"]);
});

const bad = { ttft_error: error(5, 50) };
const late = { truth_late: error(0.5, 3) };

Deno.test("trusted is the highest rung below the first that fails, whatever the order; void ones are passed over", () => {
  const climb = (...rungs: Rung[]) => {
    const { trusted_streams, at_least } = judge(rungs);
    return [trusted_streams, at_least];
  };
  deepEqual(climb(rung(64), rung(16), rung(200, bad)), [64, false]);
  deepEqual(climb(rung(16), rung(64, late), rung(200)), [200, true]);
  deepEqual(climb(rung(16), rung(64, late)), [16, true]);
  // 200 may have been luck: 64 was not.
  deepEqual(climb(rung(16), rung(64, bad), rung(200)), [16, false]);
  deepEqual(climb(rung(16, bad), rung(64)), [0, false]);
  deepEqual(climb(rung(16, late)), [null, false]);
  deepEqual(climb(), [null, false]);
});

Deno.test("a load is trusted up to the certified one, untrusted beyond, unknown where nothing was told", () => {
  const upTo64 = judge([rung(16), rung(64), rung(200, bad)]);
  deepEqual([1, 16, 64, 65, 1000].map((load) => trustedAt(upTo64, "streams", load)), [
    true,
    true,
    true,
    false,
    false,
  ]);
  const nothing = judge([rung(16, bad)]);
  deepEqual([4, 16, 64].map((load) => trustedAt(nothing, "streams", load)), [null, false, false]);
  equal(trustedAt(judge([rung(16, late)]), "streams", 16), null);
});

Deno.test("rates climb a ladder of their own, where the schedule counts too", () => {
  const tardy = openRung(50, { schedule_error: error(0.5, 11) });
  const found = judge([tardy, openRung(10), rung(16), openRung(200)]);
  deepEqual(found.rungs.map(({ streams, rate_rps }) => streams ?? rate_rps), [16, 10, 50, 200]);
  deepEqual(found.rungs[2]!.reasons, ["the schedule is off by 11 ms at p99"]);
  deepEqual([found.trusted_streams, found.at_least], [16, true]);
  deepEqual([found.trusted_rate_rps, found.rate_at_least], [10, false]);
  deepEqual([10, 11].map((rate) => trustedAt(found, "rate_rps", rate)), [true, false]);
  equal(trustedAt(judge([rung(16)]), "rate_rps", 1), null);
});
