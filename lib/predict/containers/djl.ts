/** DJL Serving, also called LMI: AWS's large model inference containers. */

import type { WireRequest } from "../../transport/mod.ts";
import { djlOpenAi } from "./djl_openai.ts";
import { generateBody, generateCap } from "./generate_body.ts";
import { GenerateReader } from "./generate_reader.ts";
import { withoutImages } from "../openai/openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";

/** `/invocations`, unless the URL has a path of its own, such as `/predictions/MODEL`. */
function invocationsUrl(base: string): string {
  const url = new URL(base);
  if (url.pathname === "/") url.pathname = "/invocations";
  return url.href;
}

/**
 * The predictor `djl`. The endpoint's `options.body` says which schema its handler takes: `generate` (default), which is
 * `inputs` and `parameters`, or OpenAI's `messages`, `completions` or `embeddings`. Streams may come as JSON Lines or as events.
 *
 * `details` are asked for in streams only, where they add counts and a finish reason to the last event; for a whole answer the
 * engine would also work out the probability of every token. A parameter `details` wins in both.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function djl(options: PredictorOptions): Predictor {
  const { endpoint, stream } = options;
  const url = invocationsUrl(endpoint.url);
  const { body: schema = "generate", split_input_and_parameters: split = true } = endpoint.options ?? {};
  if (schema !== "generate") return djlOpenAi(options, url, schema);
  const accept = stream ? "application/jsonlines, text/event-stream" : "application/json";
  const { headers, secrets } = requestHeaders(options, { accept });
  return {
    name: "djl",
    begin(asked, parameters) {
      withoutImages(asked, "djl");
      const { prompt } = asked;
      const body = generateBody(prompt, parameters, { stream, split, details: stream });
      const request: WireRequest = { method: "POST", url, headers, body: JSON.stringify(body) };
      return { request, reader: new GenerateReader({ prompt, stream, secrets }) };
    },
    maxTokens: generateCap,
  };
}
