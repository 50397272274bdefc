import assert from "node:assert/strict";
import { kernelTlsFault } from "../../lib/transport/mod.ts";
import type { KeyPair } from "./certificates.ts";
import { scriptedServer } from "./scripted_server.ts";
import { always, ca, get, made, overTls, own } from "./secure_suite.ts";

overTls(({ clock, test, withTransport }) => {
  test("addresses are verified as such, IPv6 too", () =>
    withTransport({ caCerts: [ca] }, async (transport) => {
      for (const [hostname, shown] of [["127.0.0.1", "127.0.0.1"], ["::1", "[::1]"]] as const) {
        using server = scriptedServer(always, own, hostname);
        const { failure, dns_ms } = await get(transport, `https://${shown}:${server.port}/`);
        assert.deepEqual([failure, dns_ms], [null, null]);
      }
    }));

  const refusals: [string, KeyPair | null | undefined, string, readonly string[], RegExp][] = [
    [
      "an unknown issuer",
      made?.own,
      "localhost",
      [],
      /UnknownIssuer|^certificate verify failed: unable to get/,
    ],
    ["another issuer", made?.own, "localhost", [made?.stranger ?? ""], /UnknownIssuer|unable to get/],
    [
      "a self-signed certificate",
      made?.selfSigned,
      "localhost",
      [ca],
      /UnknownIssuer|failed: self[- ]signed/,
    ],
    [
      "another host name",
      made?.elsewhere,
      "localhost",
      [ca],
      /not valid for name|^certificate verify failed: hostname mismatch$/i,
    ],
    [
      "another address",
      made?.elsewhere,
      "127.0.0.1",
      [ca],
      /not valid for name|^certificate verify failed: IP address mismatch$/i,
    ],
    [
      "an expired certificate",
      made?.expired,
      "localhost",
      [ca],
      /Expired|InvalidCertValidity|BadEncoding|^certificate verify failed: certificate has expired$/,
    ],
  ];
  for (const [name, pair, hostname, caCerts, pattern] of refusals) {
    test(
      `${name} is refused before the request is sent`,
      () =>
        withTransport({ caCerts }, async (transport) => {
          using server = scriptedServer(always, pair!);
          const { failure, sent_ms } = await get(transport, `https://${hostname}:${server.port}/`);
          assert.deepEqual([failure?.kind, sent_ms], ["network", null]);
          assert.match(failure!.message, pattern);
          assert.equal(server.requests.length, 0);
        }),
      pair === null,
    );
  }

  test("own issuers may share a text, and one below the root or a server's own certificate will do", async () => {
    const trusts: [string, KeyPair][] = [
      [made!.stranger + made!.ca, own],
      [made!.intermediate, made!.branch],
      [made!.selfSigned.cert, made!.selfSigned],
    ];
    for (const [trusted, pair] of trusts) {
      using server = scriptedServer(always, pair);
      await withTransport({ caCerts: [trusted] }, async (transport) => {
        assert.equal((await get(transport, `https://localhost:${server.port}/`)).failure, null);
      });
    }
  });

  test("an issuer named by DENO_CERT is trusted", async () => {
    using server = scriptedServer(always, own);
    assert.deepEqual(await elsewhere(clock, server.port, { DENO_CERT: ca }), [null, 200]);
  });
});

/** Sends a request in a process whose variables name files with these contents. Returns failure and status. */
async function elsewhere(clock: string, port: number, files: Record<string, string>): Promise<unknown> {
  const root = await Deno.makeTempDir();
  const env: Record<string, string> = {};
  for (const [variable, text] of Object.entries(files)) {
    env[variable] = `${root}/${variable}.pem`;
    await Deno.writeTextFile(env[variable], text);
  }
  const script = `
    import { openTransports } from ${
    JSON.stringify(new URL("../../lib/transport/mod.ts", import.meta.url).href)
  };
    const url = "https://localhost:${port}/";
    const transport = openTransports("${clock}", { urls: [url] }).for(url);
    if (transport.clock !== "${clock}") throw new Error(transport.clock);
    const request = { method: "GET", url, headers: {}, body: null };
    const { failure, status } = await transport.send(request, { onHead() {}, onData() {} });
    console.log(JSON.stringify([failure, status]));
    Deno.exit();`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-check", `--config=${config}`, script],
    env,
  }).output();
  await Deno.remove(root, { recursive: true });
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("kernel clock over TLS: the system's issuers are those of SSL_CERT_FILE", {
  ignore: kernelTlsFault() !== null || made === null,
}, async () => {
  using server = scriptedServer(always, own);
  assert.deepEqual(await elsewhere("kernel", server.port, { SSL_CERT_FILE: ca }), [null, 200]);
});
