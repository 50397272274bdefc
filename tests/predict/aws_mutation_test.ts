import assert from "node:assert/strict";
import { ConverseReader } from "../../lib/predict/aws/bedrock_reader.ts";
import { InvokeReader } from "../../lib/predict/aws/bedrock_invoke_reader.ts";
import type { Answer, AnswerReader } from "../../lib/predict/mod.ts";
import { SageMakerReader } from "../../lib/predict/aws/sagemaker_reader.ts";
import { EventStreamScanner } from "../../lib/transport/mod.ts";
import { frame } from "../aws/event_frames.ts";
import { fixture, read, readWhole } from "./aws/aws_fixtures.ts";

/** What a server might send where something else is expected. */
const strangers: readonly unknown[] = [null, 0, -1, "", "x", true, [], [null], {}, { x: null }];

/** The value with one member, at any depth, replaced by each of the strangers. */
function* mutations(value: unknown): Generator<unknown> {
  yield* strangers;
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) {
      for (const other of mutations(member)) yield value.with(index, other);
    }
  } else if (value !== null && typeof value === "object") {
    for (const [name, member] of Object.entries(value)) {
      for (const other of mutations(member)) yield { ...value, [name]: other };
    }
  }
}

/** An answer can be kept, whatever was sent: texts are texts and counts are whole numbers. */
function assertFits(answer: Answer, sent: unknown): void {
  const { error, text, stop_reason, served_model, served_latency_mode, served_service_tier } = answer;
  for (const each of [stop_reason, served_model, served_latency_mode, served_service_tier, text]) {
    assert.ok(each === null || typeof each === "string", JSON.stringify(sent));
  }
  const { prompt_tokens, completion_tokens, cached_prompt_tokens, cache_write_tokens } = answer;
  for (const each of [prompt_tokens, completion_tokens, cached_prompt_tokens, cache_write_tokens]) {
    assert.ok(each === null || Number.isInteger(each), JSON.stringify(sent));
  }
  assert.ok(error === null || error.message !== "", JSON.stringify(sent));
}

interface Event {
  readonly headers: Record<string, string>;
  readonly value: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function eventsOf(bytes: Uint8Array): Event[] {
  const events: Event[] = [];
  new EventStreamScanner(({ headers, payload }) => {
    const value = JSON.parse(decoder.decode(payload));
    const chunk = typeof value.bytes === "string"
      ? JSON.parse(decoder.decode(Uint8Array.fromBase64(value.bytes)))
      : value;
    events.push({
      headers: Object.fromEntries([...headers].map(([name, text]) => [name, String(text)])),
      value: chunk,
    });
  }).push(bytes, 0);
  return events;
}

function framed({ headers, value }: Event, chunked: boolean): Uint8Array {
  const text = JSON.stringify(value);
  return frame(headers, chunked ? JSON.stringify({ bytes: encoder.encode(text).toBase64() }) : text);
}

/** Reads the stream once for each mutation of each of its events. Returns how often that was. */
function readMutations(name: string, open: () => AnswerReader, chunked: boolean): number {
  const events = eventsOf(fixture(name).bytes);
  let count = 0;
  for (const [index, event] of events.entries()) {
    for (const value of mutations(event.value)) {
      const frames = events.map((each, i) => framed(i === index ? { ...each, value } : each, chunked));
      assertFits(read(open(), frames), value);
      count++;
    }
  }
  return count;
}

for (const name of ["plain", "reasoning", "tool_use", "cache", "served", "redacted_reasoning"]) {
  Deno.test(`bedrock_${name}.bin with anything in the place of any member is read, not thrown at`, () => {
    assert.ok(readMutations(`bedrock_${name}.bin`, () => new ConverseReader(true, []), false) > 100);
  });
}

for (
  const name of [
    ...["anthropic", "anthropic_thinking", "anthropic_error", "nova", "titan", "cohere", "llama", "mistral"],
    ...["mistral_chat", "jamba", "deepseek"],
  ]
) {
  Deno.test(`bedrock_invoke_${name}.bin with anything in the place of any member is read, not thrown at`, () => {
    assert.ok(readMutations(`bedrock_invoke_${name}.bin`, () => new InvokeReader(true, []), true) > 100);
  });
}

const wholes: readonly [name: string, open: () => AnswerReader][] = [
  ...["whole", "whole_tool_use"].map((name): [string, () => AnswerReader] => [
    `bedrock_${name}.txt`,
    () => new ConverseReader(false, []),
  ]),
  ...["anthropic", "nova", "titan", "cohere", "cohere_text", "llama", "mistral", "jamba", "deepseek"].map(
    (name): [string, () => AnswerReader] => [
      `bedrock_invoke_${name}_whole.txt`,
      () => new InvokeReader(false, []),
    ],
  ),
  ...["list_details", "predicted_label_list", "chat", "completions", "embedding", "embedding_list"].map(
    (name): [string, () => AnswerReader] => [
      `sagemaker_${name}.txt`,
      () => new SageMakerReader({ schema: "generate", prompt: "p", stream: false, secrets: [] }),
    ],
  ),
];

for (const [name, open] of wholes) {
  Deno.test(`${name} with anything in the place of any member is read, not thrown at`, () => {
    for (const value of mutations(JSON.parse(decoder.decode(fixture(name).bytes)))) {
      assertFits(readWhole(open(), JSON.stringify(value)), value);
    }
  });
}
