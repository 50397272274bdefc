/** Reads what Bedrock's InvokeModel and InvokeModelWithResponseStream answer. */

import type { ResponseHead } from "../../transport/mod.ts";
import type { Answer } from "../answer.ts";
import { AwsStreamReader } from "./aws_stream_reader.ts";
import { InvokeListener } from "./bedrock_invoke_said.ts";

/** The last event has Bedrock's metrics; a stream that ends without them is whole when the model gave a stop reason. */
export class InvokeReader extends AwsStreamReader {
  readonly #listener = new InvokeListener(this.draft, this.secrets);
  #head: ResponseHead | null = null;

  protected override headers(head: ResponseHead): void {
    super.headers(head);
    this.#head = head;
    const { headers } = head;
    this.draft.served_latency_mode = headers.get("x-amzn-bedrock-performanceconfig-latency") ?? null;
    this.draft.served_service_tier = headers.get("x-amzn-bedrock-service-tier") ?? null;
  }

  protected event(type: string, payload: Uint8Array, at_ms: number): void {
    if (type !== "chunk") return;
    const frame = this.payload(payload);
    if (frame === null) return;
    const bytes = unpacked(frame["bytes"]);
    if (bytes === null) return this.draft.fail({ kind: "parse", message: "a chunk without bytes in base64" });
    const said = this.payload(bytes);
    if (said === null) return;
    if (!this.#listener.event(said, at_ms)) return;
    this.draft.terminated = this.draft.error === null;
    this.draft.terminated_ms = at_ms;
  }

  protected ended(): void {
    if (this.draft.stop_reason !== null) return;
    this.draft.fail({ kind: "stream", message: "the stream ended without a stop reason" });
  }

  protected whole(body: Uint8Array): void {
    const said = this.payload(body);
    if (said === null) return;
    if (!this.#listener.whole(said)) {
      return this.draft.fail({ kind: "parse", message: "the answer has no text in any form that is known" });
    }
    this.#listener.metrics({
      ...count("inputTokenCount", this.#header("input-token-count")),
      ...count("outputTokenCount", this.#header("output-token-count")),
      ...count("cacheReadInputTokenCount", this.#header("cache-read-input-token-count")),
      ...count("cacheWriteInputTokenCount", this.#header("cache-write-input-token-count")),
      ...count("invocationLatency", this.#header("invocation-latency")),
    });
    this.draft.terminated = true;
  }

  protected override settled(): Answer {
    this.#listener.settle();
    return this.draft.answer();
  }

  #header(name: string): string | undefined {
    return this.#head?.headers.get(`x-amzn-bedrock-${name}`);
  }
}

function count(name: string, text: string | undefined): Readonly<Record<string, number>> {
  return text !== undefined && /^\d+$/.test(text) ? { [name]: Number(text) } : {};
}

function unpacked(base64: unknown): Uint8Array | null {
  try {
    return typeof base64 === "string" ? Uint8Array.fromBase64(base64) : null;
  } catch {
    return null;
  }
}
