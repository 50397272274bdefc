import assert from "node:assert/strict";
import { TransportError, TransportRequestHandler } from "../../lib/aws/mod.ts";
import { type SendResult, type Transport, userTransport } from "../../lib/transport/mod.ts";
import type { Script } from "../transport/scripted_server.ts";
import { transports } from "../transport/transports.ts";
import { converseFrames } from "./event_frames.ts";
import { against, drained, eventStreamHead, httpChunk, json, resettingServer, secret } from "./local_aws.ts";
import { signatures } from "./signature.ts";

const request = {
  method: "POST",
  protocol: "http:",
  hostname: "127.0.0.1",
  path: "/",
  headers: {},
};
/** The result of an exchange that went well. */
const whole: SendResult = {
  dns_ms: null,
  connect_ms: null,
  tls_ms: null,
  reused: false,
  ahead: false,
  sent_ms: 0,
  body_sent_ms: 0,
  headers_ms: 0,
  ended_ms: 1,
  status: 200,
  failure: null,
};
const input = { modelId: "model:0", messages: [{ role: "user" as const, content: [{ text: "hi" }] }] };

for (const { clock, open, ignore } of transports) {
  const test = (name: string, script: Script, body: Parameters<typeof against>[2], given = {}) =>
    Deno.test(
      `local server speaking Bedrock's protocol, ${clock} clock: ${name}`,
      { ignore },
      () => against(open, script, body, given),
    );

  const readFirst = Promise.withResolvers<void>();
  test("an ordinary call is signed, and its events come before the answer ends", async ({ send }) => {
    const [first, ...others] = converseFrames(["a"]);
    await send(eventStreamHead);
    await send(httpChunk(first));
    await readFirst.promise;
    for (const each of others) await send(httpChunk(each));
    await send(httpChunk());
  }, async ({ server, bedrock: { client, sdk } }) => {
    const { stream } = await client.send(new sdk.ConverseStreamCommand(input));
    const events: string[] = [];
    for await (const each of stream!) {
      events.push(Object.keys(each)[0]!);
      // The server sends the second event only after the first was read.
      readFirst.resolve();
    }
    assert.deepEqual(events, [
      "messageStart",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
    const { carried, due } = await signatures(server.requests[0]!, secret);
    assert.equal(carried, due);
  });

  test("a signal that aborts in mid-stream ends the exchange", async ({ send }) => {
    await send(eventStreamHead);
    await send(httpChunk(converseFrames([])[0]));
  }, async ({ bedrock: { client, sdk } }) => {
    const stopping = new AbortController();
    const options = { abortSignal: stopping.signal };
    const { stream } = await client.send(new sdk.ConverseStreamCommand(input), options);
    const events = stream![Symbol.asyncIterator]();
    assert.ok((await events.next()).value?.messageStart);
    stopping.abort();
    await assert.rejects(events.next(), { name: "AbortError" });
  });

  test(
    "a signal that aborts before the answer is an AbortError",
    () => {},
    async ({ bedrock: { client, sdk } }) => {
      const options = { abortSignal: AbortSignal.timeout(20) };
      await assert.rejects(client.send(new sdk.ConverseCommand(input), options), { name: "AbortError" });
    },
  );

  test(
    "no first byte in time is a TimeoutError, by the handler's limit or the call's",
    () => {},
    async (on) => {
      const { client, sdk } = on.bedrock;
      await assert.rejects(client.send(new sdk.ConverseCommand(input), { requestTimeout: 20 }), {
        name: "TimeoutError",
        message: "no first byte within 20 ms",
      });
      await assert.rejects(client.send(new sdk.ConverseCommand(input)), {
        name: "TimeoutError",
        message: "no end within 40 ms",
      });
    },
    { limits: { total_ms: 40 } },
  );

  test(
    "a connection that ends without an answer is an error that the SDK knows, and is not sent again",
    ({ close }) => close(),
    async ({ server, bedrock: { client, sdk } }) => {
      const error = await client.send(new sdk.ConverseCommand(input)).catch((error: unknown) => error);
      assert.ok(error instanceof TransportError);
      assert.equal(error.code, "ECONNRESET");
      assert.equal(server.requests.length, 1);
    },
  );

  test(
    "429 is the SDK's ThrottlingException, and is not sent again",
    ({ send }) =>
      send(json({ message: "slow down" }, "429 Too Many Requests", {
        "x-amzn-errortype": "ThrottlingException",
      })),
    async ({ server, bedrock: { client, sdk } }) => {
      await assert.rejects(client.send(new sdk.ConverseCommand(input)), sdk.ThrottlingException);
      assert.equal(server.requests.length, 1);
    },
  );
}

Deno.test("local server speaking Bedrock's protocol: a stream cut by the peer brings its events, then the cut", () =>
  against(userTransport, async ({ send, close }) => {
    await send(eventStreamHead);
    await send(httpChunk(converseFrames([])[0]));
    close();
  }, async ({ bedrock: { client, sdk } }) => {
    const { stream } = await client.send(new sdk.ConverseStreamCommand(input));
    const { events, error } = await drained(stream);
    assert.deepEqual(events.map((each) => Object.keys(each)[0]), ["messageStart"]);
    assert.ok(error instanceof TransportError);
    assert.equal(error.kind, "stream");
  }));

Deno.test("a body that is cancelled ends the exchange", () => {
  const ended = Promise.withResolvers<void>();
  return against(userTransport, async ({ send, pause }) => {
    await send(eventStreamHead);
    try {
      // Writing fails once the client has closed.
      for (let turn = 0; turn < 500; turn++) {
        await send(httpChunk(converseFrames([])[0]));
        await pause(2);
      }
    } catch {
      ended.resolve();
    }
  }, async ({ server: { port }, transport }) => {
    const handler = new TransportRequestHandler({ for: () => transport });
    const { response } = await handler.handle({ ...request, port });
    await (response.body as ReadableStream).cancel();
    await ended.promise;
  });
});

Deno.test("a body that is read late is what came, although the transport uses its buffer again", async () => {
  const buffer = Uint8Array.of(97);
  const transport: Transport = {
    clock: "user",
    now: () => 0,
    close() {},
    prepare() {},
    connectAhead: () => Promise.resolve(),
    send(_request, sink) {
      sink.onHead({ status: 200, reason: "OK", headers: new Map([["a", "b"]]) }, 0);
      sink.onData(buffer, 0);
      buffer[0] = 98;
      sink.onData(buffer, 1);
      return Promise.resolve(whole);
    },
  };
  const handler = new TransportRequestHandler({ for: () => transport });
  const { response } = await handler.handle({ ...request, port: 1 });
  assert.deepEqual([response.statusCode, response.reason, response.headers], [200, "OK", { a: "b" }]);
  assert.equal(await new Response(response.body).text(), "ab");
});

Deno.test("a reset by the peer is one connection, one error", async () => {
  using server = await resettingServer();
  const transport = userTransport();
  const handler = new TransportRequestHandler({ for: () => transport });
  await assert.rejects(handler.handle({ ...request, port: server.port }), {
    kind: "network",
    code: "ECONNRESET",
    message: /reset/i,
  });
  assert.equal(server.connections, 1);
  transport.close();
});

Deno.test("limits can be changed, the SDK's own settings pass by, and the transport outlives its handlers", async () => {
  const transport = userTransport();
  const handler = new TransportRequestHandler({ for: () => transport }, { connect_ms: 5 });
  assert.equal(handler.metadata.handlerProtocol, "http/1.1");
  handler.updateHttpClientConfig("total_ms", 7);
  handler.updateHttpClientConfig(Symbol.for("logger") as never, 1 as never);
  assert.deepEqual(handler.httpHandlerConfigs(), { connect_ms: 5, total_ms: 7 });
  handler.destroy();
  await against(
    () => transport,
    ({ send }) => send(json({ stopReason: "end_turn" })),
    async ({ bedrock }) => {
      const { client, sdk } = bedrock;
      assert.equal((await client.send(new sdk.ConverseCommand(input))).stopReason, "end_turn");
    },
  );
});

Deno.test("a call that met a stale connection goes out once more; a second one is the SDK's to hear of", async () => {
  const stale = { ...whole, failure: { kind: "network", message: "closed", stale: true } } as const;
  const calls = async (results: readonly SendResult[]) => {
    let sent = 0;
    const transport: Transport = {
      clock: "user",
      now: () => 0,
      close() {},
      prepare() {},
      connectAhead: () => Promise.resolve(),
      send(_request, sink) {
        const result = results[sent++]!;
        if (result.failure === null) sink.onHead({ status: 200, reason: "OK", headers: new Map() }, 0);
        return Promise.resolve(result);
      },
    };
    const handler = new TransportRequestHandler({ for: () => transport });
    const ended = await handler.handle({ ...request, port: 1 }).then(
      ({ response }) => response.statusCode,
      (error: TransportError) => error.kind,
    );
    return [sent, ended];
  };
  assert.deepEqual(await calls([stale, whole]), [2, 200]);
  assert.deepEqual(await calls([stale, stale, whole]), [2, "network"]);
});
