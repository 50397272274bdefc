import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { proxiesFrom } from "../../lib/transport/mod.ts";
import { opensslServer } from "./openssl_server.ts";
import { relay } from "./relay.ts";
import { chunk, response, scriptedServer, streamHead } from "./scripted_server.ts";
import { always, ca, get, overTls, own } from "./secure_suite.ts";

overTls(({ test, withTransport }) => {
  test("the handshake is timed apart and paid once", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      using server = scriptedServer(always, own);
      const first = await get(transport, `https://localhost:${server.port}/`);
      const second = await get(transport, `https://localhost:${server.port}/`);
      assert.deepEqual([first.failure, second.failure, second.text], [null, null, "x"]);
      assert.ok(first.tls_ms! > 0 && first.connect_ms! > 0 && first.dns_ms !== null);
      assert.deepEqual([second.tls_ms, second.connect_ms, second.reused], [null, null, true]);
      assert.equal(server.connections, 1);
      const order = [first.sent_ms!, first.body_sent_ms!, first.headers_ms!, first.ended_ms];
      assert.deepEqual(order, order.toSorted((a, b) => a - b));
    }));

  test("a mebibyte goes out and comes back as it was", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      using server = scriptedServer(({ send, seen }) => send(response(seen.body)), own);
      // No period of 2 to the power of anything, so that swapped or lost records show.
      const body = Array.from(
        { length: 1 << 17 },
        (_, i) => (i * 7919 % 99_999_999).toString().padStart(8, "0"),
      )
        .join("");
      assert.equal(body.length, 1 << 20);
      for (let i = 0; i < 2; i++) {
        const { failure, text } = await get(transport, `https://localhost:${server.port}/`, {}, body);
        assert.equal(failure, null);
        assert.ok(text === body);
      }
      assert.equal(server.connections, 1);
    }));

  test("a body larger than the system takes at once goes out as it is", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      const hash = (text: string) => createHash("sha256").update(text).digest("hex");
      using server = scriptedServer(({ send, seen }) => send(response(hash(seen.body))), own);
      const body = Array.from({ length: 1 << 20 }, (_, i) => String(i).padStart(8, "0")).join("");
      const { failure, text } = await get(transport, `https://localhost:${server.port}/`, {}, body);
      assert.deepEqual([failure, text], [null, hash(body)]);
    }));

  test("a body that ends with the connection is whole only after close_notify", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      using server = scriptedServer(async ({ send, close }) => {
        await send("HTTP/1.1 200 OK\r\n\r\nabc");
        close();
      }, own);
      const whole = await get(transport, `https://localhost:${server.port}/`);
      assert.deepEqual([whole.failure, whole.text], [null, "abc"]);
      using wire = relay(server.port);
      assert.equal((await get(transport, `https://localhost:${wire.port}/`)).failure, null);
      // In TLS 1.3 the last record is the alert: 5 bytes of header, 2 of alert, 1 of type, 16 of checksum.
      using cut = relay(server.port, { cutAfter: wire.carried - 24 });
      const part = await get(transport, `https://localhost:${cut.port}/`);
      assert.equal(part.text, "abc");
      assert.equal(part.failure?.kind, "stream");
      assert.match(part.failure!.message, /close_notify/);
    }));

  test("a wire cut at any byte gives a failure and no byte that was not sent", async () => {
    using server = scriptedServer(
      async ({ send }) => {
        await send(streamHead + chunk("data: 1\n\n"));
        await send(chunk("data: 2\n\n"));
        await send(chunk(""));
      },
      own,
    );
    const text = "data: 1\n\ndata: 2\n\n";
    await withTransport({ caCerts: [ca] }, async (transport) => {
      using wire = relay(server.port);
      assert.equal((await get(transport, `https://localhost:${wire.port}/`)).failure, null);
      const found = new Set<string>();
      // The last chunk is 5 bytes and the one before it 14 (1 of size, 9, two line ends), each with 22 bytes of its record.
      for (let lost = 1; lost < 27 + 36 + 60; lost += 3) {
        using cut = relay(server.port, { cutAfter: wire.carried - lost });
        const part = await get(transport, `https://localhost:${cut.port}/`);
        assert.equal(part.failure?.kind, "stream", `${lost} bytes lost`);
        if (lost <= 27) assert.equal(part.text, text);
        else if (lost <= 27 + 36) assert.equal(part.text, "data: 1\n\n");
        assert.ok(text.startsWith(part.text));
        found.add(part.text);
      }
      assert.deepEqual([...found].sort(), ["", "data: 1\n\n", text]);
    });
  });

  test("a cut handshake and one that is answered in plain HTTP are network failures", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      using server = scriptedServer(always, own);
      using cut = relay(server.port, { cutAfter: 100 });
      const closed = await get(transport, `https://localhost:${cut.port}/`);
      assert.match(
        closed.failure!.message,
        /unexpected end of file|handshake eof|closed during the TLS handshake/,
      );
      assert.equal(closed.sent_ms, null);
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const answering = (async () => {
        const conn = await listener.accept();
        await conn.read(new Uint8Array(4096));
        await conn.write(new TextEncoder().encode(response("no TLS here", "400 Bad Request")));
        return conn;
      })();
      const plain = await get(transport, `https://localhost:${listener.addr.port}/`);
      assert.deepEqual([plain.failure?.kind, plain.sent_ms], ["network", null]);
      assert.match(plain.failure!.message, /InvalidContentType|corrupt message|^wrong version number$/);
      (await answering).close();
      listener.close();
    }));

  test("a peer that never answers the handshake runs into the limit", () =>
    withTransport({}, async (transport) => {
      const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepted: Deno.Conn[] = [];
      (async () => {
        for await (const conn of silent) accepted.push(conn);
      })();
      const { failure } = await get(transport, `https://localhost:${silent.addr.port}/`, {
        limits: { connect_ms: 60 },
      });
      assert.deepEqual(failure, { kind: "timeout", message: "no connection within 60 ms" });
      silent.close();
      accepted.forEach((conn) => conn.close());
    }));

  test("an abort ends the exchange as cancelled and keeps what had come", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      using server = scriptedServer(({ send }) => send(streamHead + chunk("a")), own);
      const stop = new AbortController();
      const cancelled = transport.send(
        { method: "GET", url: `https://localhost:${server.port}/`, headers: {}, body: null },
        { onHead() {}, onData: () => stop.abort() },
        { signal: stop.signal },
      );
      const { failure, status } = await cancelled;
      assert.deepEqual([failure?.kind, status], ["cancelled", 200]);
    }));

  test("a server that closes a connection at rest finds it not used again", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      using server = scriptedServer(async ({ send, close, index }) => {
        await send(response(`r${index}`));
        if (index === 0) close();
      }, own);
      assert.equal((await get(transport, `https://localhost:${server.port}/`)).text, "r0");
      await new Promise((resolve) => setTimeout(resolve, 30));
      const second = await get(transport, `https://localhost:${server.port}/`);
      assert.deepEqual([second.text, second.reused, second.failure], ["r1", false, null]);
    }));

  test("it goes through a proxy's tunnel, end to end with the server named", async () => {
    using server = scriptedServer(always, own);
    using proxy = relay(server.port, { proxyStatus: "200 Connection established" });
    // Loopback is reached directly whatever the variables say, so the way is named here.
    const way = proxiesFrom({ HTTPS_PROXY: `http://ann:pw@127.0.0.1:${proxy.port}` })(
      { key: "", tls: true, hostname: "model.test", port: 443 },
    );
    await withTransport({ caCerts: [ca], proxyFor: () => way }, async (transport) => {
      const result = await get(transport, `https://localhost:${server.port}/`);
      assert.deepEqual([result.failure, result.status], [null, 200]);
      assert.ok(result.tls_ms! > 0 && result.dns_ms === null);
      assert.equal((await get(transport, `https://localhost:${server.port}/`)).reused, true);
    });
    // base64 of "ann:pw".
    assert.equal(
      proxy.asked[0],
      `CONNECT localhost:${server.port} HTTP/1.1\r\nhost: localhost:${server.port}\r\n` +
        "proxy-authorization: Basic YW5uOnB3\r\n\r\n",
    );
    assert.equal(proxy.asked.length, 1);
    assert.ok(!server.requests[0]!.head.includes("proxy-authorization"));
  });

  test("a proxy that refuses the tunnel is a network failure with its answer", async () => {
    using proxy = relay(1, { proxyStatus: "407 Proxy Authentication Required" });
    const proxyFor = proxiesFrom({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` });
    await withTransport({ proxyFor }, async (transport) => {
      const { failure, sent_ms } = await get(transport, "https://model.test/");
      assert.deepEqual([failure?.kind, sent_ms], ["network", null]);
      assert.match(
        failure!.message,
        /^the proxy http:\/\/127\.0\.0\.1:\d+ refused a tunnel: 407 Proxy Authentication Required/,
      );
    });
  });

  test("a server that speaks TLS 1.2 at most is understood, one that knows 1.1 alone is refused", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      await using server = await opensslServer(own, "-tls1_2", "-www");
      const { failure, status, text } = await get(transport, `https://localhost:${server.port}/`);
      assert.deepEqual([failure, status], [null, 200]);
      assert.match(text, /Protocol *: TLSv1\.2/);
      await using older = await opensslServer(own, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-www");
      const refused = await get(transport, `https://localhost:${older.port}/`);
      assert.deepEqual([refused.failure?.kind, refused.sent_ms], ["network", null]);
      assert.match(refused.failure!.message, /ProtocolVersion|protocol version/);
    }));

  test("keys that the server changes in mid-stream change on both sides", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      await using server = await opensslServer(own, "-tls1_3");
      using wire = relay(server.port);
      const url = `https://localhost:${wire.port}/`;
      // What it reads from its input together it takes for one text or one command, so each waits for the one before.
      const passes = async (text: string) => {
        const before = wire.carried;
        await server.say(text);
        while (wire.carried === before) await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const asked = get(transport, url, {}, "first");
      await server.shown(/first/);
      await passes(streamHead + chunk("before "));
      await passes("K\n");
      await passes(chunk("after") + chunk(""));
      const first = await asked;
      assert.deepEqual([first.failure, first.text], [null, "before after"]);
      const again = get(transport, url, {}, "second");
      await server.shown(/second/);
      await passes(response("x"));
      const second = await again;
      assert.deepEqual([second.failure, second.text, second.reused], [null, "x", true]);
    }));
});
