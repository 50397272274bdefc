/** A protocol in words: the requests of the predictor `rest`. */

import { type RestDescription, restFaults, UserError } from "../../core/mod.ts";
import type { WireRequest } from "../../transport/mod.ts";
import type { Predictor, PredictorOptions } from "../predictor.ts";
import { headerFault, requestHeaders } from "../request_headers.ts";
import { RestReader } from "./rest_reader.ts";
import { filledText, filledUrl, filledValue, merged, type SlotValues, usualCap } from "./rest_template.ts";
import { capOf } from "../token_cap.ts";

/** What FMBench's custom REST predictor takes for an answer. */
const usual: RestDescription = {
  response: {
    text: "/completions/0/text",
    prompt_tokens: "/usage/prompt_tokens",
    completion_tokens: "/usage/completion_tokens",
  },
};

/**
 * The predictor `rest`: what `options.rest` describes, without it FMBench's custom REST protocol: POST of
 * `{model_id, prompt, ...parameters}`, the text in `completions[0].text`. Without `events` answers come whole, also where a stream
 * is asked for. Parameters are sent as they are called.
 *
 * @throws {UserError} if the description can't be followed
 */
export function rest(options: PredictorOptions): Predictor {
  const { endpoint } = options;
  const description = endpoint.options?.rest ?? usual;
  const [fault] = restFaults(description);
  if (fault !== undefined) {
    throw new UserError({ action: "follow the description in", thing: "inference_spec.rest", found: fault });
  }
  const { method = "POST", path = "", response, events } = description;
  const stream = options.stream && events !== undefined;
  const { headers, secrets } = requestHeaders({ ...options, stream }, headersFor(description, stream));
  return {
    name: "rest",
    begin({ prompt }, parameters) {
      const values = {
        prompt,
        model: endpoint.model_id,
        max_tokens: capOf(parameters, usualCap),
        parameters,
      };
      const request: WireRequest = {
        method,
        url: filledUrl(endpoint.url, path, values),
        headers: filledHeaders(headers, values),
        body: method === "GET" ? null : bodyOf(description, stream, values),
      };
      return { request, reader: new RestReader({ response, events: events ?? null, stream, secrets }) };
    },
    maxTokens: (parameters) => capOf(parameters, usualCap),
  };
}

function headersFor(
  { body, response, events }: RestDescription,
  stream: boolean,
): Record<string, string> {
  const accepted = stream && events?.format === "json_lines"
    ? { accept: "application/x-ndjson, */*;q=0.5" }
    : !stream && response.format === "text"
    ? { accept: "text/plain, */*;q=0.5" }
    : {};
  const sent = typeof body === "string" ? { "content-type": "text/plain; charset=utf-8" } : {};
  return { ...accepted, ...sent };
}

/** The body of one request; FMBench's own where none is described. */
function bodyOf({ body, stream_body }: RestDescription, stream: boolean, values: SlotValues): string {
  const { model, prompt, parameters } = values;
  const whole = body === undefined ? { model_id: model, prompt, ...parameters } : filledValue(body, values);
  if (whole === undefined) throw new Error("the body stands for a parameter that is not set");
  if (typeof whole === "string") return whole;
  return JSON.stringify(
    stream && stream_body !== undefined ? merged(whole, filledValue(stream_body, values)) : whole,
  );
}

function filledHeaders(
  headers: Readonly<Record<string, string>>,
  values: SlotValues,
): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, text] of Object.entries(headers)) {
    const value = filledText(text, values);
    if (value === undefined) continue;
    const fault = headerFault(name, value);
    if (fault !== null) throw new Error(`the header ${name} can't be sent: ${fault}`);
    filled[name] = value;
  }
  return filled;
}
