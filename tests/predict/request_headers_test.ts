import assert from "node:assert/strict";
import { headerVariables, type PredictorOptions, requestHeaders } from "../../lib/predict/mod.ts";
import type { ProtocolOptions } from "../../lib/core/mod.ts";

const made = (
  options: ProtocolOptions = {},
  { stream = false, api_key_env = null, env = {}, defaults = {} }: {
    stream?: boolean;
    api_key_env?: string | null;
    env?: Record<string, string>;
    defaults?: Record<string, string>;
  } = {},
) => {
  const endpoint: PredictorOptions["endpoint"] = {
    predictor: "rest",
    url: "http://h/",
    model_id: "m",
    endpoint_name: "e",
    region: null,
    api_key_env,
    options,
  };
  return requestHeaders({ endpoint, stream, env }, defaults);
};

Deno.test("without options JSON goes out and JSON is asked for, as events where it is streamed", () => {
  assert.deepEqual(made(), {
    headers: { "content-type": "application/json", accept: "application/json" },
    secrets: [],
  });
  assert.equal(made({}, { stream: true }).headers["accept"], "text/event-stream");
});

Deno.test("the API key is a bearer token and a secret; a key that is not set is no header", () => {
  const { headers, secrets } = made({}, { api_key_env: "KEY", env: { KEY: "k-123456" } });
  assert.equal(headers["authorization"], "Bearer k-123456");
  assert.deepEqual(secrets, ["k-123456"]);
  assert.equal("authorization" in made({}, { api_key_env: "KEY" }).headers, false);
});

Deno.test("the endpoint's headers come before the protocol's, which come before the usual ones, in any spelling", () => {
  const { headers } = made(
    { headers: { Accept: "text/plain", "X-Team": "a" } },
    { defaults: { accept: "application/jsonlines", "content-type": "text/csv" } },
  );
  assert.deepEqual(headers, { "content-type": "text/csv", accept: "text/plain", "x-team": "a" });
});

Deno.test("a header may hold variables of the environment, each of them a secret", () => {
  const { headers, secrets } = made(
    { headers: { "x-who": "${USER_ID}:${PASS}!", Authorization: "Bearer written-out" } },
    { env: { USER_ID: "ann", PASS: "pa$$word" } },
  );
  assert.equal(headers["x-who"], "ann:pa$$word!");
  assert.deepEqual(secrets, ["ann", "pa$$word", "Bearer written-out"]);
});

Deno.test("a variable that is not set is named, its header too", () => {
  assert.throws(() => made({ headers: { "X-Key": "${NOT_THERE}" } }), {
    name: "UserError",
    message:
      'Cannot send the header "X-Key": the variable NOT_THERE of the environment, which it stands for, is not set. ' +
      "Set NOT_THERE, or take the header out of inference_spec.headers.",
  });
});

for (
  const [name, value, why] of [
    ["content length", "1", "can't be the name of a header"],
    ["Content-Length", "1", "is part of how a request is sent"],
    ["x-a", "b\r\nx-c: d", "it holds a line break"],
  ] as const
) {
  Deno.test(`the header ${JSON.stringify(`${name}: ${value}`)} is refused`, () => {
    assert.throws(() => made({ headers: { [name]: value } }), (error: Error) => error.message.includes(why));
  });
}

Deno.test("the variables that headers stand for are known without their values", () => {
  assert.deepEqual(headerVariables({ a: "${ONE} and ${TWO}", b: "${ONE}", c: "$THREE ${}" }), ["ONE", "TWO"]);
  assert.deepEqual(headerVariables(), []);
});
