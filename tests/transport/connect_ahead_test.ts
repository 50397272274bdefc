import assert from "node:assert/strict";
import { proxiesFrom, type Transport, type WireRequest } from "../../lib/transport/mod.ts";
import { relay } from "./relay.ts";
import { response, type Script, type ScriptedServer, scriptedServer } from "./scripted_server.ts";
import { always, ca, overTls, own } from "./secure_suite.ts";
import { transports } from "./transports.ts";

const limit = { older_than_ms: 55_000 };

function requestTo(url: string): WireRequest {
  return { method: "POST", url, headers: {}, body: "{}" };
}

function sent(transport: Transport, request: WireRequest) {
  return transport.send(request, { onHead() {}, onData() {} });
}

/** Waits until something shows that was set going elsewhere; a test that hangs says what for. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUp = performance.now() + 5_000;
  while (!holds()) {
    assert.ok(performance.now() < giveUp, `waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

for (const { clock, open, ignore } of transports) {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test(`${clock} clock, connections ahead: ${name}`, { ignore }, fn);

  /** Runs one test against a server that follows the script, at a time that the test sets. */
  const against = async (
    script: Script,
    body: (on: { server: ScriptedServer; transport: Transport; pass(ms: number): void }) => Promise<void>,
  ) => {
    using server = scriptedServer(script);
    let passed = 0;
    const transport = open({ now: () => performance.now() + passed });
    try {
      await body({ server, transport, pass: (ms) => void (passed += ms) });
    } finally {
      transport.close();
    }
  };

  test("one that rested for too long is closed and replaced, and the call does not wait for it", () =>
    against(({ send }) => send(response("x")), async ({ server, transport, pass }) => {
      const request = requestTo(server.url);
      const cold = await sent(transport, request);
      assert.deepEqual([cold.reused, cold.ahead], [false, false]);
      pass(55_001);
      await transport.connectAhead(request, limit);
      await until("the old one is replaced", () => server.connections === 2);
      const before = transport.now();
      const call = await sent(transport, request);
      assert.deepEqual([call.failure, call.reused, call.ahead], [null, false, true]);
      assert.ok(call.connect_ms !== null && call.connect_ms >= 0);
      // An opening that took place within the call would lie between these two.
      assert.ok(call.sent_ms! >= before && call.sent_ms! - before < 20, `${call.sent_ms! - before} ms`);
      assert.equal(server.requests[1]!.connection, 1);
      const next = await sent(transport, request);
      assert.deepEqual([next.reused, next.ahead, next.connect_ms], [true, false, null]);
    }));

  test("one that has not rested for too long is left as it is", () =>
    against(({ send }) => send(response("x")), async ({ server, transport, pass }) => {
      const request = requestTo(server.url);
      await sent(transport, request);
      pass(54_000);
      await transport.connectAhead(request, limit);
      const call = await sent(transport, request);
      assert.deepEqual([call.reused, call.ahead, server.connections], [true, false, 1]);
    }));

  test("a new one that rested for too long itself is replaced as well", () =>
    against(({ send }) => send(response("x")), async ({ server, transport, pass }) => {
      const request = requestTo(server.url);
      await transport.connectAhead(request, limit);
      pass(60_000);
      await transport.connectAhead(request, limit);
      const call = await sent(transport, request);
      assert.deepEqual([call.ahead, call.failure, server.requests[0]!.connection], [true, null, 1]);
    }));

  test("a server that closes what rests never costs a call anything", () => {
    let gone = 0;
    return against(async ({ send, close }) => {
      await send(response("x"));
      close();
      gone++;
    }, async ({ server, transport, pass }) => {
      for (let i = 0; i < 4; i++) {
        const request = requestTo(server.url);
        await transport.connectAhead(request, limit);
        const call = await sent(transport, request);
        assert.deepEqual([call.failure, call.reused, call.ahead], [null, false, true], `call ${i}`);
        await until("the server has closed", () => gone === i + 1);
        pass(1_000);
      }
      assert.equal(server.requests.length, 4);
    });
  });

  test("calls at the same time find one each, and no more are opened", () =>
    against(async ({ send, pause }) => {
      await pause(15);
      await send(response("x"));
    }, async ({ server, transport }) => {
      const requests = [1, 2, 3].map(() => requestTo(server.url));
      for (let round = 0; round < 2; round++) {
        await Promise.all(
          requests.flatMap((
            request,
          ) => [transport.connectAhead(request, limit), transport.connectAhead(request, limit)]),
        );
        const calls = await Promise.all(requests.map((request) => sent(transport, request)));
        assert.deepEqual(calls.map(({ ahead }) => ahead), [round, round, round].map((n) => n === 0));
        assert.deepEqual(calls.map(({ reused }) => reused), [round, round, round].map((n) => n === 1));
      }
      assert.equal(server.connections, 3);
    }));

  test("what is kept for one request goes to another only when there is no other", () =>
    against(({ send }) => send(response("x")), async ({ server, transport }) => {
      const [a, b] = [requestTo(server.url), requestTo(server.url)];
      await transport.connectAhead(a, limit);
      await transport.connectAhead(b, limit);
      await until("both are open", () => server.connections === 2);
      await sent(transport, a);
      // Two rest now: the one that has carried `a`, the other still kept for `b`.
      assert.equal((await sent(transport, a)).reused, true);
      assert.equal((await sent(transport, b)).ahead, true);
      assert.equal(server.connections, 2);
    }));

  test("a server that is not there is met by the call and not before", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const transport = open();
    const request = requestTo(`http://127.0.0.1:${port}/`);
    await transport.connectAhead(request, limit);
    const call = await sent(transport, request);
    assert.deepEqual([call.failure?.kind, call.ahead, call.sent_ms], ["network", false, null]);
    transport.close();
  });

  test("opening ends with its signal and with the transport, and nothing stays behind", () =>
    against(({ send }) => send(response("x")), async ({ server, transport }) => {
      const request = requestTo(server.url);
      const stop = new AbortController();
      const given = transport.connectAhead(request, { ...limit, signal: stop.signal });
      stop.abort();
      await given;
      const closed = transport.connectAhead(requestTo(server.url), limit);
      transport.close();
      await closed;
      await transport.connectAhead(request, limit);
      assert.equal((await sent(transport, request)).failure?.kind, "cancelled");
    }));

  test("one that ends under its first request is stale after a second of rest, and before it the peer's fault", () =>
    against(({ close }) => close(), async ({ server, transport, pass }) => {
      const request = requestTo(server.url);
      await transport.connectAhead(request, limit);
      const soon = await sent(transport, request);
      assert.deepEqual([soon.failure?.kind, soon.failure?.stale, soon.ahead], ["network", undefined, true]);
      await transport.connectAhead(request, limit);
      pass(1_000);
      const late = await sent(transport, request);
      assert.deepEqual([late.failure?.kind, late.failure?.stale, late.ahead], ["network", true, true]);
      assert.equal(server.requests.length, 2, "nothing was sent twice behind the caller's back");
    }));
}

overTls(({ test, withTransport }) => {
  test("a connection opened ahead has its handshake behind it, also after the server's tickets came", async () => {
    using server = scriptedServer(always, own);
    await withTransport({ caCerts: [ca] }, async (transport) => {
      const request = requestTo(`https://localhost:${server.port}/`);
      await transport.connectAhead(request, limit);
      // TLS 1.3 servers send session tickets now; they are no reason to give the connection up.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await transport.connectAhead(request, limit);
      const call = await sent(transport, request);
      assert.deepEqual([call.failure, call.reused, call.ahead], [null, false, true]);
      assert.ok(call.tls_ms !== null && call.tls_ms > 0);
      assert.equal(server.connections, 1);
    });
  });

  test("opening gives up at its signal with a peer that never answers, and the call meets the same", () =>
    withTransport({}, async (transport) => {
      const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepted: Deno.Conn[] = [];
      (async () => {
        for await (const conn of silent) accepted.push(conn);
      })();
      const request = requestTo(`https://localhost:${silent.addr.port}/`);
      const begun = performance.now();
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), 40);
      await transport.connectAhead(request, { ...limit, signal: stop.signal });
      clearTimeout(timer);
      const took = performance.now() - begun;
      assert.ok(took >= 39 && took < 4_000, `${took} ms`);
      const call = await transport.send(request, { onHead() {}, onData() {} }, {
        limits: { connect_ms: 40 },
      });
      assert.deepEqual(call.failure, { kind: "timeout", message: "no connection within 40 ms" });
      silent.close();
      accepted.forEach((conn) => conn.close());
    }));

  test("a connection is opened ahead through the proxy's tunnel", async () => {
    using server = scriptedServer(always, own);
    using proxy = relay(server.port, { proxyStatus: "200 Connection established" });
    const way = proxiesFrom({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })(
      { key: "", tls: true, hostname: "model.test", port: 443 },
    );
    await withTransport({ caCerts: [ca], proxyFor: () => way }, async (transport) => {
      const request = requestTo(`https://localhost:${server.port}/`);
      await transport.connectAhead(request, limit);
      assert.equal(proxy.asked.length, 1);
      const call = await sent(transport, request);
      assert.deepEqual([call.failure, call.ahead, proxy.asked.length], [null, true, 1]);
    });
  });
});
