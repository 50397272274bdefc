/** Hugging Face's Text Generation Inference, by its own protocol: `/generate` and `/generate_stream`. */

import type { WireRequest } from "../../transport/mod.ts";
import { generateBody, generateCap } from "./generate_body.ts";
import { GenerateReader } from "./generate_reader.ts";
import { withoutImages } from "../openai/openai_request.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";
import { routeUrl } from "../route_url.ts";

const routes = ["/generate", "/generate_stream"] as const;

/** Whether a URL leaves it to us which of the two it is; any other path takes both, told apart by the body's `stream`. */
function isOurs(url: string): boolean {
  const path = new URL(url).pathname.replace(/\/+$/, "");
  return path === "" || routes.some((route) => path.endsWith(route));
}

/**
 * The predictor `tgi`. A URL without a path, or with one of the two, is asked at `/generate` or `/generate_stream`; any other
 * (`/invocations`) as it is. `details` are asked for, which change nothing that is generated: they bring the tokens that the
 * server counted (special ones included) and the finish reason; a parameter `details` wins. The end of a stream is the event
 * with `generated_text`.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function tgi(options: PredictorOptions): Predictor {
  const { endpoint, stream } = options;
  const { headers, secrets } = requestHeaders(options);
  const ours = isOurs(endpoint.url);
  const url = ours ? routeUrl(endpoint.url, routes[stream ? 1 : 0], routes) : endpoint.url;
  return {
    name: "tgi",
    begin(asked, parameters) {
      withoutImages(asked, "tgi");
      const { prompt } = asked;
      const body = generateBody(prompt, parameters, { details: true, ...(ours ? {} : { stream }) });
      const request: WireRequest = { method: "POST", url, headers, body: JSON.stringify(body) };
      return { request, reader: new GenerateReader({ prompt, stream, secrets }) };
    },
    maxTokens: generateCap,
  };
}
