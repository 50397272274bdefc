import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { completeOptions, parseOptions, timingOf } from "../../lib/simulate/options.ts";
import { profiles } from "../../lib/simulate/profiles.ts";
import { quick } from "./raw_client.ts";

Deno.test("what is not said has a default", () => {
  const options = parseOptions('{"profile":"sim-api","accuracy":0.5}');
  assert.deepEqual([options.profile, options.accuracy, options.host, options.port, options.idle_minutes], [
    "sim-api",
    0.5,
    "127.0.0.1",
    0,
    120,
  ]);
  assert.equal(timingOf(options), profiles["sim-api"]);
});

Deno.test("timing parameters may stand in place of a profile's name", () => {
  assert.equal(timingOf(completeOptions({ profile: quick })), quick);
  assert.throws(() => completeOptions({ profile: { ...quick, slots: 0 } }), UserError);
});

for (
  const [name, value] of Object.entries({
    accuracy: 1.1,
    seed: "x",
    port: 70000,
    idle_minutes: 0,
    model_id: "",
    prompts_dir: 5,
    optimized: { ttft_factor: 0, speed_factor: 1 },
    colour: "red",
    expose: "yes",
  })
) {
  Deno.test(`${name} of ${JSON.stringify(value)} is refused by name`, () => {
    assert.throws(
      () => parseOptions(JSON.stringify({ [name]: value })),
      (error) => error instanceof UserError && error.message.includes(`"${name}"`),
    );
  });
}

Deno.test("it listens to this machine only, unless told", () => {
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
    assert.equal(completeOptions({ host }).host, host);
  }
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "127.0.0.1.example.org"]) {
    assert.throws(() => completeOptions({ host }), /other machines can reach it/);
    assert.equal(completeOptions({ host, expose: true }).host, host);
  }
});

Deno.test("options that are no JSON object are refused", () => {
  for (const text of [undefined, "", "[]", "null", "{"]) assert.throws(() => parseOptions(text), UserError);
});

Deno.test("keys that are wrong are said in no message", () => {
  const key = { access_key_id: "A", secret_access_key: "sesame", session_token: 5, expires_at_ms: null };
  const given = [{ credentials: [key] }, { credentials: "sesame" }, { api_key: ["sesame"] }];
  for (const options of given) {
    assert.throws(
      () => parseOptions(JSON.stringify(options)),
      (error) => error instanceof UserError && !error.message.includes("sesame"),
    );
  }
  const [right] = completeOptions({ credentials: [{ ...key, session_token: null }] }).credentials;
  assert.equal(right?.secret_access_key, "sesame");
});
