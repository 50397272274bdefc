/** Values that hold slots, and what they become for one request. */

import { restSlot } from "../../core/mod.ts";
import type { Parameters } from "../predictor.ts";
import type { CapNames } from "../token_cap.ts";

/** What slots stand for. */
export interface SlotValues {
  readonly prompt: string;
  readonly model: string;
  readonly max_tokens: number | null;
  readonly parameters: Parameters;
}

const onlySlot = new RegExp(`^${restSlot.source}$`);

/** What a slot stands for; undefined when this request has no such thing. */
function valueOf(name: string, values: SlotValues): unknown {
  if (name === "prompt") return values.prompt;
  if (name === "model") return values.model;
  if (name === "max_tokens") return values.max_tokens ?? undefined;
  if (name === "parameters") return values.parameters;
  const parameter = name.slice("parameters.".length);
  return Object.hasOwn(values.parameters, parameter) ? values.parameters[parameter] : undefined;
}

/**
 * A text with its slots filled in; undefined when one of them stands for something absent.
 *
 * @param written how a value is written. @default texts as they are, the rest as JSON
 */
export function filledText(
  text: string,
  values: SlotValues,
  written: (value: string) => string = (value) => value,
): string | undefined {
  let absent = false;
  const filled = text.replaceAll(restSlot, (_, name: string) => {
    const value = valueOf(name, values);
    if (value === undefined) absent = true;
    return written(typeof value === "string" ? value : JSON.stringify(value) ?? "");
  });
  return absent ? undefined : filled;
}

/** A value with the slots of all its texts filled in; entries and items that are absent are left out. */
export function filledValue(value: unknown, values: SlotValues): unknown {
  if (typeof value === "string") {
    const [, name] = value.match(onlySlot) ?? [];
    return name === undefined ? filledText(value, values) : valueOf(name, values);
  }
  if (Array.isArray(value)) {
    return value.map((item) => filledValue(item, values)).filter((item) => item !== undefined);
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, filledValue(item, values)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

/**
 * An endpoint's URL with a filled path or query laid over it.
 *
 * @throws {Error} if the path needs what the request has not, or leads to another host
 */
export function filledUrl(base: string, path: string, values: SlotValues): string {
  const [, way = "", query] = path.match(/^([^?]*)(?:\?(.*))?$/s) ?? [];
  const encoded = (text: string) => encodeURIComponent(text.toWellFormed());
  const filledWay = filledText(way, values, encoded);
  if (filledWay === undefined) throw new Error(`the path ${way} stands for a parameter that is not set`);
  const entries = query?.split("&").map((entry) => filledText(entry, values, encoded))
    .filter((entry) => entry !== undefined);
  const url = new URL(entries === undefined ? filledWay : `${filledWay}?${entries.join("&")}`, base);
  if (url.origin !== new URL(base).origin) throw new Error(`the path ${way} leads away from the endpoint`);
  return url.href;
}

/** One value laid over another: what both have as objects is merged. */
export function merged(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return over;
  const result: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    result[name] = Object.hasOwn(under, name) ? merged(under[name], value) : value;
  }
  return result;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** What the cap on the length of an answer is usually called, where no protocol says it. */
export const usualCap: CapNames = {
  own: ["max_tokens"],
  foreign: ["max_new_tokens", "max_completion_tokens"],
};
