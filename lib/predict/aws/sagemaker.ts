/** SageMaker's InvokeEndpoint and InvokeEndpointWithResponseStream, signed by AWS's own SDK. */

import { sageMakerRuntime, type SageMakerRuntimeSdk, signedRequest } from "../../aws/mod.ts";
import { awsSigning } from "./aws_signing.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { refuseStreaming, sagemakerBody, sagemakerCap } from "./sagemaker_body.ts";
import { SageMakerReader } from "./sagemaker_reader.ts";

type Input = ConstructorParameters<SageMakerRuntimeSdk["InvokeEndpointCommand"]>[0];

/** Texts in one request for vectors: what containers take by default (`MAX_CLIENT_BATCH_SIZE` of text-embeddings-inference). */
const largestBatch = 32;

/**
 * The predictor `sagemaker`. What the container is asked is told by `options.body`, how its stream is framed shows by itself:
 * events or JSON Lines. Whether a stream is whole is decided by the container's protocol: `generated_text`, a finish reason or
 * `[DONE]`. Lines of `{"outputs": [...]}`, an older form, have no end mark; there the end of the answer is the end.
 *
 * The container's refusals (`ModelError`) count by its own status. `ModelStreamError` in the middle of a stream is a `timeout`
 * when it says so, else `stream`, as is `InternalStreamFailure`.
 *
 * @throws {UserError} without a region or keys, or for a stream that SageMaker doesn't have
 */
export async function sagemaker(options: PredictorOptions): Promise<Predictor> {
  const { endpoint, stream } = options;
  const protocol = endpoint.options ?? {};
  if (stream) refuseStreaming(endpoint.endpoint_name, protocol);
  const signing = awsSigning(options);
  const { client, sdk } = await sageMakerRuntime(signing.client);
  const { inference_component, target_variant, target_model } = protocol;
  const asked = {
    EndpointName: endpoint.endpoint_name,
    ContentType: "application/json",
    ...(inference_component === undefined ? {} : { InferenceComponentName: inference_component }),
    ...(target_variant === undefined ? {} : { TargetVariant: target_variant }),
    ...(target_model === undefined ? {} : { TargetModel: target_model }),
  };
  return {
    name: "sagemaker",
    signs: true,
    async begin(prompt, parameters) {
      const body = JSON.stringify(sagemakerBody(prompt, parameters, stream, protocol));
      const input: Input = { ...asked, Body: new TextEncoder().encode(body) };
      const { request, expires_at_ms } = stream
        ? await signedRequest(client, new sdk.InvokeEndpointWithResponseStreamCommand(input))
        : await signedRequest(
          client,
          new sdk.InvokeEndpointCommand({ ...input, Accept: "application/json" }),
        );
      const reader = new SageMakerReader({
        schema: protocol.body ?? "generate",
        prompt: prompt.prompt,
        stream,
        secrets: signing.secrets(),
      });
      return { request, reader, expires_at_ms };
    },
    ...(protocol.body === "embeddings" ? { embedsAtOnce: largestBatch } : {}),
    maxTokens: (parameters) => sagemakerCap(parameters, protocol),
  };
}
