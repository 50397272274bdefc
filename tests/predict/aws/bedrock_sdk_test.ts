import assert from "node:assert/strict";
import {
  bedrockRuntime,
  type RecordedAnswer,
  sageMakerRuntime,
  signedRequest,
} from "../../../lib/aws/mod.ts";
import { drained } from "../../aws/local_aws.ts";
import { fixture, framesOf } from "./aws_fixtures.ts";

const transports = {
  for(): never {
    throw new Error("nothing is sent in these tests");
  },
};
const options = {
  transports,
  region: "us-west-2",
  endpoint: "http://127.0.0.1:1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  lookups: false,
};

function recorded(name: string): RecordedAnswer {
  const headers = new Map([["content-type", "application/vnd.amazon.eventstream"]]);
  return { head: { status: 200, reason: "OK", headers }, body: framesOf(fixture(name).bytes), failure: null };
}

/** What AWS's own SDK makes of a ConverseStream fixture. */
async function converse(name: string) {
  const { client, sdk } = await bedrockRuntime(options);
  const messages = [{ role: "user" as const, content: [{ text: "x" }] }];
  const call = await signedRequest(client, new sdk.ConverseStreamCommand({ modelId: "m", messages }));
  const { events, error } = await drained((await call.output(recorded(name))).stream);
  const text = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? "").join("");
  return { text, error, last: events.at(-1)?.metadata };
}

for (const name of ["bedrock_plain", "bedrock_reasoning", "bedrock_cache", "bedrock_served"]) {
  Deno.test(`${name}.bin is to AWS's own SDK what it is here`, async () => {
    const { expected } = fixture(`${name}.bin`);
    const { text, error, last } = await converse(`${name}.bin`);
    const { inputTokens = 0, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = last!
      .usage!;
    assert.deepEqual(
      [text, error, inputTokens + cacheReadInputTokens + cacheWriteInputTokens, outputTokens],
      [expected.text, null, expected.prompt_tokens, expected.completion_tokens],
    );
    assert.deepEqual(
      [last!.metrics?.latencyMs, last!.performanceConfig?.latency ?? null, last!.serviceTier?.type ?? null],
      [expected.server_latency_ms, expected.served_latency_mode, expected.served_service_tier],
    );
  });
}

for (const name of ["throttled", "model_stream_error", "internal_error", "unavailable", "validation"]) {
  Deno.test(`bedrock_${name}.bin ends with the same exception to AWS's own SDK`, async () => {
    const { error } = await converse(`bedrock_${name}.bin`);
    assert.ok(error instanceof Error);
    assert.equal(`${error.name}: ${error.message}`, fixture(`bedrock_${name}.bin`).expected.error_message);
  });
}

Deno.test("bedrock_bad_checksum.bin is refused by AWS's own SDK too", async () => {
  const { error } = await converse("bedrock_bad_checksum.bin");
  assert.match(String(error), /checksum/);
});

Deno.test("bedrock_invoke_llama.bin holds the same chunks to AWS's own SDK", async () => {
  const { client, sdk } = await bedrockRuntime(options);
  const command = new sdk.InvokeModelWithResponseStreamCommand({ modelId: "m", body: "{}" });
  const call = await signedRequest(client, command);
  const { events } = await drained((await call.output(recorded("bedrock_invoke_llama.bin"))).body);
  const texts = events.map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk?.bytes)).generation);
  assert.deepEqual(texts, ["a", "b", ""]);
});

Deno.test("SageMaker's fixtures hold the same parts to AWS's own SDK", async () => {
  const { client, sdk } = await sageMakerRuntime(options);
  const command = new sdk.InvokeEndpointWithResponseStreamCommand({
    EndpointName: "e",
    Body: new Uint8Array(),
  });
  const whole = await drained(
    (await (await signedRequest(client, command)).output(recorded("sagemaker_lmi_outputs.bin"))).Body,
  );
  const texts = whole.events.map(({ PayloadPart }) => new TextDecoder().decode(PayloadPart?.Bytes));
  assert.deepEqual(texts, ['{"outputs": ["a"]}\n', '{"outputs": ["b"]}\n']);
  const broken = await drained(
    (await (await signedRequest(client, command)).output(recorded("sagemaker_model_stream_error.bin"))).Body,
  );
  assert.equal((broken.error as Error).name, "ModelStreamError");
});
