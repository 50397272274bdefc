/** What a container behind SageMaker or DJL Serving answers, by the kind of body it gets. */

import type { Reading } from "../dialect.ts";
import { type Framing, jsonLines, tightEvents } from "../framing.ts";
import type { SimulateOptions } from "../options.ts";
import { vectorOf } from "./embedding.ts";
import { readGenerate } from "./generate_request.ts";
import { LmiWording, TgiWording } from "./generate_wording.ts";
import { type Json, textsIn } from "./json_body.ts";
import { lacking, textOnly } from "./lacking.ts";
import { chatReading, completionsReading, embeddingsReading } from "./openai_bodies.ts";
import { wholeOnly } from "./whole_only.ts";

const lines = jsonLines("application/jsonlines");
const tgiLacks = lacking(...textOnly, "empty_deltas", "usage_tail");
const lmiLacks = lacking(...textOnly, "empty_deltas", "usage_tail", "comments");

/** Reads a body of messages, a prompt, inputs, or a text to be embedded. Throws Refusal. */
export function containerReading(body: Json, container: SimulateOptions["container"]): Reading {
  if (body["messages"] !== undefined) return chatReading(body);
  if (body["prompt"] !== undefined) return completionsReading(body);
  if (body["input"] !== undefined) return embeddingsReading(body);
  if (body["text_inputs"] !== undefined) return textInputs(body);
  const request = readGenerate(body);
  const { prompt, max_tokens, stream } = request;
  const tgi = container === "tgi";
  const framing: Framing = tgi ? tightEvents : lines;
  return {
    ...{ prompt, max_tokens, framing: stream ? framing : null, without: tgi ? tgiLacks : lmiLacks },
    compose: (draft) => tgi ? new TgiWording(draft, request, true) : new LmiWording(draft, request),
  };
}

/** JumpStart's form: `text_inputs` and `embedding`, without counts. */
function textInputs(body: Json): Reading {
  const texts = textsIn(body, "text_inputs");
  const embedding = texts.map((text) => vectorOf(text, 384));
  return {
    ...{ prompt: texts.join("\n"), embed: texts, max_tokens: null, framing: null, without: lmiLacks },
    compose: () => wholeOnly(() => ({ body: JSON.stringify({ embedding }) })),
  };
}
