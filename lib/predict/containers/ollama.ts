/** Ollama's own `/api/generate` and `/api/chat`. */

import type { Parameters, Predictor, PredictorOptions, Prompt } from "../predictor.ts";
import { chatRoute, generateRoute, OllamaReader } from "./ollama_reader.ts";
import { requestHeaders } from "../request_headers.ts";
import { routeUrl } from "../route_url.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

const cap: CapNames = {
  own: ["num_predict"],
  foreign: ["max_tokens", "max_new_tokens", "max_completion_tokens"],
};

/** What a request has beside `options`; every other parameter goes among these. */
const besideOptions = new Set(
  "model format keep_alive think raw system template suffix context tools logprobs top_logprobs".split(" "),
);

/**
 * The predictor `ollama`. The address is `http://host:port` or that of one of the two routes; a conversation goes to `/api/chat`,
 * and so does everything when the address says that route, all else to `/api/generate`. Parameters go under `options`, but for
 * those that Ollama has beside them; `options` among the parameters are laid over. The end is the line with `done: true`; a stream
 * without it is cut. Thinking is reasoning. `server_latency_ms` is `total_duration`, the loading of the model included. A prompt
 * that was found in the cache has no `prompt_eval_count` in some versions: then the count is unknown here.
 *
 * @throws {UserError} if the endpoint's headers can't be made
 */
export function ollama(options: PredictorOptions): Predictor {
  const { endpoint, stream } = options;
  const always = new URL(endpoint.url).pathname.replace(/\/+$/, "").endsWith(chatRoute);
  const urlOf = (route: string) => routeUrl(endpoint.url, route, [generateRoute, chatRoute, "/api", "/v1"]);
  const urls = { chat: urlOf(chatRoute), generate: urlOf(generateRoute) };
  const { headers, secrets } = requestHeaders(options, stream ? { accept: "application/x-ndjson" } : {});
  const system = endpoint.options?.system_prompt;
  return {
    name: "ollama",
    begin(prompt, parameters) {
      const chat = always || prompt.messages !== undefined;
      const asked = chat ? chatBody(prompt, system) : generateBody(prompt, system);
      const body = JSON.stringify({ model: endpoint.model_id, ...placed(parameters), ...asked, stream });
      return {
        request: { method: "POST", url: chat ? urls.chat : urls.generate, headers, body },
        reader: new OllamaReader(stream, secrets),
      };
    },
    maxTokens: (parameters) => capOf(flat(parameters), cap),
  };
}

/** Parameters with those under `options` among them. */
function flat({ options, ...rest }: Parameters): Parameters {
  return { ...rest, ...(typeof options === "object" ? options : {}) };
}

function placed(parameters: Parameters): Record<string, unknown> {
  const all = Object.entries(withOwnCap(flat(parameters), cap));
  const beside = all.filter(([name]) => besideOptions.has(name));
  const inside = all.filter(([name]) => !besideOptions.has(name));
  return {
    ...Object.fromEntries(beside),
    ...(inside.length === 0 ? {} : { options: Object.fromEntries(inside) }),
  };
}

function imagesOf({ images = [] }: Prompt): { readonly images?: readonly string[] } {
  return images.length === 0 ? {} : { images: images.map(({ base64 }) => base64) };
}

function generateBody(prompt: Prompt, system: string | undefined): Record<string, unknown> {
  return { prompt: prompt.prompt, ...(system === undefined ? {} : { system }), ...imagesOf(prompt) };
}

/** Images belong to the last user message. */
function chatBody(prompt: Prompt, system: string | undefined): Record<string, unknown> {
  const turns = prompt.messages ?? [{ role: "user", content: prompt.prompt }];
  const asked = turns.findLastIndex(({ role }) => role === "user");
  return {
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      ...turns.map((turn, i) => i === asked ? { ...turn, ...imagesOf(prompt) } : turn),
    ],
  };
}
