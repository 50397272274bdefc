import { deepEqual } from "node:assert/strict";
import { settleAddress } from "../../lib/config/experiment_address.ts";

const nowhere = { run: null, surroundings: null };
const arn = "arn:aws:bedrock:eu-west-1:000000000000:provisioned-model/x";

Deno.test("on Bedrock the model's id is the endpoint's name, and the other way round", () => {
  deepEqual(settleAddress({ name: "one", model_id: "amazon.nova" }, "bedrock", nowhere), {
    model_id: "amazon.nova",
    ep_name: "amazon.nova",
    region: null,
  });
  deepEqual(settleAddress({ name: "one", ep_name: "amazon.nova" }, "bedrock_invoke", nowhere), {
    model_id: "amazon.nova",
    ep_name: "amazon.nova",
    region: null,
  });
});

Deno.test("an ARN, which names an account, is no model's id; nor is an address", () => {
  for (const ep_name of [arn, "http://127.0.0.1:8000"]) {
    const { model_id } = settleAddress({ name: "one", model_name: "claude", ep_name }, "bedrock", nowhere);
    deepEqual(model_id, "claude");
  }
});

Deno.test("elsewhere an endpoint without a name is called after its experiment", () => {
  deepEqual(settleAddress({ name: "one", model_id: "m" }, "sagemaker", nowhere), {
    model_id: "m",
    ep_name: "one",
    region: null,
  });
});

Deno.test("the region is the experiment's, that of an ARN, the run's, that of the surroundings", () => {
  const region = (more: object, predictor = "bedrock", run: string | null = "us-west-2") =>
    settleAddress({ name: "one", ep_name: arn, ...more }, predictor, { run, surroundings: "us-east-2" })
      .region;
  deepEqual(region({ region: "us-east-1" }), "us-east-1");
  deepEqual(region({}), "eu-west-1");
  deepEqual(region({ ep_name: "my-endpoint" }, "sagemaker"), "us-west-2");
  deepEqual(region({ ep_name: "amazon.nova" }, "bedrock", null), "us-east-2");
  // A foundation model's ARN names no account, but its region.
  deepEqual(region({ ep_name: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova" }), "us-east-1");
});

Deno.test("an endpoint outside of AWS has the config's region or none, whatever the environment says", () => {
  const of = (run: string | null) =>
    settleAddress({ name: "one", ep_name: "http://127.0.0.1:8000" }, "openai_chat", {
      run,
      surroundings: "us-east-2",
    }).region;
  deepEqual([of(null), of("us-west-2")], [null, "us-west-2"]);
});
