import assert from "node:assert/strict";
import type { Schema } from "../../../lib/predict/aws/sagemaker_body.ts";
import { SageMakerReader } from "../../../lib/predict/aws/sagemaker_reader.ts";
import { fixture, framesOf, neverWhole, read, readWhole, testFixtures } from "./aws_fixtures.ts";

const reader = (schema: Schema, stream = true) => () =>
  new SageMakerReader({ schema, prompt: "Why?", stream, secrets: ["s3cr3t-key"] });

testFixtures(/^sagemaker_chat/, reader("messages"));
testFixtures(/^sagemaker_completions/, reader("completions"));
testFixtures(/^sagemaker_(?!chat|completions)/, reader("generate"));

for (
  const [name, schema, last] of [
    ["sagemaker_tgi.bin", "generate", 3],
    ["sagemaker_lmi_json_lines.bin", "generate", 3],
    ["sagemaker_chat_sse.bin", "messages", 3],
  ] as const
) {
  Deno.test(`${name}: ended anywhere before its end mark it is no answer`, () => {
    const frames = framesOf(fixture(name).bytes);
    const end = frames.slice(0, last).reduce((sum, frame) => sum + frame.length, 0);
    neverWhole(name, reader(schema), end);
  });
}

Deno.test("a cut after the container's end mark is no error", () => {
  const { bytes } = fixture("sagemaker_tgi.bin");
  const failure = { kind: "stream", message: "the peer closed" } as const;
  assert.equal(read(reader("generate")(), [bytes], { failure }).error, null);
});

Deno.test("an answer without a part is no answer", () => {
  const { error } = read(reader("generate")(), []);
  assert.deepEqual(error, { kind: "stream", message: "the stream ended without a part" });
});

Deno.test("a part that is damaged is a parse error, and what came before it is kept", () => {
  const frames = framesOf(fixture("sagemaker_tgi.bin").bytes).map((frame) => frame.slice());
  frames[1]![frames[1]!.length - 1]! ^= 1;
  const answer = read(reader("generate")(), frames);
  assert.deepEqual(answer.error, { kind: "parse", message: "a message with a wrong checksum" });
  assert.equal(answer.text, "a");
});

const refusals: readonly [
  why: string,
  status: number,
  type: string,
  body: object,
  kind: string,
  message: string,
][] = [
  [
    "a container's own message",
    424,
    "ModelError",
    {
      ErrorCode: "CLIENT_ERROR_FROM_MODEL",
      LogStreamArn: "arn:aws:logs:us-west-2:123456789012:log-group:x",
      Message: 'Received client error (422) from primary with message "...". See https://...',
      OriginalMessage:
        '{"error":"`inputs` tokens + `max_new_tokens` must be <= 4096","error_type":"validation"}',
      OriginalStatusCode: 422,
    },
    "http",
    "HTTP 424 ModelError (the container: HTTP 422): `inputs` tokens + `max_new_tokens` must be <= 4096",
  ],
  [
    "a container that is asked too much",
    424,
    "ModelError",
    { Message: "Received", OriginalMessage: '{"error":"Model is overloaded"}', OriginalStatusCode: 429 },
    "throttled",
    "HTTP 424 ModelError (the container: HTTP 429): Model is overloaded",
  ],
  [
    "a container that did not answer",
    424,
    "ModelError",
    { Message: "Your invocation timed out", OriginalMessage: "", OriginalStatusCode: 0 },
    "http",
    "HTTP 424 ModelError: Your invocation timed out",
  ],
  [
    "SageMaker's own throttling",
    400,
    "ThrottlingException",
    { message: "Rate exceeded" },
    "throttled",
    "HTTP 400 ThrottlingException: Rate exceeded",
  ],
  [
    "an endpoint that is not there",
    400,
    "ValidationError",
    { message: "Endpoint e of account 123456789012 not found." },
    "http",
    "HTTP 400 ValidationError: Endpoint e of account 123456789012 not found.",
  ],
  ["no room", 503, "ServiceUnavailable", { Message: "no" }, "http", "HTTP 503 ServiceUnavailable: no"],
];

for (const [why, status, type, body, kind, message] of refusals) {
  Deno.test(`HTTP ${status}, ${why}: ${kind}`, () => {
    const headers = { "x-amzn-errortype": type };
    const { error } = readWhole(reader("generate")(), JSON.stringify(body), { status, headers });
    assert.deepEqual(error, { kind, message });
  });
}

Deno.test("a generated text loses the prompt before it", () => {
  assert.equal(
    readWhole(reader("generate", false)(), '[{"generated_text":"Why? Because."}]').text,
    " Because.",
  );
});

Deno.test("an error in a whole answer is one", () => {
  const { error } = readWhole(reader("generate", false)(), '{"error":"bad key s3cr3t-key"}');
  assert.deepEqual(error, { kind: "stream", message: "bad key [redacted]" });
});

Deno.test("vectors in OpenAI's form count as such", () => {
  const body = '{"data":[{"embedding":[0.1,0.2,0.3]}],"model":"m","usage":{"prompt_tokens":12}}';
  const answer = readWhole(reader("embeddings", false)(), body);
  assert.deepEqual(
    [answer.text, answer.prompt_tokens, answer.completion_tokens, answer.served_model],
    ['{"embeddings":1,"dimensions":3}', 12, 0, "m"],
  );
});

Deno.test("SageMaker's request id wins over the container's own", () => {
  assert.equal(
    read(reader("messages")(), [fixture("sagemaker_chat_sse.bin").bytes]).server_request_id,
    "r-1",
  );
});
