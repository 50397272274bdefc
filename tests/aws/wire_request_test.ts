import assert from "node:assert/strict";
import type { HttpRequest } from "@smithy/types";
import { wireRequest } from "../../lib/aws/mod.ts";
import { requestBytes } from "../../lib/transport/mod.ts";

const request: HttpRequest = {
  method: "POST",
  protocol: "https:",
  hostname: "bedrock-runtime.us-west-2.amazonaws.com",
  path: "/model/m%3A0/converse",
  headers: { Host: "bedrock-runtime.us-west-2.amazonaws.com", "Content-Length": "4", Expect: "100-continue" },
  body: '"é"',
};

Deno.test("the request keeps its path, and what the transport adds is not doubled", () => {
  const wire = wireRequest(request);
  assert.equal(wire.url, "https://bedrock-runtime.us-west-2.amazonaws.com/model/m%3A0/converse");
  const text = new TextDecoder().decode(requestBytes(wire).bytes);
  assert.equal(
    text,
    "POST /model/m%3A0/converse HTTP/1.1\r\nhost: bedrock-runtime.us-west-2.amazonaws.com\r\n" +
      'accept-encoding: identity\r\nconnection: keep-alive\r\ncontent-length: 4\r\n\r\n"é"',
  );
});

Deno.test("a port and a query are part of the address, sorted and escaped as they were signed", () => {
  const { url } = wireRequest({
    ...request,
    protocol: "http",
    hostname: "[::1]",
    port: 8080,
    path: "/a",
    query: { "b c": ["2", "1"], a: "(x)*", flag: null },
  });
  assert.equal(url, "http://[::1]:8080/a?a=%28x%29%2A&b%20c=2&b%20c=1&flag");
  const { bytes } = requestBytes({ ...wireRequest(request), url });
  assert.match(new TextDecoder().decode(bytes), /^POST \/a\?a=%28x%29%2A&b%20c=2&b%20c=1&flag HTTP/);
});

Deno.test("bodies are text, bytes or none", () => {
  const bodyOf = (body: unknown) => wireRequest({ ...request, body }).body;
  assert.equal(bodyOf(undefined), null);
  assert.equal(bodyOf("x"), "x");
  assert.deepEqual(bodyOf(Uint8Array.of(1, 2)), Uint8Array.of(1, 2));
  assert.deepEqual(bodyOf(Uint8Array.of(3).buffer), Uint8Array.of(3));
  assert.throws(() => bodyOf(new ReadableStream()), /sends whole bodies, not streams/);
  assert.throws(() => wireRequest({ ...request, method: "PUT" }), /does not send PUT requests/);
});
