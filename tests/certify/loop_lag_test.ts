import { deepEqual, ok } from "node:assert/strict";
import { LoopLag } from "../../lib/certify/loop_lag.ts";

Deno.test("an event loop that was held up shows in the samples of that time, and in no other", async () => {
  const lag = new LoopLag(() => performance.now());
  lag.start();
  const started = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const held = performance.now();
  while (performance.now() - held < 60);
  await new Promise((resolve) => setTimeout(resolve, 30));
  lag.stop();
  // The timer was due at most 10 ms after the hold began, which lasted 60 ms.
  ok(Math.max(...lag.between(held, Infinity)) >= 45);
  ok(lag.between(started, Infinity).every((late_ms) => late_ms >= 0));
  deepEqual(lag.between(0, started), []);
});
