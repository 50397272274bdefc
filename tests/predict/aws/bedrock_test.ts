import assert from "node:assert/strict";
import { ConverseReader } from "../../../lib/predict/aws/bedrock_reader.ts";
import { factsOf, fixture, framesOf, neverWhole, read, readWhole, testFixtures } from "./aws_fixtures.ts";

const streamed = () => new ConverseReader(true, []);

testFixtures(/^bedrock_(?!invoke_)/, streamed);

Deno.test("a stream that ends anywhere before messageStop is whole is no answer", () => {
  const frames = framesOf(fixture("bedrock_plain.bin").bytes);
  const end = frames.slice(0, -1).reduce((sum, frame) => sum + frame.length, 0);
  neverWhole("bedrock_plain.bin", streamed, end);
});

Deno.test("a cut after messageStop, before the counts, is an error; after the counts it is none", () => {
  const { bytes } = fixture("bedrock_plain.bin");
  const failure = { kind: "stream", message: "the peer closed" } as const;
  assert.deepEqual(read(streamed(), [bytes.subarray(0, -1)], { failure }).error, failure);
  assert.equal(read(streamed(), [bytes], { failure }).error, null);
});

Deno.test("what came before a cancellation is kept, and it is nobody's error", () => {
  const [first, second] = framesOf(fixture("bedrock_plain.bin").bytes);
  const answer = read(streamed(), [first!, second!], { failure: { kind: "cancelled", message: "stopped" } });
  assert.deepEqual([answer.error, answer.text, answer.terminated], [null, "Hello", false]);
});

Deno.test("without any head the failure is the answer", () => {
  const failure = { kind: "timeout", message: "no byte in 5 s" } as const;
  assert.deepEqual(streamed().finish(failure).error, failure);
});

Deno.test("an exception wins over the cut that follows it", () => {
  const { bytes, expected } = fixture("bedrock_throttled.bin");
  const answer = read(streamed(), [bytes], { failure: { kind: "stream", message: "the peer closed" } });
  assert.deepEqual(factsOf(answer).error_message, expected.error_message);
});

const refusals: readonly [status: number, type: string, body: string, kind: string, message: string][] = [
  [
    429,
    "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/",
    '{"message":"Too many tokens"}',
    "throttled",
    "HTTP 429 ThrottlingException: Too many tokens",
  ],
  [
    400,
    "ServiceQuotaExceededException",
    '{"message":"quota"}',
    "throttled",
    "HTTP 400 ServiceQuotaExceededException: quota",
  ],
  [
    429,
    "ModelNotReadyException",
    '{"message":"loading"}',
    "http",
    "HTTP 429 ModelNotReadyException: loading",
  ],
  [
    408,
    "ModelTimeoutException",
    '{"message":"too long"}',
    "timeout",
    "HTTP 408 ModelTimeoutException: too long",
  ],
  [
    400,
    "ValidationException",
    '{"message":"bad model id"}',
    "http",
    "HTTP 400 ValidationException: bad model id",
  ],
  [
    403,
    "ExpiredTokenException",
    '{"message":"The security token included in the request is expired"}',
    "http",
    "HTTP 403 ExpiredTokenException: The security token included in the request is expired. The keys to AWS have ended: " +
    "renew them (aws sso login, or new keys) and resume the run.",
  ],
  [
    403,
    "",
    '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}',
    "http",
    "HTTP 403 AccessDeniedException: no",
  ],
  [
    403,
    "InvalidSignatureException",
    '{"message":"Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z"}',
    "http",
    "HTTP 403 InvalidSignatureException: Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z. " +
    "Set this machine's clock right.",
  ],
  [503, "", "<html>busy</html>", "http", "HTTP 503: <html>busy</html>"],
  [429, "", "", "throttled", "HTTP 429"],
];

for (const [status, type, body, kind, message] of refusals) {
  Deno.test(`HTTP ${status} ${type}${body}: ${kind}`, () => {
    const headers = type === "" ? {} : { "x-amzn-errortype": type };
    const answer = readWhole(streamed(), body, { status, headers });
    assert.deepEqual(answer.error, { kind, message });
    assert.equal(answer.server_request_id, "r-1");
  });
}

Deno.test("keys that a service repeats are taken out of its message", () => {
  const reader = new ConverseReader(true, ["session/token=="]);
  const body = JSON.stringify({ message: "canonical string: x-amz-security-token:session/token==" });
  const { error } = readWhole(reader, body, {
    status: 403,
    headers: { "x-amzn-errortype": "InvalidSignatureException" },
  });
  assert.equal(
    error?.message,
    "HTTP 403 InvalidSignatureException: canonical string: x-amz-security-token:[redacted]",
  );
});

const odd: readonly [why: string, body: string, message: RegExp][] = [
  ["nothing", "", /not JSON/],
  ["a list", "[]", /not a JSON object/],
  ["no message", '{"output":{}}', /no output\.message\.content/],
  ["content that is none", '{"output":{"message":{"content":null}}}', /no output\.message\.content/],
];

for (const [why, body, message] of odd) {
  Deno.test(`a whole answer that is ${why} is a parse error`, () => {
    const { error } = readWhole(new ConverseReader(false, []), body);
    assert.equal(error?.kind, "parse");
    assert.match(error?.message ?? "", message);
  });
}

Deno.test("an answer that does not name its type is what was asked for", () => {
  const { bytes, expected } = fixture("bedrock_plain.bin");
  assert.equal(read(streamed(), [bytes], { type: "" }).text, expected.text);
  assert.equal(read(new ConverseReader(false, []), [bytes], { type: "" }).error?.kind, "parse");
});
