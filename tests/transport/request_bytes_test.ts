import assert from "node:assert/strict";
import { originOf, requestBytes } from "../../lib/transport/mod.ts";

Deno.test("a request is one buffer with host, length in bytes and no compression", () => {
  const { origin, bytes } = requestBytes({
    method: "POST",
    url: "http://127.0.0.1:8000/v1/x?a=b",
    headers: { "Content-Type": "application/json" },
    body: '"é"',
  });
  assert.equal(origin.key, "http://127.0.0.1:8000");
  assert.equal(
    new TextDecoder().decode(bytes),
    "POST /v1/x?a=b HTTP/1.1\r\nhost: 127.0.0.1:8000\r\naccept-encoding: identity\r\nconnection: keep-alive\r\n" +
      'content-type: application/json\r\ncontent-length: 4\r\n\r\n"é"',
  );
});

Deno.test("a body of bytes goes out as it is", () => {
  const request = {
    method: "POST",
    url: "http://a/",
    headers: {},
    body: Uint8Array.of(0, 255, 13, 10),
  } as const;
  const { bytes } = requestBytes(request);
  assert.deepEqual(bytes.slice(-4), request.body);
  assert.match(new TextDecoder("latin1").decode(bytes), /\r\ncontent-length: 4\r\n\r\n/);
});

Deno.test("ports and IPv6 addresses are told apart from the host header", () => {
  assert.deepEqual(originOf("https://example.org/").origin, {
    key: "https://example.org:443",
    tls: true,
    hostname: "example.org",
    port: 443,
  });
  const six = originOf("http://[::1]:81/a");
  assert.deepEqual([six.origin.hostname, six.origin.port, six.host], ["::1", 81, "[::1]:81"]);
});

Deno.test("what is no HTTP address and what smuggles a header is refused", () => {
  assert.throws(() => originOf("localhost:8000"), /expected http:\/\/host:port/);
  assert.throws(() => originOf("ftp://a/"), /it is no HTTP address/);
  const request = { method: "GET", url: "http://a/", headers: { a: "b\r\nc: d" }, body: null } as const;
  assert.throws(() => requestBytes(request), /Cannot send the header "a": it holds a line break/);
});

Deno.test("a URL leads to the same place every time, and a wrong one is refused every time", () => {
  const first = originOf("http://known.test/a?b");
  assert.equal(originOf("http://known.test/a?b"), first);
  // More URLs than are remembered.
  for (let i = 0; i < 1500; i++) assert.equal(originOf(`http://known.test/${i}`).target, `/${i}`);
  assert.deepEqual(originOf("http://known.test/a?b"), first);
  for (let i = 0; i < 2; i++) assert.throws(() => originOf("ftp://known.test"), /it is no HTTP address/);
});
