/** What Converse is asked, as the SDK's commands take it. */

import type { PayloadImage, ProtocolOptions } from "../../core/mod.ts";
import type { Parameters, Prompt } from "../predictor.ts";
import { type CapNames, capOf, withOwnCap } from "../token_cap.ts";

const cap: CapNames = {
  own: ["maxTokens"],
  foreign: ["max_tokens", "max_new_tokens", "max_completion_tokens"],
};

/** The cap among the parameters. */
export const converseCap = (parameters: Parameters): number | null => capOf(parameters, cap);

export interface InferenceConfig {
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stopSequences?: string[];
}

/**
 * Parameters under Converse's own names, and those that it has no name for, which go to the model as they are. `stream` is
 * the run's choice and left out.
 */
export function inferenceConfig(
  parameters: Parameters,
): { config: InferenceConfig; others: Record<string, unknown> } {
  const { maxTokens, temperature, topP, top_p, stopSequences, stop_sequences, stop, stream: _, ...others } =
    withOwnCap(parameters, cap);
  const ends = stopSequences ?? stop_sequences ?? stop;
  const own = { maxTokens, temperature, topP: topP ?? top_p, stopSequences: listOf(ends) };
  const config = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { config, others };
}

function listOf(value: unknown): unknown {
  return value === undefined || Array.isArray(value) ? value : [value];
}

/** One turn with the images that belong to it. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** They follow the text. */
  readonly images: readonly PayloadImage[];
}

/**
 * The turns of a prompt, and what is said before them: `options.system_prompt` and the conversation's own system messages.
 * Images belong to the last user message.
 *
 * @throws {Error} for a role that is none of system, user and assistant
 */
export function turnsOf(
  { prompt, messages, images = [] }: Prompt,
  system_prompt?: string,
): { system: readonly string[]; turns: readonly Turn[] } {
  const said = messages ?? [{ role: "user", content: prompt }];
  const asked = said.findLastIndex(({ role }) => role === "user");
  const system = system_prompt === undefined ? [] : [system_prompt];
  const turns: Turn[] = [];
  for (const [index, { role, content }] of said.entries()) {
    if (role === "system") system.push(content);
    else if (role === "user" || role === "assistant") {
      turns.push({ role, text: content, images: index === asked ? images : [] });
    } else throw new Error(`Bedrock knows the roles system, user and assistant, not "${role}"`);
  }
  return { system, turns };
}

type ImageFormat = "png" | "jpeg" | "gif" | "webp";

/** `image/png` is `png`. */
export function imageFormat({ media_type }: PayloadImage): ImageFormat {
  return media_type.slice("image/".length) as ImageFormat;
}

const cachePoint = { cachePoint: { type: "default" as const } };

/**
 * The input of a Converse call. `toolConfig` among the parameters stays what it is there.
 *
 * With `options.prompt_caching` the cache point stands after the system prompt. Where there is none, it stands after the last
 * user message: how far prompts are alike is not known here, so that only repeated prompts are found in the cache.
 *
 * @throws {Error} for a role that Converse does not know
 */
export function converseInput(
  modelId: string,
  prompt: Prompt,
  parameters: Parameters,
  options: ProtocolOptions = {},
) {
  const { system, turns } = turnsOf(prompt, options.system_prompt);
  const { config, others } = inferenceConfig(parameters);
  const caching = options.prompt_caching === true;
  const last = turns.findLastIndex(({ role }) => role === "user");
  const { toolConfig, ...fields } = { ...others, ...options.additional_model_request_fields };
  const { latency_mode, service_tier } = options;
  return {
    modelId,
    messages: turns.map((turn, index) => ({
      role: turn.role,
      content: [
        ...contentOf(turn),
        ...(caching && system.length === 0 && index === last ? [cachePoint] : []),
      ],
    })),
    ...(system.length === 0
      ? {}
      : { system: [...system.map((text) => ({ text })), ...(caching ? [cachePoint] : [])] }),
    ...(Object.keys(config).length === 0 ? {} : { inferenceConfig: config }),
    ...(Object.keys(fields).length === 0 ? {} : { additionalModelRequestFields: fields }),
    ...(toolConfig === undefined ? {} : { toolConfig }),
    ...(latency_mode === undefined ? {} : { performanceConfig: { latency: latency_mode } }),
    ...(service_tier === undefined ? {} : { serviceTier: { type: service_tier } }),
  };
}

function contentOf({ text, images }: Turn) {
  return [
    { text },
    ...images.map((image) => ({
      image: { format: imageFormat(image), source: { bytes: Uint8Array.fromBase64(image.base64) } },
    })),
  ];
}
