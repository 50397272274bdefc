import assert from "node:assert/strict";
import { startDeadlineClock } from "../../lib/load/mod.ts";

Deno.test("sleepers wake in the order of their deadlines, never early", async () => {
  // A clock with another zero than the process's.
  const clock = await startDeadlineClock(() => performance.now() + 5000);
  try {
    const start = clock.now();
    const woken: number[] = [];
    await Promise.all([30, 10, 20, 10, -5].map(async (after) => {
      await clock.sleepUntil(start + after);
      assert.ok(clock.now() >= start + after, `${after} ms: ${clock.now() - start}`);
      woken.push(after);
    }));
    assert.deepEqual(woken, [-5, 10, 10, 20, 30]);
  } finally {
    await clock.close();
  }
});

Deno.test("a sleeper can be called off, before it sleeps and while it does, and the others sleep on", async () => {
  const clock = await startDeadlineClock(() => performance.now());
  try {
    const stop = new AbortController();
    const start = clock.now();
    const called = clock.sleepUntil(start + 10_000, stop.signal);
    const other = clock.sleepUntil(start + 20);
    stop.abort(new Error("called off"));
    await assert.rejects(called, /called off/);
    await assert.rejects(clock.sleepUntil(start + 10_000, stop.signal), /called off/);
    await other;
    assert.ok(clock.now() - start >= 20);
  } finally {
    await clock.close();
  }
});

Deno.test("it needs no permission and closes twice without complaint", async () => {
  const program = `import { startDeadlineClock } from ${
    JSON.stringify(new URL("../../lib/load/deadline_clock.ts", import.meta.url).href)
  };
    const clock = await startDeadlineClock(() => performance.now());
    await clock.sleepUntil(clock.now() + 5);
    await clock.close();
    await clock.close();
    console.log("closed");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", program],
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "closed\n", new TextDecoder().decode(stderr));
});
