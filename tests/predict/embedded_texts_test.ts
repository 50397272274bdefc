import assert from "node:assert/strict";
import { embedsAtOnce, invokeBody } from "../../lib/predict/aws/bedrock_invoke_body.ts";
import { sagemakerBody } from "../../lib/predict/aws/sagemaker_body.ts";
import { djl, openaiChat, openaiEmbeddings, type PredictorOptions } from "../../lib/predict/mod.ts";
import { bodyOf } from "./wire_fixtures.ts";

const texts = ["a", "b"];
const asked = { prompt: "not sent", texts };
const options: PredictorOptions = {
  endpoint: {
    ...{ predictor: "", url: "http://127.0.0.1:8000", model_id: "m", endpoint_name: "e", region: null },
    ...{ api_key_env: null, options: { body: "embeddings" } },
  },
  stream: false,
};

Deno.test("OpenAI's protocol takes up to 2,048 texts as a list", () => {
  assert.deepEqual(bodyOf(openaiEmbeddings(options), asked)["input"], texts);
  assert.deepEqual(bodyOf(djl(options), asked)["input"], texts);
  assert.deepEqual([openaiEmbeddings(options).embedsAtOnce, djl(options).embedsAtOnce], [2048, 2048]);
});

Deno.test("Cohere takes up to 96 texts, Titan one", () => {
  const [cohere, titan] = ["cohere.embed-english-v3", "amazon.titan-embed-text-v2:0"];
  const body = (model: string) => invokeBody(model, model, {})(asked, {}, false);
  assert.deepEqual(body(cohere), { texts, input_type: "search_document" });
  assert.deepEqual(body(titan), { inputText: "a" });
  assert.deepEqual([embedsAtOnce(cohere, cohere, {}), embedsAtOnce(titan, titan, {})], [96, 1]);
});

Deno.test("containers on SageMaker take a list wherever they take a text", () => {
  const body = (split?: boolean) =>
    sagemakerBody(asked, { truncate: true }, false, {
      body: "embeddings",
      ...(split === undefined ? {} : { split_input_and_parameters: split }),
    });
  assert.deepEqual(body(), { truncate: true, text_inputs: texts });
  assert.deepEqual(body(false), { truncate: true, inputs: texts });
  assert.deepEqual(body(true), { inputs: texts, parameters: { truncate: true } });
});

Deno.test("a model that answers in words embeds nothing", () => {
  const model = "anthropic.claude-3-5-haiku-20241022-v1:0";
  assert.equal(embedsAtOnce(model, model, {}), null);
  assert.equal(openaiChat(options).embedsAtOnce, undefined);
});
