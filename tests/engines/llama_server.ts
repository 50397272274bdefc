/** A running llama.cpp server, and what it says itself of requests that went to it. */

import type { Endpoint } from "../../lib/core/mod.ts";
import type { AnswerReader, Predictor } from "../../lib/predict/mod.ts";

/** Address of a running server, `http://127.0.0.1:8080`, with the model's `/v1/embeddings` switched on. */
export const llamaUrl = Deno.env.get("FMBENCH_LLAMA_URL");

if (llamaUrl === undefined) {
  console.warn(
    "SKIPPED: the tests against a real llama.cpp; FMBENCH_TEST_ENGINES=yes starts one, FMBENCH_LLAMA_URL names one",
  );
}

export function llamaEndpoint(predictor: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    experiment_name: "llama",
    endpoint_name: "llama",
    predictor,
    url: `${llamaUrl}/v1`,
    model_id: "gemma-3-270m",
    instance_type: "cpu",
    instance_count: 1,
    region: null,
    deployed: false,
    simulated: false,
    api_key_env: null,
    ...changes,
  };
}

/** Asks the server beside the measured requests. */
async function ask(path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${llamaUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
  return await response.json();
}

/** How many tokens the server makes of a text, with what it puts before it. */
export async function tokensOf(content: string): Promise<number> {
  const { tokens } = await ask("/tokenize", { content, add_special: true });
  return (tokens as unknown[]).length;
}

/** The text that the server makes of one user message. */
export async function templated(content: string): Promise<string> {
  const { prompt } = await ask("/apply-template", { messages: [{ role: "user", content }] });
  return String(prompt);
}

/** Milliseconds and tokens as the server counted them for one request. */
export interface ServerTimings {
  readonly cache_n: number;
  readonly prompt_n: number;
  readonly prompt_ms: number;
  readonly predicted_n: number;
  readonly predicted_ms: number;
  readonly predicted_per_second: number;
}

/** A predictor whose answers also hand over what the server's own `timings` say. */
export function tapped(predictor: Predictor, taken: (timings: ServerTimings) => void): Predictor {
  return {
    ...predictor,
    begin(prompt, parameters) {
      const begun = predictor.begin(prompt, parameters);
      if (!("request" in begun)) throw new TypeError("not a plain exchange");
      const { reader } = begun;
      const decoder = new TextDecoder();
      let text = "";
      const listening: AnswerReader = {
        onHead: (head, at_ms) => reader.onHead(head, at_ms),
        onData(bytes, at_ms) {
          reader.onData(bytes, at_ms);
          text += decoder.decode(bytes, { stream: true });
        },
        finish(failure) {
          const timings = timingsIn(text);
          if (timings !== null) taken(timings);
          return reader.finish(failure);
        },
      };
      return { ...begun, reader: listening };
    },
  };
}

function timingsIn(text: string): ServerTimings | null {
  const line = text.split("\n").find((line) => line.includes('"timings"'));
  return line === undefined ? null : JSON.parse(line.replace(/^data: /, "")).timings;
}
