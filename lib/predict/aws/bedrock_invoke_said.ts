/** What models say behind Bedrock's InvokeModel, each in a form of its own; the form shows by its members. */

import { AnthropicListener, type AnthropicSaid } from "./anthropic_said.ts";
import type { AnswerDraft } from "../answer_draft.ts";
import { ConverseListener, type ConverseSaid, usageOfParts } from "./bedrock_said.ts";
import { addToolCalls, type Message, type ToolCall, type UsageBody, usageOf } from "../openai/openai_body.ts";

/** One result of several, of which the first counts. */
interface Result {
  readonly text?: string | null;
  readonly outputText?: string | null;
  readonly delta?: Message | null;
  readonly message?: Message | null;
  readonly stop_reason?: string | null;
  readonly finish_reason?: string | null;
  readonly completionReason?: string | null;
  readonly tokenCount?: number;
}

/** Members of Titan's, Llama's, Cohere's, Mistral's, AI21's and DeepSeek's forms, of events and whole answers. */
interface Said extends Result {
  readonly event_type?: string;
  readonly generation?: string | null;
  readonly outputs?: readonly Result[];
  readonly results?: readonly Result[];
  readonly generations?: readonly Result[];
  readonly choices?: readonly Result[];
  readonly model?: string;
  readonly usage?: UsageBody | null;
  readonly prompt_token_count?: number | null;
  readonly generation_token_count?: number | null;
  readonly inputTextTokenCount?: number | null;
  readonly totalOutputTextTokenCount?: number | null;
  readonly embedding?: unknown;
  readonly embeddings?: unknown;
}

/** Bedrock's own account of a call, in the last event of every stream; tokens of the cache are not part of the input. */
interface InvocationMetrics {
  readonly inputTokenCount?: number;
  readonly outputTokenCount?: number;
  readonly cacheReadInputTokenCount?: number;
  readonly cacheWriteInputTokenCount?: number;
  readonly invocationLatency?: number;
}

type Body = Readonly<Record<string, unknown>>;

const novaEvents = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "messageStop",
  "metadata",
] as const;

/** Reads events and whole answers of any vendor into a draft. */
export class InvokeListener {
  readonly #draft: AnswerDraft;
  readonly #anthropic: AnthropicListener;
  readonly #nova: ConverseListener;
  readonly #calls: ToolCall[] = [];

  constructor(draft: AnswerDraft, secrets: readonly string[]) {
    this.#draft = draft;
    this.#anthropic = new AnthropicListener(draft, secrets);
    this.#nova = new ConverseListener(draft);
  }

  /** One event. Returns whether it is the last: the one that has Bedrock's metrics. */
  event(body: Body, at_ms: number): boolean {
    if (typeof body["type"] === "string") this.#anthropic.event(body as AnthropicSaid, at_ms);
    else {
      const nova = novaEvents.find((name) => body[name]);
      if (nova === undefined) this.#piece(body, at_ms);
      else this.#nova.event(nova, body[nova] as ConverseSaid, at_ms);
    }
    const metrics = body["amazon-bedrock-invocationMetrics"] as InvocationMetrics | undefined;
    if (!metrics) return false;
    this.metrics(metrics);
    return true;
  }

  /** A whole answer. Returns whether it has a text or a vector. */
  whole(body: Body): boolean {
    if (Array.isArray(body["content"])) return this.#anthropic.whole(body as AnthropicSaid);
    if (body["output"]) return this.#nova.whole(body as ConverseSaid);
    const said: Said = body;
    this.#about(said);
    const embeddings = said.embedding ?? said.embeddings;
    const vector = dimensionsOf(embeddings);
    if (vector === null) return this.#piece(body, null);
    this.#draft.embeddings = embeddings;
    this.#draft.text = JSON.stringify(vector);
    this.#draft.usage = { ...this.#draft.usage, completion_tokens: 0 };
    return true;
  }

  /** What Bedrock counted and timed, where the model has not said it. */
  metrics(metrics: InvocationMetrics): void {
    const draft = this.#draft;
    const counted = usageOfParts(
      metrics.inputTokenCount,
      metrics.outputTokenCount,
      metrics.cacheReadInputTokenCount,
      metrics.cacheWriteInputTokenCount,
    );
    const { usage } = draft;
    const known = usage.prompt_tokens !== null;
    draft.usage = {
      ...(known ? usage : counted),
      completion_tokens: usage.completion_tokens ?? counted.completion_tokens,
      reasoning_tokens: usage.reasoning_tokens,
    };
    draft.server_latency_ms = metrics.invocationLatency ?? draft.server_latency_ms;
  }

  settle(): void {
    this.#anthropic.settle();
    this.#nova.settle();
    if (this.#draft.text === "" && this.#calls.length > 0) this.#draft.text = JSON.stringify(this.#calls);
  }

  /** Text and end of a form without a name. Returns whether it has a text, be it empty, or a call. */
  #piece(body: Body, at_ms: number | null): boolean {
    const said: Said = body;
    const draft = this.#draft;
    const lists: readonly unknown[] = [said.outputs, said.results, said.generations, said.choices];
    const result: Result = lists.find((each) => Array.isArray(each))?.[0] ?? said;
    const message = result.delta ?? result.message;
    const content = message ? message.content : result.text ?? result.outputText ?? said.generation;
    const text = typeof content === "string" && said.event_type !== "stream-end" ? content : "";
    const called = addToolCalls(this.#calls, message?.tool_calls);
    const reasoning = message?.reasoning_content ?? message?.reasoning ?? "";
    draft.text += text;
    if (at_ms !== null && (text !== "" || called)) draft.chunk(at_ms, true);
    else if (at_ms !== null && reasoning !== "") draft.chunk(at_ms, false);
    draft.stop_reason = result.stop_reason ?? result.finish_reason ?? result.completionReason ??
      said.finish_reason ??
      said.stop_reason ?? draft.stop_reason;
    if (at_ms !== null) this.#about(said);
    return typeof content === "string" || called;
  }

  #about(said: Said): void {
    const draft = this.#draft;
    draft.served_model = said.model ?? draft.served_model;
    if (said.usage) draft.usage = usageOf(said.usage);
    const { usage } = draft;
    draft.usage = {
      ...usage,
      prompt_tokens: said.prompt_token_count ?? said.inputTextTokenCount ?? usage.prompt_tokens,
      completion_tokens: said.generation_token_count ?? said.totalOutputTextTokenCount ??
        said.results?.[0]?.tokenCount ?? usage.completion_tokens,
    };
  }
}

/** How many vectors there are and how long they are: one, a list, or lists by the type of their numbers. */
export function dimensionsOf(value: unknown): { embeddings: number; dimensions: number } | null {
  if (Array.isArray(value)) {
    const [first] = value;
    if (typeof first === "number") return { embeddings: 1, dimensions: value.length };
    return Array.isArray(first) ? { embeddings: value.length, dimensions: first.length } : null;
  }
  if (value === null || typeof value !== "object") return null;
  return Object.values(value).map(dimensionsOf).find((found) => found !== null) ?? null;
}
