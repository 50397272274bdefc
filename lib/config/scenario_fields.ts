/** The fields of one scenario as they are written: each with its place, and what is wrong with it. */

import { getNodeValue } from "jsonc-parser";
import { availablePredictors, predictorOf } from "./inference_script.ts";
import { isUrl } from "./experiment_address.ts";
import type { ScenarioObject, TextFault } from "./scenario_text.ts";
import { didYouMean, nearestNames } from "./suggestion.ts";
import { showValue } from "./validation.ts";

/** An image as a scenario names it: a path, or what is in it. */
export type WrittenImage = string | { readonly media_type: string; readonly base64: string };

/** One object of a scenario file; see the table in `docs/latency-study.md`. */
export interface WrittenScenario {
  readonly text_prompt?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly expected_output_tokens?: number;
  readonly task_type?: string;
  readonly model_id?: string;
  readonly region?: string;
  readonly inference_profile?: "optimized" | "standard";
  readonly system?: string;
  readonly images?: WrittenImage | readonly WrittenImage[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop?: string | readonly string[];
  readonly service_tier?: string;
  readonly provider?: string;
  readonly url?: string;
  readonly api_key_env?: string;
  readonly expected_answer?: string | readonly string[];
}

export type ScenarioField = keyof WrittenScenario;

interface FieldKind {
  readonly takes: (value: unknown) => boolean;
  readonly expected: string;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isListOf = (takes: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(takes);
const isWhole = (least: number) => (value: unknown) => Number.isInteger(value) && Number(value) >= least;
const isWithin = (least: number, most: number) => (value: unknown) =>
  typeof value === "number" && value >= least && value <= most;
const roles = ["system", "user", "assistant"];

function isImage(value: unknown): value is WrittenImage {
  if (typeof value === "string") return value !== "";
  if (value === null || typeof value !== "object") return false;
  const { media_type, base64, ...others } = value as Record<string, unknown>;
  return isText(media_type) && isText(base64) && Object.keys(others).length === 0;
}

function isMessage(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { role, content, ...others } = value as Record<string, unknown>;
  return isText(role) && roles.includes(role) && isText(content) && Object.keys(others).length === 0;
}

function isConversation(value: unknown): boolean {
  return isListOf(isMessage)(value) && (value as { role: string }[]).at(-1)?.role === "user";
}

const text = (expected: string): FieldKind => ({ takes: isText, expected });

/** Every field there is. */
const fields: Readonly<Record<ScenarioField, FieldKind>> = {
  text_prompt: text("the prompt"),
  messages: {
    takes: isConversation,
    expected:
      'a conversation like [{"role": "user", "content": "..."}], with roles system, user and assistant, ' +
      "that ends with the user",
  },
  expected_output_tokens: { takes: isWhole(1), expected: "a whole number of tokens, 1 or more" },
  task_type: text("the kind of task, like Text-Generation"),
  model_id: text("the model's id"),
  region: text("the name of a region"),
  inference_profile: {
    takes: (value) => value === "optimized" || value === "standard",
    expected: "optimized or standard",
  },
  system: text("what is said before the prompt"),
  images: {
    takes: (value) => isImage(value) || isListOf(isImage)(value),
    expected: 'paths of images, or {"media_type": "image/png", "base64": "..."}',
  },
  temperature: { takes: isWithin(0, Infinity), expected: "a number, 0 or more" },
  top_p: { takes: isWithin(0, 1), expected: "a number from 0 to 1" },
  top_k: { takes: isWhole(0), expected: "a whole number, 0 or more" },
  stop: {
    takes: (value) => isText(value) || isListOf(isText)(value),
    expected: "a text, or a list of texts, at which an answer ends",
  },
  service_tier: text("the name of a service tier"),
  provider: text("the name of a predictor"),
  url: { takes: (value) => isText(value) && isUrl(value), expected: "the base URL of the endpoint" },
  api_key_env: {
    takes: (value) => isText(value) && /^[A-Za-z_]\w*$/.test(value),
    expected: "the name of an environment variable",
  },
  expected_answer: {
    takes: (value) => isText(value) || isListOf(isText)(value),
    expected: "the right answer, or a list of right ones",
  },
};

export const scenarioFields = Object.keys(fields) as readonly ScenarioField[];

/** What one object says. */
export interface ReadFields {
  /** What is right of it. */
  readonly written: WrittenScenario;
  /** Where the value of a field stands, in the file. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly faults: readonly TextFault[];
}

/** Reads and checks an object by itself; a field that is null counts as absent. */
export function readFields({ node, offset }: ScenarioObject): ReadFields {
  const faults: TextFault[] = [];
  const written: Record<string, unknown> = {};
  const offsets = new Map<string, number>();
  const names = (node.children ?? []).map(({ children }) => String(children?.[0]?.value));
  const missing = new Set<string>(names.includes("messages") ? ["model_id"] : ["model_id", "text_prompt"]);
  for (const [index, property] of (node.children ?? []).entries()) {
    const [key, value] = property.children ?? [];
    const name = names[index]!;
    const at = offset + (key?.offset ?? 0);
    if (!isField(name)) {
      for (const near of nearestNames(name, scenarioFields, names)) missing.delete(near);
      faults.push({
        offset: at,
        text: `unknown field "${name}"; ${didYouMean(name, scenarioFields, names)}`,
      });
    } else if (offsets.has(name)) {
      faults.push({ offset: at, text: `"${name}" stands here a second time; expected it once` });
    } else if (value !== undefined) {
      const found: unknown = getNodeValue(value);
      offsets.set(name, offset + value.offset);
      if (found === null) continue;
      missing.delete(name);
      if (fields[name].takes(found)) written[name] = found;
      else {
        const said = `"${name}" is ${shown(found, name)}; expected ${fields[name].expected}`;
        faults.push({ offset: offset + value.offset, text: said });
      }
    }
  }
  for (const name of missing) {
    const otherwise = name === "text_prompt" ? ', or "messages"' : "";
    faults.push({
      offset,
      text: `"${name}" is missing; expected ${fields[name as ScenarioField].expected}${otherwise}`,
    });
  }
  faults.push(...contradictions(written, (name) => offsets.get(name) ?? offset));
  return { written, offsets, faults };
}

function isField(name: string): name is ScenarioField {
  return Object.hasOwn(fields, name);
}

/** JSON's own words for what YAML calls otherwise. */
function shown(value: unknown, name: string): string {
  if (typeof value === "boolean") return String(value);
  if (value === "") return "empty";
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? "an object"
    : showValue(value, [name]);
}

/** Fields that are right by themselves and not beside each other. */
function contradictions(
  { text_prompt, messages, system, provider }: WrittenScenario,
  at: (name: ScenarioField) => number,
): TextFault[] {
  const faults: TextFault[] = [];
  if (text_prompt !== undefined && messages !== undefined) {
    faults.push({
      offset: at("messages"),
      text: '"messages" stands beside "text_prompt"; expected one of them',
    });
  }
  if (system !== undefined && messages?.some(({ role }) => role === "system")) {
    const text = '"system" stands beside a message with the role system; expected one of them';
    faults.push({ offset: at("system"), text });
  }
  if (provider !== undefined && predictorOf(provider) === null) {
    const text = `"${provider}" is no predictor; ${didYouMean(provider, availablePredictors)}`;
    faults.push({ offset: at("provider"), text });
  }
  return faults;
}
