/** Reading the answers of OpenAI's chat completions and completions, which differ only in what a choice holds. */

import type { ResponseHead, TransportFailure } from "../../transport/mod.ts";
import { type Body, type Choice, latencyOf, usageOf } from "./openai_body.ts";
import { SseReader } from "../sse_reader.ts";

/** By these the server ends an answer that it could not finish. */
const abandoned: readonly string[] = ["abort", "error"];

/**
 * Headers that say how long the whole answer took, in milliseconds, where it came in one piece: OpenAI's and TGI's. Before a
 * stream nobody can know.
 */
const latencyHeaders = ["openai-processing-ms", "x-total-time"] as const;

/**
 * A stream ends by `[DONE]`; a server may leave that out, not the finish reason. What follows `[DONE]` is left to the transport,
 * which reads to the end of the response.
 */
export abstract class OpenAiReader extends SseReader {
  /** Takes a choice of an event. */
  protected abstract piece(choice: Choice, at_ms: number): void;

  /** Takes the first choice of a whole answer. Returns what it lacks; null when it lacks nothing. */
  protected abstract message(choice: Choice): string | null;

  protected override headers({ headers }: ResponseHead): void {
    this.draft.server_request_id = headers.get("x-request-id") ?? null;
    if ((headers.get("content-type") ?? "").includes("text/event-stream")) return;
    const said = latencyHeaders.map((name) => headers.get(name)).find((value) => value !== undefined);
    const latency = Number(said ?? NaN);
    if (Number.isFinite(latency)) this.draft.server_latency_ms = latency;
  }

  protected endOfStream(failure: TransportFailure | null): void {
    this.flush();
    const { draft } = this;
    if (draft.terminated) return;
    if (failure !== null) return draft.cut(failure);
    if (draft.stop_reason !== null) return;
    draft.fail({ kind: "stream", message: "the stream ended without [DONE] and without a finish_reason" });
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const body: Body | null = this.said(new TextDecoder().decode(bytes));
    if (body === null) return;
    this.#common(body);
    const choice = body.choices?.[0] ?? {};
    const lack = this.message(choice);
    if (lack !== null) return draft.fail({ kind: "parse", message: `the answer has no ${lack}` });
    this.#finished(choice.finish_reason);
    draft.terminated = true;
  }

  protected event(data: string, at_ms: number): void {
    const { draft } = this;
    if (draft.terminated || draft.error !== null) return;
    if (data.trim() === "[DONE]") {
      draft.terminated = true;
      draft.terminated_ms = at_ms;
      return;
    }
    const body: Body | null = this.said(data);
    if (body === null) return;
    this.#common(body);
    for (const choice of body.choices ?? []) {
      this.piece(choice, at_ms);
      this.#finished(choice.finish_reason);
    }
  }

  #finished(reason: string | null | undefined): void {
    if (!reason) return;
    this.draft.stop_reason = reason;
    if (abandoned.includes(reason)) {
      this.draft.fail({
        kind: "stream",
        message: `the server gave the answer up: finish_reason "${reason}"`,
      });
    }
  }

  #common(body: Body): void {
    const { draft } = this;
    if (body.id) draft.server_request_id = body.id;
    if (body.model) draft.served_model = body.model;
    if (body.service_tier) draft.served_service_tier = body.service_tier;
    if (body.usage) draft.usage = usageOf(body.usage, body.timings);
    draft.server_latency_ms = latencyOf(body) ?? draft.server_latency_ms;
  }
}
