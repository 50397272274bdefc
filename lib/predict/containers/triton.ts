/** NVIDIA's Triton Inference Server, by its generate extension: `/v2/models/MODEL/generate` and `/generate_stream`. */

import type { WireRequest } from "../../transport/mod.ts";
import { withoutImages } from "../openai/openai_request.ts";
import type { Parameters, Predictor, PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";
import { routeUrl } from "../route_url.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";
import { TritonReader } from "./triton_reader.ts";

const routes = ["/generate", "/generate_stream"] as const;

const cap: CapNames = { own: ["max_tokens"], foreign: ["max_new_tokens", "max_completion_tokens"] };

/** The model is that of the URL's path; where it names none, the endpoint's. */
function modelUrl({ url, model_id }: PredictorOptions["endpoint"]): string {
  const whole = new URL(url);
  if (whole.pathname.includes("/v2/models/")) return url;
  whole.pathname = `${whole.pathname.replace(/\/+$/, "")}/v2/models/${encodeURIComponent(model_id)}`;
  return whole.href;
}

/**
 * The predictor `triton`. Parameters stand beside `text_input`, the cap as `max_tokens`; Triton takes numbers, texts and booleans
 * there. With `options.parameters_as_text` they go as one JSON text, `sampling_parameters`, with the names they are configured by:
 * what they are called is up to the backend behind it. `stream` says what was asked for: vLLM's and TensorRT-LLM's backends
 * send one event for all unless it is set.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function triton(options: PredictorOptions): Predictor {
  const { endpoint, stream } = options;
  const { headers, secrets } = requestHeaders(options);
  const url = routeUrl(modelUrl(endpoint), routes[stream ? 1 : 0], routes);
  const asText = endpoint.options?.parameters_as_text ?? false;
  const inBody = (parameters: Parameters) =>
    asText ? { sampling_parameters: JSON.stringify(parameters) } : withOwnCap(parameters, cap);
  return {
    name: "triton",
    begin(asked, parameters) {
      withoutImages(asked, "triton");
      const { prompt } = asked;
      const body = JSON.stringify({ ...inBody(parameters), text_input: prompt, stream });
      const request: WireRequest = { method: "POST", url, headers, body };
      const { accumulate_tokens } = parameters;
      const cumulative = typeof accumulate_tokens === "boolean" ? accumulate_tokens : null;
      return { request, reader: new TritonReader({ prompt, stream, cumulative, secrets }) };
    },
    maxTokens: (parameters) => capOf(parameters, cap),
  };
}
