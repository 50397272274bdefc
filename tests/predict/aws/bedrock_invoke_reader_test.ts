import assert from "node:assert/strict";
import { InvokeReader } from "../../../lib/predict/aws/bedrock_invoke_reader.ts";
import { event } from "../../aws/event_frames.ts";
import { fixture, framesOf, neverWhole, read, readWhole, testFixtures } from "./aws_fixtures.ts";

const streamed = () => new InvokeReader(true, []);

testFixtures(/^bedrock_invoke_/, streamed);

Deno.test("a stream that ends anywhere before the stop reason is no answer", () => {
  const frames = framesOf(fixture("bedrock_invoke_anthropic.bin").bytes);
  const end = frames.slice(0, 7).reduce((sum, frame) => sum + frame.length, 0);
  neverWhole("bedrock_invoke_anthropic.bin", streamed, end);
});

Deno.test("a stream without Bedrock's metrics is whole by the model's stop reason", () => {
  const frames = framesOf(fixture("bedrock_invoke_anthropic.bin").bytes);
  const answer = read(streamed(), frames.slice(0, 7));
  assert.deepEqual([answer.error, answer.terminated, answer.completion_tokens], [null, false, 4]);
});

Deno.test("counts, latency, profile and tier come from the headers where the body has none", () => {
  const answer = readWhole(streamed(), '{"outputs":[{"text":"ab","stop_reason":"stop"}]}', {
    headers: {
      "x-amzn-bedrock-input-token-count": "12",
      "x-amzn-bedrock-output-token-count": "4",
      "x-amzn-bedrock-cache-read-input-token-count": "100",
      "x-amzn-bedrock-invocation-latency": "551",
      "x-amzn-bedrock-performanceconfig-latency": "optimized",
      "x-amzn-bedrock-service-tier": "flex",
    },
  });
  assert.deepEqual(
    [answer.prompt_tokens, answer.cached_prompt_tokens, answer.completion_tokens, answer.token_source],
    [112, 100, 4, "server"],
  );
  assert.deepEqual(
    [answer.server_latency_ms, answer.served_latency_mode, answer.served_service_tier],
    [551, "optimized", "flex"],
  );
});

Deno.test("the model's own counts win over the headers'", () => {
  const body = '{"generation":"ab","prompt_token_count":12,"generation_token_count":4,"stop_reason":"stop"}';
  const headers = { "x-amzn-bedrock-input-token-count": "1", "x-amzn-bedrock-output-token-count": "1" };
  const answer = readWhole(streamed(), body, { headers });
  assert.deepEqual([answer.prompt_tokens, answer.completion_tokens], [12, 4]);
});

const chunks: readonly [why: string, frame: Uint8Array][] = [
  ["no bytes", event("chunk", {})],
  ["bytes that are no base64", event("chunk", { bytes: "%%" })],
  ["bytes that are no JSON", event("chunk", { bytes: btoa("{") })],
];

for (const [why, frame] of chunks) {
  Deno.test(`a chunk with ${why} is a parse error`, () => {
    assert.equal(read(streamed(), [frame]).error?.kind, "parse");
  });
}

Deno.test("an answer in a form that is not known is a parse error", () => {
  const { error } = readWhole(streamed(), '{"something":"else"}');
  assert.deepEqual(error, { kind: "parse", message: "the answer has no text in any form that is known" });
});

Deno.test("vectors by the type of their numbers are counted too", () => {
  const { text } = readWhole(streamed(), '{"embeddings":{"float":[[1,2,3],[4,5,6]]}}');
  assert.equal(text, '{"embeddings":2,"dimensions":3}');
});
