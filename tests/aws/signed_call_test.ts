import assert from "node:assert/strict";
import { bedrockRuntime, signedRequest, TransportError } from "../../lib/aws/mod.ts";
import { machineNanoseconds } from "../../lib/core/mod.ts";
import { millisecondsSince, type Transport } from "../../lib/transport/mod.ts";
import type { Script } from "../transport/scripted_server.ts";
import { transports } from "../transport/transports.ts";
import { converseFrames, exception } from "./event_frames.ts";
import {
  against,
  credentials,
  drained,
  eventStreamHead,
  exchanged,
  httpChunk,
  json,
  resettingServer,
  sendFrames,
} from "./local_aws.ts";

const modelId = "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.model-v1:0";
const messages = [{ role: "user" as const, content: [{ text: "Café in Zürich?" }] }];
const answer = {
  output: { message: { role: "assistant", content: [{ text: "fine" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 5, outputTokens: 1, totalTokens: 6 },
  metrics: { latencyMs: 321 },
};

for (const { clock, open, ignore } of transports) {
  type Body = Parameters<typeof against>[2];
  /** One test of the measured path over this clock. */
  const test = (name: string, script: Script, body: Body, made: () => Transport = open) =>
    Deno.test(
      `local server speaking AWS's protocol, ${clock} clock: ${name}`,
      { ignore },
      () => against(made, script, body),
    );

  test(
    "a signed call is sent by the transport alone, and the SDK reads its answer afterwards",
    ({ send }) => send(json(answer)),
    async ({ server, transport, bedrock: { client, sdk } }) => {
      const call = await signedRequest(client, new sdk.ConverseCommand({ modelId, messages }));
      assert.equal(server.connections, 0);
      const { recorded, result } = await exchanged(transport, call);
      assert.deepEqual([result.status, result.failure, server.requests.length], [200, null, 1]);
      const output = await call.output(recorded);
      assert.equal(output.output?.message?.content?.[0]?.text, "fine");
      assert.deepEqual(output.usage, { inputTokens: 5, outputTokens: 1, totalTokens: 6 });
      assert.deepEqual([output.$metadata.httpStatusCode, output.$metadata.attempts], [200, 1]);
    },
  );

  test(
    "an event stream cut into writes of five bytes gives the SDK what was sent, and the scanner as many",
    (on) => sendFrames(on, converseFrames(["Hel", "lo ", "wörld"]), 5),
    async ({ transport, bedrock: { client, sdk } }) => {
      const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
      const { recorded, arrivals } = await exchanged(transport, call);
      const { events, error } = await drained((await call.output(recorded)).stream);
      assert.equal(error, null);
      assert.equal(events.map((each) => each.contentBlockDelta?.delta?.text ?? "").join(""), "Hello wörld");
      assert.deepEqual(events.map((each) => Object.keys(each)[0]), arrivals.map(({ type }) => type));
      // messageStart, three deltas, contentBlockStop, messageStop, metadata.
      assert.equal(events.length, 7);
      assert.equal(events.at(-1)?.metadata?.metrics?.latencyMs, 321);
    },
  );

  const written: number[] = [];
  const now = millisecondsSince(machineNanoseconds());
  let arrived = Promise.withResolvers<void>();
  test("the events that the SDK reads afterwards were stamped when they arrived", async ({ send, pause }) => {
    await send(eventStreamHead);
    for (const bytes of converseFrames(["a", "b", "c"])) {
      arrived = Promise.withResolvers();
      written.push(now());
      await send(httpChunk(bytes));
      // However busy the machine is, the next event is written after this one was read, and a pause.
      await arrived.promise;
      await pause(5);
    }
    await send(httpChunk());
  }, async ({ transport, bedrock: { client, sdk } }) => {
    const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
    const { recorded, arrivals, result } = await exchanged(transport, call, () => arrived.resolve());
    const { events } = await drained((await call.output(recorded)).stream);
    assert.deepEqual(events.map((each) => Object.keys(each)[0]), arrivals.map(({ type }) => type));
    assert.equal(arrivals.length, 7);
    // Each event arrived after it was written and before the next one was. The kernel's clock is the wall clock, put on
    // this time line to a tenth of a millisecond.
    for (const [index, { at_ms }] of arrivals.entries()) {
      assert.ok(at_ms > written[index]! - 0.5, `event ${index}: written ${written[index]}, stamped ${at_ms}`);
      assert.ok(at_ms < (written[index + 1] ?? Infinity), `event ${index} was stamped late`);
    }
    assert.ok(arrivals.at(-1)!.at_ms <= result.ended_ms);
  }, () => open({ now }));

  test(
    "429 is the SDK's ThrottlingException, and exactly one request was made",
    ({ send }) =>
      send(json({ message: "slow down" }, "429 Too Many Requests", {
        "x-amzn-errortype": "ThrottlingException",
        "retry-after": "7",
      })),
    async ({ server, transport, bedrock: { client, sdk } }) => {
      const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
      const { recorded, result } = await exchanged(transport, call);
      assert.deepEqual([result.status, result.failure], [429, null]);
      const error = await call.output(recorded).catch((error: unknown) => error);
      assert.ok(error instanceof sdk.ThrottlingException);
      assert.deepEqual([error.name, error.message], ["ThrottlingException", "slow down"]);
      assert.deepEqual([error.$metadata.httpStatusCode, error.$metadata.attempts], [429, 1]);
      assert.equal(error.$response?.headers["retry-after"], "7");
      assert.deepEqual([server.requests.length, server.connections], [1, 1]);
    },
  );

  test(
    "a connection that ends without an answer is a network error, and exactly one request was made",
    ({ close }) => close(),
    async ({ server, transport, bedrock: { client, sdk } }) => {
      const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
      const { recorded, result } = await exchanged(transport, call);
      assert.deepEqual([recorded.head, result.failure?.kind], [null, "network"]);
      const error = await call.output(recorded).catch((error: unknown) => error);
      assert.ok(error instanceof TransportError);
      assert.deepEqual([error.name, error.kind, error.code], ["NetworkError", "network", "ECONNRESET"]);
      assert.deepEqual([server.requests.length, server.connections], [1, 1]);
    },
  );

  Deno.test(
    `${clock} clock: a reset is a network error of a measured call, and exactly one request was made`,
    {
      ignore,
    },
    async () => {
      using server = await resettingServer();
      const transport = open();
      const { client, sdk } = await bedrockRuntime({
        transports: { for: () => transport },
        region: "us-west-2",
        endpoint: server.url,
        credentials,
      });
      const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
      const { recorded } = await exchanged(transport, call);
      await assert.rejects(call.output(recorded), { kind: "network", code: "ECONNRESET", message: /reset/i });
      assert.equal(server.connections, 1);
      transport.close();
    },
  );

  test(
    "an exception in mid-stream comes after the events before it, as the SDK's own",
    (on) =>
      sendFrames(on, [
        ...converseFrames(["a", "b"]).slice(0, 3),
        exception("throttlingException", "enough"),
      ]),
    async ({ transport, bedrock: { client, sdk } }) => {
      const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
      const { recorded, arrivals } = await exchanged(transport, call);
      assert.deepEqual(
        arrivals.map(({ type }) => type),
        ["messageStart", "contentBlockDelta", "contentBlockDelta", "throttlingException"],
      );
      const { events, error } = await drained((await call.output(recorded)).stream);
      assert.equal(events.length, 3);
      assert.ok(error instanceof sdk.ThrottlingException);
      assert.equal(error.message, "enough");
    },
  );

  test("a stream that the peer cuts brings its whole events, then the cut", async ({ send, close }) => {
    const bytes = Uint8Array.from(converseFrames(["a"]).slice(0, 3).flatMap((each) => [...each]));
    await send(eventStreamHead);
    await send(httpChunk(bytes.subarray(0, -3)));
    close();
  }, async ({ transport, bedrock: { client, sdk } }) => {
    const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId, messages }));
    const { recorded, result } = await exchanged(transport, call);
    assert.equal(result.failure?.kind, "stream");
    const { events, error } = await drained((await call.output(recorded)).stream);
    assert.deepEqual(events.map((each) => Object.keys(each)[0]), ["messageStart", "contentBlockDelta"]);
    assert.ok(error instanceof TransportError);
    assert.equal(error.kind, "stream");
  });
}
