import assert from "node:assert/strict";
import { proxiesFrom, userTransport } from "../../lib/transport/mod.ts";
import { response, scriptedServer } from "./scripted_server.ts";

/** A fresh certificate of our own for `localhost`; null where there is no openssl. */
async function certificate(): Promise<{ cert: string; key: string } | null> {
  const root = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("openssl", {
      args: [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
        ],
        ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-keyout", `${root}/key.pem`, "-out", `${root}/cert.pem`],
      ],
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) return null;
    const [cert, key] = await Promise.all(
      ["cert", "key"].map((name) => Deno.readTextFile(`${root}/${name}.pem`)),
    );
    return { cert: cert!, key: key! };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const pair = await certificate();
const ignore = pair === null;
if (ignore) console.warn("openssl is missing or refuses: the TLS tests are skipped");

async function get(url: string, caCerts: readonly string[]) {
  const transport = userTransport({ caCerts });
  const sink = { onHead() {}, onData() {} };
  const request = { method: "GET", url, headers: {}, body: null } as const;
  try {
    const first = await transport.send(request, sink, { limits: { total_ms: 5000 } });
    const second = await transport.send(request, sink, { limits: { total_ms: 5000 } });
    return [first, second] as const;
  } finally {
    transport.close();
  }
}

Deno.test("over TLS the handshake is timed apart and paid once", { ignore }, async () => {
  using server = scriptedServer(({ send }) => send(response("x")), pair!);
  const [first, second] = await get(`https://localhost:${server.port}/`, [pair!.cert]);
  assert.deepEqual([first.failure, second.failure], [null, null]);
  assert.ok(first.tls_ms! > 0 && first.connect_ms! > 0);
  assert.deepEqual([second.tls_ms, second.reused], [null, true]);
});

Deno.test("an unknown issuer and a foreign host name are refused", { ignore }, async () => {
  using server = scriptedServer(({ send }) => send(response("x")), pair!);
  const [stranger] = await get(`https://localhost:${server.port}/`, []);
  assert.equal(stranger.failure?.kind, "network");
  assert.match(stranger.failure!.message, /UnknownIssuer/);
  const [misnamed] = await get(`https://127.0.0.1:${server.port}/`, [pair!.cert]);
  assert.equal(misnamed.failure?.kind, "network");
  assert.match(misnamed.failure!.message, /NotValidForName|not valid for name/i);
  assert.equal(server.requests.length, 0);
});

Deno.test("a peer that never answers the handshake runs into the limit", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  (async () => {
    for await (const conn of silent) accepted.push(conn);
  })();
  const transport = userTransport();
  const request = {
    method: "GET",
    url: `https://localhost:${silent.addr.port}/`,
    headers: {},
    body: null,
  } as const;
  const { failure } = await transport.send(request, { onHead() {}, onData() {} }, {
    limits: { connect_ms: 60 },
  });
  assert.deepEqual(failure, { kind: "timeout", message: "no connection within 60 ms" });
  silent.close();
  accepted.forEach((conn) => conn.close());
});

/** A proxy that answers CONNECT with `status` and, if that is a success, carries bytes to `port` and back. */
function tunnel(port: number, status: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: string[] = [];
  (async () => {
    for await (const client of listener) {
      const buffer = new Uint8Array(4096);
      let head = "";
      while (!head.endsWith("\r\n\r\n")) {
        const count = await client.read(buffer);
        if (count === null) break;
        head += new TextDecoder().decode(buffer.subarray(0, count));
      }
      asked.push(head);
      await client.write(new TextEncoder().encode(`HTTP/1.1 ${status}\r\n\r\n`));
      if (!status.startsWith("2")) {
        client.close();
        continue;
      }
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const [from, to] of [[client, server], [server, client]] as const) {
        from.readable.pipeTo(to.writable).catch(() => {});
      }
    }
  })();
  return { asked, port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

Deno.test("TLS goes through a proxy's tunnel, end to end with the server named", {
  ignore,
  sanitizeResources: false,
  sanitizeOps: false,
}, async () => {
  using server = scriptedServer(({ send }) => send(response("x")), pair!);
  using proxy = tunnel(server.port, "200 Connection established");
  // Loopback is reached directly whatever the variables say, so the way is named here.
  const way = proxiesFrom({ HTTPS_PROXY: `http://ann:pw@127.0.0.1:${proxy.port}` })(
    { key: "", tls: true, hostname: "model.test", port: 443 },
  );
  const transport = userTransport({ caCerts: [pair!.cert], proxyFor: () => way });
  const request = {
    method: "GET",
    url: `https://localhost:${server.port}/`,
    headers: {},
    body: null,
  } as const;
  const result = await transport.send(request, { onHead() {}, onData() {} }, { limits: { total_ms: 5000 } });
  transport.close();
  assert.deepEqual([result.failure, result.status], [null, 200]);
  assert.ok(result.tls_ms! > 0 && result.dns_ms === null);
  assert.equal(
    proxy.asked[0],
    `CONNECT localhost:${server.port} HTTP/1.1\r\nhost: localhost:${server.port}\r\n` +
      "proxy-authorization: Basic YW5uOnB3\r\n\r\n",
  );
  assert.ok(!server.requests[0]!.head.includes("proxy-authorization"));
});

Deno.test("a proxy that refuses the tunnel is a network failure with its answer", async () => {
  using proxy = tunnel(1, "407 Proxy Authentication Required");
  const transport = userTransport({ proxyFor: proxiesFrom({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` }) });
  const request = { method: "GET", url: "https://model.test/", headers: {}, body: null } as const;
  const { failure, sent_ms } = await transport.send(request, { onHead() {}, onData() {} });
  transport.close();
  assert.deepEqual([failure?.kind, sent_ms], ["network", null]);
  assert.match(
    failure!.message,
    /^the proxy http:\/\/127\.0\.0\.1:\d+ refused a tunnel: 407 Proxy Authentication Required/,
  );
});

Deno.test("an issuer named by DENO_CERT is trusted", { ignore }, async () => {
  using server = scriptedServer(({ send }) => send(response("x")), pair!);
  const file = await Deno.makeTempFile({ suffix: ".pem" });
  await Deno.writeTextFile(file, pair!.cert);
  const script = `
    import { userTransport } from ${
    JSON.stringify(new URL("../../lib/transport/mod.ts", import.meta.url).href)
  };
    const request = { method: "GET", url: "https://localhost:${server.port}/", headers: {}, body: null };
    const { failure, status } = await userTransport().send(request, { onHead() {}, onData() {} });
    console.log(JSON.stringify([failure, status]));
    Deno.exit();`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-check", `--config=${config}`, script],
    env: { DENO_CERT: file },
  }).output();
  await Deno.remove(file);
  assert.equal(new TextDecoder().decode(stdout).trim(), "[null,200]");
});
