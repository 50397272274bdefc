import assert from "node:assert/strict";
import { type RecordedAnswer, signedRequest } from "../../lib/aws/mod.ts";
import { userTransport } from "../../lib/transport/mod.ts";
import type { Script } from "../transport/scripted_server.ts";
import { event, frame } from "./event_frames.ts";
import { against, credentials, drained, exchanged, json, secret, sendFrames } from "./local_aws.ts";
import { rawHeaders, signatures } from "./signature.ts";

const modelId = "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.model-v1:0";
const messages = [{ role: "user" as const, content: [{ text: "Café in Zürich?" }] }];
const answer = {
  output: { message: { role: "assistant", content: [{ text: "fine" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 5, outputTokens: 1, totalTokens: 6 },
  metrics: { latencyMs: 321 },
};

const test = (name: string, script: Script, body: Parameters<typeof against>[2], given = {}) =>
  Deno.test(`local server speaking AWS's protocol: ${name}`, () =>
    against(userTransport, script, body, given));

test(
  "the signature holds for what was received, with an ARN in the path and a session token",
  ({ send }) => send(json(answer)),
  async ({ server, transport, bedrock: { client, sdk } }) => {
    const call = await signedRequest(client, new sdk.ConverseCommand({ modelId, messages }));
    await exchanged(transport, call);
    const [seen] = server.requests;
    assert.match(
      seen!.head,
      /^POST \/model\/arn%3Aaws%3A\S+inference-profile%2Fus\.model-v1%3A0\/converse HTTP/,
    );
    const { carried, due, signed } = await signatures(seen!, secret);
    assert.equal(carried, due);
    for (const name of ["host", "content-length", "content-type", "x-amz-security-token"]) {
      assert.ok(signed.includes(name), name);
    }
    assert.notEqual((await signatures(seen!, `${secret}x`)).due, carried);
    const names = rawHeaders(seen!.head).map(([name]) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.deepEqual(Object.fromEntries(rawHeaders(seen!.head))["amz-sdk-request"], "attempt=1; max=1");
  },
  { credentials: { ...credentials, sessionToken: "token+with/signs==" } },
);

const bytes = (text: string) => new TextEncoder().encode(text);

test("InvokeModel and its stream: signed, and their bytes come out", async (on) => {
  if (on.index === 0) return await on.send(json({ text: "whole" }));
  const chunk = (text: string) => event("chunk", { bytes: bytes(text).toBase64() });
  await sendFrames(on, [chunk('{"text":"a"}'), chunk('{"text":"b"}')]);
}, async ({ server, transport, bedrock: { client, sdk } }) => {
  const input = { modelId: "model:0", body: '{"prompt":"ü"}', contentType: "application/json" };
  const whole = await signedRequest(client, new sdk.InvokeModelCommand(input));
  const { body } = await whole.output((await exchanged(transport, whole)).recorded);
  assert.equal(body.transformToString(), '{"text":"whole"}');
  const streamed = await signedRequest(client, new sdk.InvokeModelWithResponseStreamCommand(input));
  const { recorded } = await exchanged(transport, streamed);
  const { events } = await drained((await streamed.output(recorded)).body);
  const decoder = new TextDecoder();
  assert.deepEqual(events.map(({ chunk }) => decoder.decode(chunk?.bytes)), ['{"text":"a"}', '{"text":"b"}']);
  for (const seen of server.requests) {
    const { carried, due } = await signatures(seen, secret);
    assert.equal(carried, due);
  }
});

test("SageMaker's InvokeEndpoint and its stream: signed, and their bytes come out", async (on) => {
  if (on.index === 0) return await on.send(json([{ generated_text: "whole" }]));
  const part = (text: string) =>
    frame({
      ":message-type": "event",
      ":event-type": "PayloadPart",
      ":content-type": "application/octet-stream",
    }, text);
  await sendFrames(on, [part("one "), part("two")]);
}, async ({ server, transport, sageMaker: { client, sdk } }) => {
  const input = {
    EndpointName: "my-endpoint",
    Body: bytes('{"inputs":"x"}'),
    ContentType: "application/json",
  };
  const whole = await signedRequest(client, new sdk.InvokeEndpointCommand(input));
  const { Body } = await whole.output((await exchanged(transport, whole)).recorded);
  assert.equal(Body!.transformToString(), '[{"generated_text":"whole"}]');
  const streamed = await signedRequest(client, new sdk.InvokeEndpointWithResponseStreamCommand(input));
  const { recorded } = await exchanged(transport, streamed);
  const { events } = await drained((await streamed.output(recorded)).Body);
  const decoder = new TextDecoder();
  assert.deepEqual(events.map(({ PayloadPart }) => decoder.decode(PayloadPart?.Bytes)), ["one ", "two"]);
  for (const seen of server.requests) {
    assert.match(seen.head, /Credential=AKIDEXAMPLE\/\d{8}\/us-west-2\/sagemaker\/aws4_request/);
    const { carried, due } = await signatures(seen, secret);
    assert.equal(carried, due);
    assert.equal(seen.body, '{"inputs":"x"}');
  }
});

test(
  "500 is the SDK's InternalServerException, and exactly one request was made",
  ({ send }) =>
    send(json({ message: "oops" }, "500 Internal Server Error", {
      "x-amzn-errortype": "InternalServerException",
    })),
  async ({ server, transport, bedrock: { client, sdk } }) => {
    const call = await signedRequest(client, new sdk.ConverseCommand({ modelId, messages }));
    const { recorded } = await exchanged(transport, call);
    await assert.rejects(call.output(recorded), sdk.InternalServerException);
    assert.equal(server.requests.length, 1);
  },
);

test(
  "a command can be signed again, and used for an ordinary call after that",
  ({ send }) => send(json(answer)),
  async ({ server, transport, bedrock: { client, sdk } }) => {
    const command = new sdk.ConverseCommand({ modelId, messages });
    const stale = await signedRequest(client, command);
    const fresh = await signedRequest(client, command);
    const id = "amz-sdk-invocation-id";
    assert.notEqual(stale.request.headers[id], fresh.request.headers[id]);
    const { recorded } = await exchanged(transport, fresh);
    assert.equal((await fresh.output(recorded)).stopReason, "end_turn");
    assert.equal(server.requests.length, 1);
    assert.equal((await client.send(command)).stopReason, "end_turn");
    assert.equal(server.requests.length, 2);
  },
);

const idle: Script = () => {};

test("a signature lives five minutes from its second, or as long as the credentials", idle, async (on) => {
  const { client, sdk } = on.bedrock;
  const before = Date.now();
  const call = await signedRequest(client, new sdk.ConverseCommand({ modelId, messages }));
  assert.ok(call.signed_at_ms >= before && call.signed_at_ms <= Date.now());
  // x-amz-date has no fraction of a second: 12:00:00.900 is signed as 12:00:00 and ends at 12:05:00.
  assert.equal(call.expires_at_ms, Math.floor(call.signed_at_ms / 1000) * 1000 + 300_000);
  const expiration = new Date(Date.now() + 120_000);
  const soon = new sdk.BedrockRuntimeClient({
    region: "us-west-2",
    maxAttempts: 1,
    retryMode: "standard",
    credentials: { ...credentials, expiration },
  });
  const ending = await signedRequest(soon, new sdk.ConverseCommand({ modelId, messages }));
  assert.equal(ending.expires_at_ms, expiration.getTime());
  const byKey = new sdk.BedrockRuntimeClient({
    region: "us-west-2",
    maxAttempts: 1,
    retryMode: "standard",
    token: { token: "bedrock-api-key" },
    authSchemePreference: ["httpBearerAuth"],
  });
  const endless = await signedRequest(byKey, new sdk.ConverseCommand({ modelId, messages }));
  assert.equal(endless.request.headers["authorization"], "Bearer bedrock-api-key");
  assert.equal(endless.expires_at_ms, Infinity);
  assert.equal(new URL(endless.request.url).origin, "https://bedrock-runtime.us-west-2.amazonaws.com");
});

test("an answer that is read ten minutes later does not move the SDK's clock", idle, async ({ bedrock }) => {
  const { client, sdk } = bedrock;
  const command = new sdk.ConverseCommand({ modelId, messages });
  const call = await signedRequest(client, command);
  const date = new Date(Date.now() - 600_000).toUTCString();
  const headers = new Map([["content-type", "application/json"], ["date", date]]);
  const recorded: RecordedAnswer = {
    head: { status: 200, reason: "OK", headers },
    body: [bytes(JSON.stringify(answer))],
    failure: null,
  };
  assert.equal((await call.output(recorded)).stopReason, "end_turn");
  const next = await signedRequest(client, command);
  const stamp = next.request.headers["x-amz-date"]!.replace(
    /^(....)(..)(..)T(..)(..)(..)Z$/,
    "$1-$2-$3T$4:$5:$6Z",
  );
  assert.ok(Math.abs(Date.parse(stamp) - Date.now()) < 60_000, stamp);
});

test(
  "a client that might send twice, or wait before it sends, is refused",
  idle,
  async ({ server, bedrock }) => {
    const { sdk } = bedrock;
    const options = { region: "us-west-2", endpoint: server.url, credentials };
    const command = new sdk.ConverseCommand({ modelId, messages });
    for (const retrying of [{ maxAttempts: 3 }, { maxAttempts: 1, retryMode: "adaptive" }]) {
      const client = new sdk.BedrockRuntimeClient({ ...options, ...retrying });
      await assert.rejects(
        signedRequest(client, command),
        /needs a client with one attempt and no rate limiter/,
      );
    }
    assert.equal(server.connections, 0);
  },
);

test("what can't be signed rejects, and nothing is left waiting", idle, async ({ bedrock: { sdk } }) => {
  const client = new sdk.BedrockRuntimeClient({
    region: "us-west-2",
    maxAttempts: 1,
    retryMode: "standard",
    credentials: () => Promise.reject(new Error("no credentials here")),
  });
  const command = new sdk.ConverseCommand({ modelId, messages });
  await assert.rejects(signedRequest(client, command), /no credentials here/);
});
