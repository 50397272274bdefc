/** DJL Serving where its handler takes OpenAI's schema: the same bodies, at DJL's address, streamed as JSON Lines or as events. */

import type { ResponseHead, TransportFailure } from "../../transport/mod.ts";
import type { Answer } from "../answer.ts";
import { JsonLinesScanner } from "../json_lines_scanner.ts";
import { openaiChat } from "../openai/openai_chat.ts";
import { openaiCompletions } from "../openai/openai_completions.ts";
import { openaiEmbeddings } from "../openai/openai_embeddings.ts";
import type { AnswerReader, Exchange, Predictor, PredictorFactory, PredictorOptions } from "../predictor.ts";
import { isJson } from "../sse_reader.ts";

const schemas = {
  messages: openaiChat,
  completions: openaiCompletions,
  embeddings: openaiEmbeddings,
} as const satisfies Readonly<Record<string, PredictorFactory>>;

/** @param url where all of them are asked */
export function djlOpenAi(options: PredictorOptions, url: string, schema: keyof typeof schemas): Predictor {
  const spoken: Predictor = schemas[schema](options);
  return {
    ...spoken,
    name: "djl",
    begin(prompt, parameters) {
      const { request, reader } = spoken.begin(prompt, parameters) as Exchange;
      return { request: { ...request, url }, reader: new LinesAsEvents(reader) };
    },
  };
}

const encoder = new TextEncoder();

/** Hands JSON Lines to a reader of server-sent events, each line as the event it would have been; all else as it is. */
export class LinesAsEvents implements AnswerReader {
  readonly #reader: AnswerReader;
  #lines: JsonLinesScanner | null = null;
  #ending = false;

  constructor(reader: AnswerReader) {
    this.#reader = reader;
  }

  onHead(head: ResponseHead, at_ms: number): void {
    const type = head.headers.get("content-type") ?? "";
    if (!/jsonlines|ndjson/.test(type)) return this.#reader.onHead(head, at_ms);
    this.#lines = new JsonLinesScanner(({ text, at_ms }) => {
      if (this.#ending && !isJson(text)) return;
      this.#reader.onData(encoder.encode(`data: ${text}\n\n`), at_ms);
    });
    const headers = new Map([...head.headers, ["content-type", "text/event-stream"]]);
    this.#reader.onHead({ ...head, headers }, at_ms);
  }

  onData(bytes: Uint8Array, at_ms: number): void {
    if (this.#lines === null) this.#reader.onData(bytes, at_ms);
    else this.#lines.push(bytes, at_ms);
  }

  finish(failure: TransportFailure | null): Answer {
    this.#ending = true;
    this.#lines?.end();
    return this.#reader.finish(failure);
  }
}
