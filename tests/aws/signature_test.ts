import assert from "node:assert/strict";
import { crc } from "./event_frames.ts";
import { signatures } from "./signature.ts";

// The example `get-vanilla` of the specification's published test suite, with its secret and its signature.
Deno.test("the signature that the tests work out is that of the specification's example", async () => {
  const signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
  const head = [
    "GET / HTTP/1.1",
    "Host: example.amazonaws.com",
    "X-Amz-Date: 20150830T123600Z",
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
    `SignedHeaders=host;x-amz-date, Signature=${signature}`,
  ].join("\r\n");
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  assert.equal((await signatures({ head, body: "" }, secret)).due, signature);
  assert.notEqual((await signatures({ head, body: "" }, `${secret}x`)).due, signature);
  assert.notEqual((await signatures({ head, body: "x" }, secret)).due, signature);
});

// The check value of CRC-32 in the catalogues of checksums: of the nine digits 123456789.
Deno.test("the checksum of the tests' own frames is the usual CRC32", () => {
  assert.equal(crc(new TextEncoder().encode("123456789")), 0xcbf43926);
});
