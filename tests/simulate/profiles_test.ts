import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { Engine } from "../../lib/simulate/engine.ts";
import { profileNames, profileOf } from "../../lib/simulate/profiles.ts";

/** Requests a second of a closed loop of 128 equal requests, `running` in flight, without jitter. */
function throughput(profile: string, running: number): number {
  const engine = new Engine<number>({ ...profileOf(profile), jitter: 0 });
  let next = 0;
  const submit = (at: number) => {
    if (next < 128) engine.submit(next++, { prompt_tokens: 300, completion_tokens: 25, draw: () => 0.5 }, at);
  };
  for (let i = 0; i < running; i++) submit(0);
  let end = 0;
  for (let step = engine.take(Infinity); step !== null; step = engine.take(Infinity)) {
    if (!step.last) continue;
    end = step.at;
    submit(end);
  }
  return 128 / end * 1000;
}

Deno.test("one request alone takes what the profile says", () => {
  // sim-small: 40 + 300/16 + 24 x 5 = 178.75 ms; sim-large: 15 + 300/60 + 24 x 2.5 = 80; sim-api: 60 + 300/200 + 24 x 4 = 157.5.
  const times = profileNames.map((name) => 1000 / throughput(name, 1));
  assert.deepEqual(profileNames, ["sim-small", "sim-large", "sim-api"]);
  for (const [i, expected] of [178.75, 80, 157.5].entries()) assert.ok(Math.abs(times[i]! - expected) < 1e-6);
});

Deno.test("the profiles differ by a tenth or more at 1, 4 and 16 requests in flight, and small is the slowest", () => {
  for (const running of [1, 4, 16]) {
    const [small, large, api] = profileNames.map((name) => throughput(name, running));
    assert.ok(large! > 1.1 * api! && api! > 1.1 * small!, `${running}: ${small} ${large} ${api}`);
  }
});

Deno.test("an unknown profile is refused with the names there are", () => {
  assert.throws(
    () => profileOf("toString"),
    (error) => error instanceof UserError && error.message.includes("sim-small, sim-large, sim-api"),
  );
});
