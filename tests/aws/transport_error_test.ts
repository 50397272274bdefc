import assert from "node:assert/strict";
import { TransportError } from "../../lib/aws/mod.ts";
import type { TransportFailure } from "../../lib/transport/mod.ts";

// What the SDK looks at: `TimeoutError` and the codes ECONNRESET, ECONNREFUSED and ENOTFOUND are what may pass.
Deno.test("failures have the names and codes that the SDK knows", () => {
  const seen = (kind: TransportFailure["kind"], message: string) => {
    const { name, code } = new TransportError({ kind, message });
    return [name, code];
  };
  assert.deepEqual(seen("timeout", "no first byte within 5 ms"), ["TimeoutError", undefined]);
  assert.deepEqual(seen("cancelled", "cancelled"), ["AbortError", undefined]);
  assert.deepEqual(seen("network", "Connection refused (os error 111)"), ["NetworkError", "ECONNREFUSED"]);
  assert.deepEqual(seen("network", "Connection reset by peer"), ["NetworkError", "ECONNRESET"]);
  assert.deepEqual(seen("network", "closed without a response"), ["NetworkError", "ECONNRESET"]);
  assert.deepEqual(seen("network", "failed to lookup address information"), ["NetworkError", "ENOTFOUND"]);
  assert.deepEqual(seen("network", "invalid peer certificate"), ["NetworkError", undefined]);
  assert.deepEqual(
    seen("stream", "the connection was closed before the end of the response"),
    ["NetworkError", "ECONNRESET"],
  );
  assert.deepEqual(seen("parse", "the answer is no HTTP"), ["ParseError", undefined]);
});
