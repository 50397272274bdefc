/** One request for vectors, made again where that can help. */

import type { Clock, ErrorKind } from "../../core/mod.ts";
import { type AnswerError, type Parameters, vectorsOf, waitBeforeRetry } from "../../predict/mod.ts";
import type { CallRetries, Line } from "../endpoint_line.ts";

/** What it is made with. */
export interface CallMeans {
  readonly line: Line;
  readonly parameters: Parameters;
  readonly retries: Required<CallRetries>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface CallOutcome {
  /** One for each text; null: there are none. */
  readonly vectors: readonly Float32Array[] | null;
  readonly error: AnswerError | null;
  /** Of the last attempt; null: no answer came. */
  readonly http_status: number | null;
  readonly calls: number;
  /** Of the attempt that gave vectors; null: the endpoint doesn't count. */
  readonly prompt_tokens: number | null;
}

const passing: readonly ErrorKind[] = ["throttled", "timeout", "network", "stream"];

/**
 * Has texts embedded by one request. What happens to it is the outcome.
 *
 * @throws the signal's reason when it is aborted
 */
export async function embeddingCall(
  texts: readonly string[],
  { line, parameters, retries, clock, signal }: CallMeans,
): Promise<CallOutcome> {
  for (let calls = 1;; calls++) {
    const prompt = { prompt: texts[0] ?? "", texts };
    const { answer, http_status, retry_after_ms } = await line.call(prompt, parameters, signal);
    signal.throwIfAborted();
    const vectors = answer.error === null ? vectorsOf(answer, texts.length) : null;
    if (vectors !== null) {
      return { vectors, error: null, http_status, calls, prompt_tokens: answer.prompt_tokens };
    }
    const message = `the answer has not one vector for each of ${texts.length} texts`;
    const error: AnswerError = answer.error ?? { kind: "parse", message };
    const { attempts, backoff_ms, longest_ms } = retries;
    const wait_ms = waitBeforeRetry(
      {
        attempts,
        backoff_ms,
        on: http_status !== null && http_status >= 500 ? [...passing, "http"] : passing,
      },
      { status: "error", error_kind: error.kind, retry_after_ms },
      { attempts: calls, random: Math.random(), longest_ms },
    );
    if (wait_ms === null) return { vectors: null, error, http_status, calls, prompt_tokens: null };
    await clock.sleepUntil(clock.now() + wait_ms, signal);
  }
}
