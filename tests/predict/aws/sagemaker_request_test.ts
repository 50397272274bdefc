import assert from "node:assert/strict";
import type { ProtocolOptions } from "../../../lib/core/mod.ts";
import { predictorFor } from "../../../lib/predict/mod.ts";
import { optionsOf, sent } from "./aws_requests.ts";

const sagemaker = (options: ProtocolOptions = {}, stream = false) =>
  optionsOf({ predictor: "sagemaker", endpoint_name: "my-endpoint", options }, { stream });

const parameters = { max_tokens: 64, temperature: 0.1, stream: true };

Deno.test("the default body is inputs and parameters; nothing else of the payload goes along", async () => {
  const payload = { prompt: "Warum? ä", question: "q", ground_truth: ["g"], payload_id: "x" };
  const { path, body, headers } = await sent(sagemaker(), payload, parameters);
  assert.equal(path, "/endpoints/my-endpoint/invocations");
  assert.deepEqual(body, { inputs: "Warum? ä", parameters: { max_new_tokens: 64, temperature: 0.1 } });
  assert.equal(headers["content-type"], "application/json");
  assert.match(headers["authorization"]!, /\/us-west-2\/sagemaker\/aws4_request/);
});

Deno.test("a stream goes to its own address, asks for a stream and for details", async () => {
  const { path, body } = await sent(sagemaker({}, true), { prompt: "p" }, parameters);
  assert.equal(path, "/endpoints/my-endpoint/invocations-response-stream");
  assert.deepEqual(body, {
    inputs: "p",
    parameters: { details: true, max_new_tokens: 64, temperature: 0.1 },
    stream: true,
  });
});

Deno.test("parameters may stand beside the input", async () => {
  const { body } = await sent(sagemaker({ split_input_and_parameters: false }), { prompt: "p" }, parameters);
  assert.deepEqual(body, { max_new_tokens: 64, temperature: 0.1, inputs: "p" });
});

const forms: readonly [options: ProtocolOptions, stream: boolean, body: unknown][] = [
  [{ body: "messages", system_prompt: "S" }, false, {
    max_tokens: 64,
    temperature: 0.1,
    messages: [{ role: "system", content: "S" }, { role: "user", content: "p" }],
  }],
  [{ body: "messages" }, true, {
    stream_options: { include_usage: true },
    max_tokens: 64,
    temperature: 0.1,
    messages: [{ role: "user", content: "p" }],
    stream: true,
  }],
  [{ body: "completions" }, false, { max_tokens: 64, temperature: 0.1, prompt: "p" }],
  [{ body: "embeddings" }, false, { temperature: 0.1, text_inputs: "p" }],
  [{ body: "embeddings", split_input_and_parameters: true }, false, {
    inputs: "p",
    parameters: { temperature: 0.1 },
  }],
  [{ body: "embeddings", split_input_and_parameters: false }, false, { temperature: 0.1, inputs: "p" }],
];

for (const [options, stream, body] of forms) {
  Deno.test(`the body of ${JSON.stringify(options)}${stream ? ", streamed" : ""}`, async () => {
    assert.deepEqual((await sent(sagemaker(options, stream), { prompt: "p" }, parameters)).body, body);
  });
}

Deno.test("component, variant and model are named in headers, signed", async () => {
  const { headers } = await sent(
    sagemaker({ inference_component: "c-1", target_variant: "v-1", target_model: "m.tar.gz" }),
    { prompt: "p" },
  );
  assert.equal(headers["x-amzn-sagemaker-inference-component"], "c-1");
  assert.equal(headers["x-amzn-sagemaker-target-variant"], "v-1");
  assert.equal(headers["x-amzn-sagemaker-target-model"], "m.tar.gz");
  assert.match(headers["authorization"]!, /x-amzn-sagemaker-inference-component/);
});

Deno.test("what SageMaker can't stream is said before anything is sent", async () => {
  await assert.rejects(predictorFor(sagemaker({ target_model: "m.tar.gz" }, true)), {
    message:
      'Cannot stream from the SageMaker endpoint "my-endpoint": SageMaker can\'t stream from a multi-model ' +
      "endpoint (target_model). Set stream: no in inference_spec.",
  });
  await assert.rejects(predictorFor(sagemaker({ body: "embeddings" }, true)), { name: "UserError" });
});

Deno.test("images go with messages only", async () => {
  const images = [{ media_type: "image/png", base64: "AAEC" } as const];
  const { body } = await sent(sagemaker({ body: "messages" }), { prompt: "p", images });
  assert.deepEqual(body, {
    messages: [{
      role: "user",
      content: [
        { type: "text", text: "p" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAEC" } },
      ],
    }],
  });
  await assert.rejects(sent(sagemaker(), { prompt: "p", images }), { name: "UserError" });
});

Deno.test("the cap is found under the name that is sent", async () => {
  const cap = async (options: ProtocolOptions) =>
    (await predictorFor(sagemaker(options))).maxTokens(parameters);
  assert.deepEqual(
    [await cap({}), await cap({ body: "messages" }), await cap({ body: "embeddings" })],
    [64, 64, null],
  );
});
