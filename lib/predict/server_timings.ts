/** Timings that servers put into their answers, in milliseconds. */

/** `timings` of llama.cpp, in its native answers and in those to OpenAI's protocols. */
export interface LlamaTimings {
  /** Prompt tokens found in the cache; older versions leave it out. */
  readonly cache_n?: number;
  /** Prompt tokens that were computed. */
  readonly prompt_n?: number;
  readonly prompt_ms?: number;
  readonly predicted_n?: number;
  readonly predicted_ms?: number;
}

/** `metrics` of vLLM, when they are enabled: three spans, one after the other, and what follows from them. */
export interface VllmMetrics {
  readonly queue_time_ms?: number | null;
  /** From the end of the queue to the first token. */
  readonly time_to_first_token_ms?: number | null;
  /** From the first token to the last. */
  readonly generation_time_ms?: number | null;
}

/** Computing the prompt and the answer: llama.cpp does not say how long a request waited for a slot. */
export function llamaLatency({ prompt_ms, predicted_ms }: LlamaTimings): number | null {
  return sum(prompt_ms, predicted_ms);
}

/** From arrival to the last token. */
export function vllmLatency(metrics: VllmMetrics): number | null {
  return sum(metrics.queue_time_ms, metrics.time_to_first_token_ms, metrics.generation_time_ms);
}

/** The sum to a microsecond; null when a part is missing. */
function sum(...parts: readonly (number | null | undefined)[]): number | null {
  let total = 0;
  for (const part of parts) {
    if (typeof part !== "number") return null;
    total += part;
  }
  return Math.round(total * 1000) / 1000;
}
