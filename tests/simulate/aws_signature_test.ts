import assert from "node:assert/strict";
import { simulatedCredentials } from "../../lib/core/mod.ts";
import { canonicalPath, canonicalQuery, checkSignature } from "../../lib/simulate/aws_signature.ts";
import { Refusal } from "../../lib/simulate/refusal.ts";
import { awsClients } from "./aws_clients.ts";
import { running } from "./running.ts";

/** The example `get-vanilla` of AWS's own test suite for Signature Version 4. */
const example = {
  method: "GET",
  path: "/",
  query: "",
  headers: new Map([
    ["host", "example.amazonaws.com"],
    ["x-amz-date", "20150830T123600Z"],
    [
      "authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
      "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ],
  ]),
  body: new Uint8Array(),
};
const keys = [{
  access_key_id: "AKIDEXAMPLE",
  secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  session_token: null,
  expires_at_ms: null,
}];
const then = Date.UTC(2015, 7, 30, 12, 36);

Deno.test("the published example holds, up to five minutes from its time", () => {
  for (const at of [then, then + 300_000, then - 300_000]) checkSignature(example, "service", keys, at);
});

function refusal(
  change: Partial<typeof example>,
  at = then,
  service = "service",
  accepted = keys,
): string | null {
  try {
    checkSignature({ ...example, ...change }, service, accepted, at);
  } catch (error) {
    assert.ok(error instanceof Refusal && error.status === 403);
    return error.code;
  }
  return null;
}

const withHeader = (name: string, value: string) => new Map([...example.headers, [name, value]]);
const without = (name: string) => new Map([...example.headers].filter(([each]) => each !== name));

Deno.test("each change to what was signed is noticed, by the exception that AWS answers with", () => {
  const invalid = "InvalidSignatureException";
  assert.equal(refusal({ method: "POST" }), invalid);
  assert.equal(refusal({ path: "/x" }), invalid);
  assert.equal(refusal({ query: "a=1" }), invalid);
  assert.equal(refusal({ body: new Uint8Array([1]) }), invalid);
  assert.equal(refusal({ headers: withHeader("host", "other") }), invalid);
  assert.equal(refusal({ headers: withHeader("x-amz-unsigned", "1") }), invalid);
  assert.equal(refusal({}, then + 300_001), invalid);
  assert.equal(refusal({}, then, "bedrock"), invalid);
  assert.equal(refusal({ headers: withHeader("x-amz-date", "20150830T123601Z") }), invalid);
  assert.equal(refusal({ headers: without("authorization") }), "MissingAuthenticationTokenException");
  assert.equal(refusal({ headers: withHeader("authorization", "Bearer x") }), "IncompleteSignatureException");
});

Deno.test("keys: the id, the secret, the session token and the end are looked at", () => {
  const [key] = keys as [typeof keys[number]];
  const changed = (change: object) => refusal({}, then, "service", [{ ...key, ...change }]);
  assert.equal(changed({}), null);
  assert.equal(changed({ access_key_id: "AKIDOTHER" }), "UnrecognizedClientException");
  assert.equal(changed({ secret_access_key: "wrong" }), "InvalidSignatureException");
  assert.equal(changed({ session_token: "token" }), "UnrecognizedClientException");
  assert.equal(changed({ expires_at_ms: then }), "ExpiredTokenException");
  assert.equal(changed({ expires_at_ms: then + 1 }), null);
});

Deno.test("a path is escaped once more than it was sent; a query is put in order", () => {
  assert.equal(canonicalPath("/model/a%3Ab%2Fc/converse-stream"), "/model/a%253Ab%252Fc/converse-stream");
  assert.equal(canonicalPath("/a!'()*~"), "/a%21%27%28%29%2A~");
  assert.equal(canonicalQuery("b=2&a=x%2Fy&a=1&flag"), "a=1&a=x%2Fy&b=2&flag=");
});

Deno.test("embedded endpoint: the SDK's requests pass with a session token and text beyond ASCII, for both services", async () => {
  const session = { ...simulatedCredentials, session_token: "a token/with+signs==" };
  const truths = await running(
    { credentials: [session], model_id: "us.vendor.model-v1:0" },
    async (simulation) => {
      using clients = await awsClients(simulation, session);
      const { bedrock, sageMaker } = clients;
      const messages = [{ role: "user" as const, content: [{ text: "Wo ist Zürich? 日本" }] }];
      await bedrock.client.send(
        new bedrock.sdk.ConverseCommand({ modelId: "us.vendor.model-v1:0", messages }),
      );
      const answer = await sageMaker.client.send(
        new sageMaker.sdk.InvokeEndpointCommand({
          ...{ EndpointName: "any", ContentType: "application/json", TargetVariant: "blue" },
          Body: new TextEncoder().encode(JSON.stringify({ inputs: "Grüße" })),
        }),
      );
      assert.equal(answer.InvokedProductionVariant, "blue");
    },
  );
  assert.deepEqual(truths.map(({ status }) => status), [200, 200]);
});

Deno.test("embedded endpoint: keys that are wrong or have ended are refused, and the log has the status", async () => {
  const ended = { ...simulatedCredentials, access_key_id: "AKIDENDED", expires_at_ms: 1 };
  const wrong = { ...simulatedCredentials, secret_access_key: "wrong" };
  const other = { ...simulatedCredentials, access_key_id: "AKIDOTHER" };
  const truths = await running({ credentials: [simulatedCredentials, ended] }, async (simulation) => {
    for (
      const [keys, name] of [
        [ended, "ExpiredTokenException"],
        [wrong, "InvalidSignatureException"],
        [other, "UnrecognizedClientException"],
      ] as const
    ) {
      using clients = await awsClients(simulation, keys);
      const { client, sdk } = clients.bedrock;
      const messages = [{ role: "user" as const, content: [{ text: "Where?" }] }];
      await assert.rejects(client.send(new sdk.ConverseCommand({ modelId: "m", messages })), { name });
    }
  });
  assert.deepEqual(truths.map(({ status }) => status), [403, 403, 403]);
});

Deno.test("embedded endpoint: Bedrock's API key takes the place of a signature, SageMaker has none", async () => {
  const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Where?" }] }] });
  const paths = ["/model/m/converse", "/endpoints/e/invocations"];
  await running({ api_key: "key" }, async ({ port }) => {
    const statuses: number[] = [];
    for (const path of paths) {
      for (const authorization of ["Bearer key", "Bearer other"]) {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
          ...{ method: "POST", body, headers: { authorization, connection: "close" } },
        });
        statuses.push(answer.status);
        await answer.body?.cancel();
      }
    }
    assert.deepEqual(statuses, [200, 403, 403, 403]);
  });
});
