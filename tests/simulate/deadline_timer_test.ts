import assert from "node:assert/strict";
import { DeadlineTimer } from "../../lib/simulate/deadline_timer.ts";
import { now } from "../../lib/simulate/time.ts";

/** A timer whose next wake-up can be awaited. */
function watched() {
  let wake: () => void = () => {};
  let count = 0;
  const timer = new DeadlineTimer(() => {
    count++;
    wake();
  });
  return {
    timer,
    woken: () => new Promise<number>((resolve) => wake = () => resolve(now())),
    count: () => count,
  };
}

Deno.test("it wakes at the deadline, not before, and once", async () => {
  const { timer, woken, count } = watched();
  const due = now() + 60;
  timer.arm(due);
  const at = await woken();
  // The thread's clock and this one's start apart by microseconds.
  assert.ok(at >= due - 0.1, `${due - at} ms early`);
  timer.arm(now() + 5);
  await woken();
  assert.equal(count(), 2);
  await timer.close();
});

Deno.test("a later order takes the place of the one before", async () => {
  const { timer, woken, count } = watched();
  timer.arm(now() + 60_000);
  timer.arm(now() + 20);
  await woken();
  timer.arm(now() + 20);
  timer.arm(null);
  timer.arm(now() + 40);
  await woken();
  assert.equal(count(), 2);
  await timer.close();
});

Deno.test("a deadline that came while another took its place wakes nobody, least of all before the other", async () => {
  const { timer, woken, count } = watched();
  timer.arm(now() + 1);
  await woken();
  timer.arm(now() + 2);
  // The thread sees it come; this one is busy, as with a request that it reads just then.
  for (const until = now() + 40; now() < until;);
  const due = now() + 60;
  timer.arm(due);
  const at = await woken();
  assert.ok(at >= due - 0.1, `${due - at} ms early`);
  assert.equal(count(), 2);
  await timer.close();
});

Deno.test("a deadline that has passed is due at once; after close nothing is", async () => {
  const { timer, woken, count } = watched();
  timer.arm(0);
  await woken();
  await timer.close();
  await timer.close();
  timer.arm(0);
  assert.equal(count(), 1);
});
