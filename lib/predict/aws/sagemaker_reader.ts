/**
 * Reads what SageMaker's InvokeEndpoint and InvokeEndpointWithResponseStream answer: an envelope around the answer of a
 * container, which another protocol's reader reads. The parts of a stream are pieces of the container's own stream, cut
 * anywhere: a line may take several parts, and a part may hold several lines.
 */

import type { ResponseHead, TransportFailure } from "../../transport/mod.ts";
import type { Answer } from "../answer.ts";
import { AwsStreamReader } from "./aws_stream_reader.ts";
import { dimensionsOf } from "./bedrock_invoke_said.ts";
import { LinesAsEvents } from "../containers/djl_openai.ts";
import { GenerateReader } from "../containers/generate_reader.ts";
import { ChatReader } from "../openai/openai_chat.ts";
import { CompletionsReader } from "../openai/openai_completions.ts";
import { EmbeddingsReader } from "../openai/openai_embeddings.ts";
import type { AnswerReader } from "../predictor.ts";
import type { Schema } from "./sagemaker_body.ts";

export interface SageMakerReaderOptions {
  readonly schema: Schema;
  /** Taken off where a generated text begins with it. */
  readonly prompt: string;
  /** Whether a stream was asked for. */
  readonly stream: boolean;
  readonly secrets: readonly string[];
}

/** Whether a stream is whole is decided by the container's protocol. An exception of SageMaker's ends it as an error. */
export class SageMakerReader extends AwsStreamReader {
  readonly #options: SageMakerReaderOptions;
  #inner: AnswerReader | null = null;
  #answer: Answer | null = null;

  constructor(options: SageMakerReaderOptions) {
    super(options.stream, options.secrets);
    this.#options = options;
  }

  protected event(type: string, payload: Uint8Array, at_ms: number): void {
    if (type !== "PayloadPart") return;
    if (this.#inner === null) {
      const first = payload.find((byte) => byte > 0x20);
      if (first === undefined) return;
      const lines = first === 0x7b;
      this.#inner = this.#container();
      this.#inner.onHead(headOf(lines ? "application/jsonlines" : "text/event-stream"), at_ms);
    }
    this.#inner.onData(payload, at_ms);
  }

  protected override endOfStream(failure: TransportFailure | null): void {
    const broken = this.broken(failure);
    this.#answer = this.#inner?.finish(broken) ?? null;
    if (this.#answer !== null) return;
    if (broken !== null) this.draft.cut(broken);
    else this.ended();
  }

  protected ended(): void {
    this.draft.fail({ kind: "stream", message: "the stream ended without a part" });
  }

  protected whole(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    const { value, inner } = this.#formOf(text);
    const said = label(value);
    const embeddings = said.embedding ?? said.embeddings ?? value;
    const vector = dimensionsOf(embeddings);
    if (said.predicted_label !== undefined) {
      this.draft.text = textOf(said.predicted_label);
      this.draft.terminated = true;
    } else if (vector !== null) {
      this.draft.text = JSON.stringify(vector);
      this.draft.embeddings = embeddings;
      this.draft.usage = { ...this.draft.usage, completion_tokens: 0 };
      this.draft.terminated = true;
    } else {
      inner.onHead(headOf("application/json"), 0);
      inner.onData(bytes, 0);
      this.#answer = inner.finish(null);
    }
  }

  /** The container's answer under SageMaker's request id, which is what its support and its logs know. */
  protected override settled(): Answer {
    const own = this.draft.answer();
    const answer = this.#answer;
    if (answer === null) return own;
    const error = answer.terminated ? answer.error : own.error ?? answer.error;
    return { ...answer, error, server_request_id: own.server_request_id };
  }

  #container(): AnswerReader {
    const { schema, prompt, stream, secrets } = this.#options;
    if (schema === "messages") return new LinesAsEvents(new ChatReader(stream, secrets));
    if (schema === "completions") return new LinesAsEvents(new CompletionsReader(stream, secrets));
    return new GenerateReader({ prompt, stream, secrets });
  }

  /** A whole answer shows by its members what it is, whatever was asked. */
  #formOf(text: string): { value: unknown; inner: AnswerReader } {
    const { prompt, stream, secrets } = this.#options;
    let value: unknown = null;
    try {
      value = JSON.parse(text);
    } catch {
      // The reader below says what is wrong with it.
    }
    const { choices, data } = label(value);
    if (Array.isArray(choices)) {
      const chat = label(choices[0]).message !== undefined;
      return {
        value,
        inner: chat ? new ChatReader(stream, secrets) : new CompletionsReader(stream, secrets),
      };
    }
    if (Array.isArray(data)) return { value, inner: new EmbeddingsReader(secrets) };
    return { value, inner: new GenerateReader({ prompt, stream, secrets }) };
  }
}

function headOf(type: string): ResponseHead {
  return { status: 200, reason: "OK", headers: new Map([["content-type", type]]) };
}

/** The members of an object, or of the first of a list. */
function label(value: unknown): Readonly<Record<string, unknown>> {
  const first = Array.isArray(value) ? value[0] : value;
  return first !== null && typeof first === "object" && !Array.isArray(first)
    ? first as Record<string, unknown>
    : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
