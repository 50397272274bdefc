/** Bedrock's InvokeModel and InvokeModelWithResponseStream, signed by AWS's own SDK. */

import { bedrockRuntime, type BedrockRuntimeSdk, signedRequest } from "../../aws/mod.ts";
import { awsSigning } from "./aws_signing.ts";
import { converseCap } from "./bedrock_input.ts";
import { embedsAtOnce, invokeBody } from "./bedrock_invoke_body.ts";
import { InvokeReader } from "./bedrock_invoke_reader.ts";
import { modelCalled } from "./bedrock_model.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";

type Input = ConstructorParameters<BedrockRuntimeSdk["InvokeModelCommand"]>[0];

/**
 * The predictor `bedrock_invoke`. The body is the model's own; parameters go under its names, those that are the same thing
 * everywhere (cap, `temperature`, `top_p`, `stop`) translated, all others as they are. The endpoint's name is the model that is
 * called when it is an ARN, else the model's id is.
 *
 * Counts come from the answer, else from Bedrock's own account of the call; prompt tokens are those of the whole prompt, the
 * cache's included. Exceptions as in `bedrock`.
 *
 * @throws {UserError} without a region or keys, or if the form of the body can't be known
 */
export async function bedrockInvoke(options: PredictorOptions): Promise<Predictor> {
  const { endpoint, stream } = options;
  const protocol = endpoint.options ?? {};
  const model = modelCalled(endpoint);
  const bodyOf = invokeBody(model, endpoint.model_id, protocol);
  const atOnce = embedsAtOnce(model, endpoint.model_id, protocol);
  const signing = awsSigning(options);
  const { client, sdk } = await bedrockRuntime(signing.client);
  const { latency_mode, service_tier } = protocol;
  const asked = {
    modelId: model,
    contentType: "application/json",
    accept: "application/json",
    ...(latency_mode === undefined ? {} : { performanceConfigLatency: latency_mode }),
    ...(service_tier === undefined ? {} : { serviceTier: service_tier }),
  };
  return {
    name: "bedrock_invoke",
    signs: true,
    async begin(prompt, parameters) {
      const input = { ...asked, body: JSON.stringify(bodyOf(prompt, parameters, stream)) } as Input;
      const { request, expires_at_ms } = stream
        ? await signedRequest(client, new sdk.InvokeModelWithResponseStreamCommand(input))
        : await signedRequest(client, new sdk.InvokeModelCommand(input));
      return { request, reader: new InvokeReader(stream, signing.secrets()), expires_at_ms };
    },
    ...(atOnce === null ? {} : { embedsAtOnce: atOnce }),
    maxTokens: converseCap,
  };
}
