import assert from "node:assert/strict";
import { userTransport } from "../../lib/transport/mod.ts";
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
