/** What requests to OpenAI's protocols have in common. */

import { UserError } from "../../core/mod.ts";
import type { WireRequest } from "../../transport/mod.ts";
import type { Predictor, PredictorOptions, Prompt } from "../predictor.ts";
import { requestHeaders } from "../request_headers.ts";
import { routeUrl } from "../route_url.ts";

const routes = ["/chat/completions", "/completions", "/embeddings"] as const;

/** Makes requests for one route of an endpoint. */
export interface OpenAiRequests {
  /** What no message may hold. */
  readonly secrets: readonly string[];
  /** A request with this body; `model` is the endpoint's unless the body names one. */
  request(body: Readonly<Record<string, unknown>>): WireRequest;
}

/**
 * Requests to a server whose address is given as `http://host:port/v1` or as the whole address of one of its routes.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function openaiRequests(options: PredictorOptions, route: typeof routes[number]): OpenAiRequests {
  const { endpoint } = options;
  const url = routeUrl(endpoint.url, route, routes);
  const { headers, secrets } = requestHeaders(options);
  return {
    secrets,
    request: (body) => ({
      method: "POST",
      url,
      headers,
      body: JSON.stringify({ model: endpoint.model_id, ...body }),
    }),
  };
}

/** Streams ask for usage; parameters that say otherwise take its place. */
export function usageAsked(stream: boolean): Readonly<Record<string, unknown>> {
  return stream ? { stream_options: { include_usage: true } } : {};
}

/**
 * For protocols that take text only.
 *
 * @throws {UserError} if the prompt has images: leaving them out would measure another question
 */
export function withoutImages({ images = [] }: Prompt, protocol: Predictor["name"]): void {
  if (images.length === 0) return;
  throw new UserError({
    action: "send a prompt with images by the protocol",
    thing: protocol,
    found: "it has no place for images",
    remedy: "Use openai_chat for this data.",
  });
}
