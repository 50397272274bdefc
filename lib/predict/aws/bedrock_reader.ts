/** Reads what Bedrock's Converse and ConverseStream answer. */

import type { Answer } from "../answer.ts";
import { AwsStreamReader } from "./aws_stream_reader.ts";
import { ConverseListener } from "./bedrock_said.ts";

/** The last event is `metadata`; a stream that ends after `messageStop`, but without it, is whole and has no counts. */
export class ConverseReader extends AwsStreamReader {
  readonly #listener = new ConverseListener(this.draft);

  protected event(type: string, payload: Uint8Array, at_ms: number): void {
    const said = this.payload(payload);
    if (said === null) return;
    this.#listener.event(type, said, at_ms);
    if (type !== "metadata") return;
    this.draft.terminated = true;
    this.draft.terminated_ms = at_ms;
  }

  protected ended(): void {
    if (this.draft.stop_reason !== null) return;
    this.draft.fail({ kind: "stream", message: "the stream ended without a messageStop event" });
  }

  protected whole(body: Uint8Array): void {
    const said = this.payload(body);
    if (said === null) return;
    if (this.#listener.whole(said)) this.draft.terminated = true;
    else this.draft.fail({ kind: "parse", message: "the answer has no output.message.content" });
  }

  protected override settled(): Answer {
    this.#listener.settle();
    return this.draft.answer();
  }
}
