import assert from "node:assert/strict";
import { proxiesFrom, type SendOptions, SseScanner, type Transport } from "../../lib/transport/mod.ts";
import { transports } from "./transports.ts";
import {
  chunk,
  response,
  type Script,
  type ScriptedServer,
  scriptedServer,
  streamHead,
} from "./scripted_server.ts";

async function get(transport: Transport, url: string, options: SendOptions = {}, body = "{}") {
  let text = "";
  const stamps: number[] = [];
  const result = await transport.send({ method: "POST", url, headers: {}, body }, {
    onHead() {},
    onData(bytes, at_ms) {
      text += new TextDecoder().decode(bytes);
      stamps.push(at_ms);
    },
  }, options);
  return { ...result, text, stamps };
}

for (const { clock, open, ignore } of transports) {
  const test = (name: string, fn: () => Promise<void>) =>
    Deno.test(`${clock} clock: ${name}`, { ignore }, fn);

  /** Runs one test against a server that follows the script. */
  const against = async (
    script: Script,
    body: (server: ScriptedServer, transport: Transport) => Promise<void>,
  ) => {
    using server = scriptedServer(script);
    const transport = open();
    try {
      await body(server, transport);
    } finally {
      transport.close();
    }
  };

  test("an exchange has its times in order, and the second one reuses the connection", () =>
    against(({ send }) => send(response("hello")), async (server, transport) => {
      const first = await get(transport, server.url);
      assert.equal(first.text, "hello");
      assert.equal(first.status, 200);
      assert.equal(first.failure, null);
      assert.equal(first.reused, false);
      assert.ok(first.connect_ms !== null && first.connect_ms >= 0);
      assert.deepEqual([first.dns_ms, first.tls_ms], [null, null]);
      const order = [first.sent_ms!, first.body_sent_ms!, first.headers_ms!, first.ended_ms];
      assert.deepEqual(order, order.toSorted((a, b) => a - b));
      const second = await get(transport, server.url);
      assert.equal(second.reused, true);
      assert.equal(second.connect_ms, null);
      assert.equal(server.connections, 1);
    }));

  test("requests at the same time have a connection each", () =>
    against(async ({ send, pause }) => {
      await pause(20);
      await send(response("x"));
    }, async (server, transport) => {
      const all = await Promise.all([1, 2, 3].map(() => get(transport, server.url)));
      assert.deepEqual(all.map(({ text }) => text), ["x", "x", "x"]);
      assert.equal(server.connections, 3);
      await get(transport, server.url);
      assert.equal(server.connections, 3);
    }));

  test("parts of a stream are stamped one by one as they come", () =>
    against(async ({ send, pause }) => {
      await send(streamHead);
      for (const part of ["a", "b", "c"]) {
        await pause(15);
        await send(chunk(part));
      }
      await send(chunk(""));
    }, async (server, transport) => {
      const { text, stamps, sent_ms } = await get(transport, server.url);
      assert.equal(text, "abc");
      assert.ok(
        stamps[0]! - sent_ms! >= 14 && stamps[1]! - stamps[0]! >= 10 && stamps[2]! - stamps[1]! >= 10,
      );
    }));

  test("a large body goes out whole", () =>
    against(({ send, seen }) => send(response(String(seen.body.length))), async (server, transport) => {
      assert.equal((await get(transport, server.url, {}, "x".repeat(3_000_000))).text, "3000000");
    }));

  test("a connection that the server closed while idle is not used again", () =>
    against(async ({ send, close, index }) => {
      await send(response(`r${index}`));
      if (index === 0) close();
    }, async (server, transport) => {
      assert.equal((await get(transport, server.url)).text, "r0");
      await new Promise((resolve) => setTimeout(resolve, 20));
      const second = await get(transport, server.url);
      assert.deepEqual([second.text, second.reused, second.failure], ["r1", false, null]);
    }));

  test("a server that has answered on a used connection and then closes without an answer is at fault", () =>
    against(async ({ send, close, index }) => {
      if (index < 2) await send(response("ok"));
      else close();
    }, async (server, transport) => {
      await get(transport, server.url);
      assert.equal((await get(transport, server.url)).reused, true);
      const third = await get(transport, server.url);
      assert.deepEqual([third.failure?.kind, third.failure?.stale], ["network", undefined]);
      assert.equal(third.reused, true);
      assert.equal(third.status, null);
      assert.equal(server.requests.length, 3, "the request was not sent twice");
    }));

  test("a connection that ends without an answer, of a server that never answered on a used one, is stale", () =>
    against(async ({ send, close, index }) => {
      if (index === 0) await send(response("ok"));
      else close();
    }, async (server, transport) => {
      await get(transport, server.url);
      const second = await get(transport, server.url);
      assert.deepEqual([second.failure?.kind, second.failure?.stale, second.reused], ["network", true, true]);
      const third = await get(transport, server.url);
      assert.deepEqual([third.failure?.kind, third.failure?.stale, third.reused], [
        "network",
        undefined,
        false,
      ]);
    }));

  test("a peer that closes after each response gets a new connection for each request", () =>
    against(async ({ send, close, index }) => {
      await send(response(`r${index}`));
      if (index < 2) close();
    }, async (server, transport) => {
      for (let i = 0; i < 2; i++) {
        await get(transport, server.url);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await get(transport, server.url);
      assert.equal(
        (await get(transport, server.url)).reused,
        false,
        "kept although it would have been answered",
      );
      assert.equal(server.connections, 4);
    }));

  test("a prepared request goes out as one that is not", () =>
    against(({ send }) => send(response("x")), async (server, transport) => {
      const request = {
        method: "POST",
        url: `${server.url}/v1?a=b`,
        headers: { a: "b" },
        body: "{}",
      } as const;
      const twin = { ...request };
      transport.prepare(request);
      for (const each of [request, twin]) {
        const { failure } = await transport.send(each, { onHead() {}, onData() {} });
        assert.equal(failure, null);
      }
      assert.equal(server.requests.length, 2);
      const [prepared, other] = server.requests.map(({ head, body }) => [head, body]);
      assert.deepEqual(prepared, other);
    }));

  test("a connection that rested for its peer's keep-alive time and fails is stale; the next request gets a new one", async () => {
    let now = 0;
    using server = scriptedServer(async ({ send, close, index }) => {
      if (index === 1) close();
      else await send(response(`r${index}`));
    });
    const transport = open({ now: () => now });
    try {
      await get(transport, server.url);
      now = 5000;
      const second = await get(transport, server.url);
      assert.deepEqual([second.failure?.kind, second.failure?.stale, second.reused], ["network", true, true]);
      assert.equal(server.requests.length, 2, "nothing was sent twice behind the caller's back");
      const third = await get(transport, server.url);
      assert.deepEqual([third.text, third.reused, third.failure], ["r2", false, null]);
      assert.equal(server.connections, 2);
    } finally {
      transport.close();
    }
  });

  for (
    const [name, script, kind, pattern] of [
      [
        "a body that ends before its length",
        async ({ send, close }) => {
          await send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
          close();
        },
        "stream",
        /closed before the end/,
      ],
      [
        "an answer that is no HTTP",
        ({ send }) => send("220 smtp ready\r\n\r\n"),
        "parse",
        /no HTTP: not an HTTP/,
      ],
    ] as [string, Script, string, RegExp][]
  ) {
    test(`${name} is a ${kind} failure`, () =>
      against(script, async (server, transport) => {
        const { failure } = await get(transport, server.url);
        assert.equal(failure?.kind, kind);
        assert.match(failure!.message, pattern);
      }));
  }

  test("a refused connection is a network failure without a time of sending", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const transport = open();
    const { failure, sent_ms, ended_ms } = await get(transport, `http://127.0.0.1:${port}/`);
    assert.equal(failure?.kind, "network");
    assert.match(failure!.message, /refused/i);
    assert.equal(sent_ms, null);
    assert.ok(ended_ms > 0);
    transport.close();
  });

  test("each limit ends the exchange under its own name", () =>
    against(async ({ send, pause, seen }) => {
      if (seen.body === "silent") return;
      await send(streamHead + chunk("a"));
      if (seen.body === "stall") return;
      for (let i = 0; i < 100; i++) {
        await pause(5);
        await send(chunk("b"));
      }
    }, async (server, transport) => {
      const first = await get(
        transport,
        server.url,
        { limits: { first_byte_ms: 30, stall_ms: 1000 } },
        "silent",
      );
      assert.deepEqual(first.failure, { kind: "timeout", message: "no first byte within 30 ms" });
      const stall = await get(
        transport,
        server.url,
        { limits: { first_byte_ms: 1000, stall_ms: 40 } },
        "stall",
      );
      assert.deepEqual(stall.failure, { kind: "timeout", message: "no further byte within 40 ms" });
      assert.equal(stall.text, "a");
      const total = await get(transport, server.url, { limits: { total_ms: 60, stall_ms: 1000 } }, "drip");
      assert.deepEqual(total.failure, { kind: "timeout", message: "no end within 60 ms" });
      assert.ok(total.text.length > 1, "it was not the pause between reads");
    }));

  test("an abort ends the exchange as cancelled and keeps what had come", () =>
    against(({ send }) => send(streamHead + chunk("a")), async (server, transport) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 30);
      const { failure, text } = await get(transport, server.url, { signal: stop.signal });
      assert.deepEqual([failure?.kind, text], ["cancelled", "a"]);
      const late = await get(transport, server.url, { signal: stop.signal });
      assert.deepEqual([late.failure?.kind, late.sent_ms], ["cancelled", null]);
      assert.equal(server.requests.length, 1);
    }));

  test("a name is looked up in its own time", () =>
    against(({ send }) => send(response("x")), async (server, transport) => {
      const { dns_ms, failure } = await get(transport, `http://localhost:${server.port}/`);
      assert.equal(failure, null);
      assert.ok(dns_ms !== null && dns_ms >= 0);
    }));

  test("what a sink throws is a bug and is not taken for a failure of the network", () =>
    against(({ send }) => send(response("x")), async (server, transport) => {
      const broken = transport.send({ method: "GET", url: server.url, headers: {}, body: null }, {
        onHead() {
          throw new TypeError("bug");
        },
        onData() {},
      });
      await assert.rejects(broken, TypeError);
    }));

  test("a request through a proxy names the whole URL and reuses the proxy's connection", async () => {
    using proxy = scriptedServer(({ send }) => send(response("relayed")));
    const transport = open({
      proxyFor: proxiesFrom({ HTTP_PROXY: `http://ann:pw@127.0.0.1:${proxy.port}` }),
    });
    try {
      const first = await get(transport, "http://model.test:8000/v1?x=1");
      assert.deepEqual([first.failure, first.text], [null, "relayed"]);
      const [request = ""] = proxy.requests.map(({ head }) => head);
      assert.match(request, /^POST http:\/\/model\.test:8000\/v1\?x=1 HTTP\/1\.1\r\n/);
      assert.match(request, /\r\nhost: model\.test:8000\r\n/);
      // base64 of "ann:pw".
      assert.match(request, /\r\nproxy-authorization: Basic YW5uOnB3\r\n/);
      const second = await get(transport, "http://other.test/");
      assert.equal(second.reused, true);
      assert.equal(proxy.connections, 1);
    } finally {
      transport.close();
    }
  });

  test("an IPv6 address is reached without a look-up", async () => {
    using server = scriptedServer(({ send }) => send(response("six")), undefined, "::1");
    const transport = open();
    try {
      const { text, failure, dns_ms } = await get(transport, `http://[::1]:${server.port}/`);
      assert.deepEqual([failure, text, dns_ms], [null, "six", null]);
      assert.match(server.requests[0]!.head, new RegExp(`\r\nhost: \\[::1\\]:${server.port}\r\n`));
    } finally {
      transport.close();
    }
  });

  test("a name without an address is a network failure", async () => {
    const transport = open();
    const { failure, sent_ms } = await get(transport, "http://no-such-host.invalid/");
    assert.deepEqual([failure?.kind, sent_ms], ["network", null]);
    transport.close();
  });

  test("a connection that takes too long runs into its limit", async () => {
    const transport = open();
    // TEST-NET-1 answers nothing; where the system refuses at once there is nothing to wait for.
    const { failure } = await get(transport, "http://192.0.2.1:9/", { limits: { connect_ms: 40 } });
    if (failure?.kind !== "network") {
      assert.deepEqual(failure, { kind: "timeout", message: "no connection within 40 ms" });
    }
    transport.close();
  });

  test("events of one packet are marked as sharing a read, those of packets apart are not", () =>
    against(async ({ send, pause }) => {
      await send(streamHead);
      await pause(10);
      await send(chunk("data: 1\n\n") + chunk("data: 2\n\n"));
      await pause(10);
      await send(chunk("data: 3\n\n"));
      await send(chunk(""));
    }, async (server, transport) => {
      const events: [string, boolean][] = [];
      const scanner = new SseScanner(({ data, shared_read }) => events.push([data, shared_read]));
      await transport.send({ method: "GET", url: server.url, headers: {}, body: null }, {
        onHead() {},
        onData: (bytes, at_ms) => scanner.push(bytes, at_ms),
      });
      assert.deepEqual(events, [["1", false], ["2", true], ["3", false]]);
    }));

  test("timers and other input live on while an answer is awaited", () =>
    against(async ({ send, pause }) => {
      await pause(150);
      await send(response("x"));
    }, async (server, transport) => {
      let ticks = 0;
      const timer = setInterval(() => ticks++, 10);
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      const waiting = get(transport, server.url);
      const started = performance.now();
      const [other] = await Promise.all([listener.accept(), Deno.connect({ port })]
        .map((conn) => conn.then((open) => open.close()))).then(() => [performance.now() - started]);
      await waiting;
      clearInterval(timer);
      listener.close();
      assert.ok(ticks >= 5, `${ticks} ticks in 150 ms`);
      assert.ok(other! < 100, `a connection beside it took ${other} ms`);
    }));
}
