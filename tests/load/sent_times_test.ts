/** That requests are sent, and arrive, as the plan's law says: not the plan alone. Three seconds a law, merged over the workers. */

import assert from "node:assert/strict";
import type { LevelSpec } from "../../lib/load/mod.ts";
import { sendLevel } from "../bench/load_run.ts";
import { response, scriptedServer } from "../transport/scripted_server.ts";
import {
  dispersion,
  dispersionBounds,
  gammaCdf,
  gapsOf,
  ksDistance,
  ksLimit,
  variation,
} from "./distribution.ts";

const rate = 100;
const answer = response(
  JSON.stringify({ choices: [{ message: { content: "a" }, finish_reason: "stop" }] }),
  "200 OK",
  "application/json",
);

/** A machine that holds this process up for so long says nothing about the pacer. */
const heldUp_ms = 20;
const tries = 3;

interface Times {
  readonly due: readonly number[];
  readonly sent: readonly number[];
  readonly received: readonly number[];
  /** `request_id` and due time from the first one's, in microseconds. */
  readonly plan: readonly string[];
}

/** All in milliseconds, in order. Sent again while the machine was too busy with something else. */
async function timesOf(level: Partial<LevelSpec>, workers: number): Promise<Times> {
  for (let attempt = 1;; attempt++) {
    using server = scriptedServer(({ send }) => send(answer));
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    const { records, outcome, origin_ns } = await sendLevel(`${server.url}/v1`, {
      concurrency: null,
      rates_rps: [rate],
      requests: null,
      duration_ms: 3000,
      ...level,
    }, workers);
    clearInterval(watch);
    assert.equal(outcome.ok, outcome.planned);
    assert.equal(server.requests.length, outcome.planned);
    if (longest > heldUp_ms && attempt < tries) continue;
    const ascending = (times: readonly number[]) => times.toSorted((a, b) => a - b);
    const due = ascending(records.map(({ scheduled_ms }) => scheduled_ms!));
    return {
      due,
      sent: ascending(records.map(({ sent_ms }) => sent_ms!)),
      received: ascending(server.requests.map(({ received_ns }) => Number(received_ns - origin_ns) / 1e6)),
      plan: records.map(({ request_id, scheduled_ms }) =>
        `${request_id} ${Math.round((scheduled_ms! - due[0]!) * 1000)}`
      ).sort(),
    };
  }
}

for (
  const [name, level, shape] of [
    ["Poisson", { arrival: "poisson" }, 1],
    ["gamma(0.5)", { arrival: "gamma", burstiness: 0.5 }, 0.5],
  ] as const
) {
  Deno.test(`${name} at ${rate}/s: sent and received times pass Kolmogorov-Smirnov and dispersion at 0.001; two workers send the same`, async () => {
    const plans: (readonly string[])[] = [];
    for (const workers of [1, 2]) {
      const { plan, ...lists } = await timesOf(level, workers);
      plans.push(plan);
      for (const [which, times] of Object.entries(lists)) {
        const gaps = gapsOf(times);
        // Due times are kept to 0.3 ms; 14 % of the gaps of gamma(0.5) are shorter.
        const from_ms = which === "due" ? 0 : 0.3;
        const distance = ksDistance(gaps, (gap) => gammaCdf(shape, gap * shape * rate / 1000), from_ms);
        assert.ok(distance < ksLimit(gaps.length), `${workers} workers, ${which}: KS ${distance}`);
        // 14 windows of 200 ms and 20 requests; the index of a gamma process tends to 1 / shape.
        const { index, windows } = dispersion(times.map((at) => at - times[0]!), 200);
        const [low, high] = dispersionBounds(windows);
        assert.ok(low < index * shape && index * shape < high, `${workers} workers, ${which}: ${index}`);
      }
    }
    assert.deepEqual(plans[0], plans[1]);
  });
}

Deno.test(`constant gaps at ${rate}/s stay constant: nine in ten vary by less than 5 % when they are sent and received`, async () => {
  const { due, sent, received } = await timesOf({ arrival: "constant" }, 1);
  assert.equal(due.length, 300);
  assert.ok(variation(gapsOf(due)) < 0.001);
  // One that is sent 10 ms late among 300 makes sqrt(2 x 10^2 / 300) / 10 = 8 %: on a machine that others use too, the tenth
  // of the gaps that strays most is left out. A loop that waits 10 ms after each answer, or draws its gaps, strays all along.
  const middle = (gaps: readonly number[]) => gaps.toSorted((a, b) => a - b).slice(15, -15);
  for (const times of [sent, received]) assert.ok(variation(middle(gapsOf(times))) < 0.05);
});
