/** Bedrock's Converse and ConverseStream, serialised and signed by AWS's own SDK. */

import { bedrockRuntime, type BedrockRuntimeSdk, signedRequest } from "../../aws/mod.ts";
import { awsSigning } from "./aws_signing.ts";
import { converseCap, converseInput } from "./bedrock_input.ts";
import { modelCalled } from "./bedrock_model.ts";
import { ConverseReader } from "./bedrock_reader.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";

type Input = ConstructorParameters<BedrockRuntimeSdk["ConverseCommand"]>[0];

/**
 * The predictor `bedrock`. `max_tokens`, `temperature`, `top_p` and `stop` go under Converse's own names (which are understood
 * as well), all other parameters to the model as `additionalModelRequestFields`. Which model is called: see `modelCalled`.
 *
 * Prompt tokens are those of the whole prompt: Bedrock counts what was read from and written to a cache apart. The latency
 * profile and the service tier that were served come from the answer. An exception in the middle of a stream is `throttled`,
 * `timeout` (the model's limit), `validation`, or else `stream`.
 *
 * @throws {UserError} without a region or keys
 */
export async function bedrock(options: PredictorOptions): Promise<Predictor> {
  const { endpoint, stream } = options;
  const signing = awsSigning(options);
  const { client, sdk } = await bedrockRuntime(signing.client);
  const model = modelCalled(endpoint);
  return {
    name: "bedrock",
    signs: true,
    async begin(prompt, parameters) {
      const input = converseInput(model, prompt, parameters, endpoint.options) as Input;
      const { request, expires_at_ms } = stream
        ? await signedRequest(client, new sdk.ConverseStreamCommand(input))
        : await signedRequest(client, new sdk.ConverseCommand(input));
      return { request, reader: new ConverseReader(stream, signing.secrets()), expires_at_ms };
    },
    maxTokens: converseCap,
  };
}
