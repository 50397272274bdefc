import assert from "node:assert/strict";
import { compactDate, machineNanoseconds, systemClock } from "../../lib/core/mod.ts";

Deno.test("sleepUntil() resolves once the time has come, and not before", async () => {
  const due = systemClock.now() + 15;
  await systemClock.sleepUntil(due);
  assert.ok(systemClock.now() >= due - 1, `woke ${due - systemClock.now()} ms early`);
});

Deno.test("sleepUntil() of a moment in the past resolves without waiting", async () => {
  await systemClock.sleepUntil(systemClock.now() - 1e6);
});

Deno.test("an abort wakes the sleeper with the signal's reason and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleepUntil(systemClock.now() + 3_600_000, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(sleeping, (error) => error === reason);
});

Deno.test("a signal that is aborted already does not let the sleep begin", async () => {
  const signal = AbortSignal.abort(new Error("before"));
  await assert.rejects(systemClock.sleepUntil(systemClock.now() + 3_600_000, signal), /before/);
});

Deno.test("a sleep that is over does not listen to its signal any more", async () => {
  const controller = new AbortController();
  let listeners = 0;
  const signal = new Proxy(controller.signal, {
    get(target, key) {
      if (key === "addEventListener") listeners++;
      if (key === "removeEventListener") listeners--;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await systemClock.sleepUntil(systemClock.now() + 1, signal);
  assert.equal(listeners, 0);
});

Deno.test("machineNanoseconds() is the wall clock in nanoseconds, goes on, and agrees between processes", async () => {
  const code = `import { machineNanoseconds } from ${
    JSON.stringify(new URL("../../lib/core/clock.ts", import.meta.url).href)
  }; console.log(String(machineNanoseconds()));`;
  const before = machineNanoseconds();
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", "--quiet", code] }).output();
  const between = BigInt(new TextDecoder().decode(stdout).trim());
  const after = machineNanoseconds();
  assert.ok(before < between && between < after, `${before} ${between} ${after}`);
  assert.ok(Math.abs(Number(after / 1_000_000n) - Date.now()) < 1000);
});

Deno.test("compactDate() is fit for a file's name", () => {
  assert.equal(compactDate(new Date("2026-11-22T05:30:07.891Z")), "20261122T053007Z");
});
