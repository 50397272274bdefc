/** Request bodies in JSON, and the checks that several protocols share. */

import { Refusal } from "../refusal.ts";

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Reads a body (UTF-8). Throws Refusal if it is no JSON object. */
export function jsonBody(body: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, "The request body is not valid JSON in UTF-8.");
  }
  if (!isObject(value)) throw new Refusal(400, "The request body must be a JSON object.");
  return value;
}

export function invalid(param: string, what: string): Refusal {
  return new Refusal(400, `Invalid '${param}': ${what}.`, { param });
}

/** A field that may be absent or null, but else is an object. */
export function objectIn(body: Json, name: string): Json {
  const value = body[name] ?? {};
  if (!isObject(value)) throw invalid(name, "expected an object");
  return value;
}

/** The first of several fields that is there: a number of tokens; null when none is. */
export function limitIn(body: Json, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = body[name] ?? null;
    if (value === null) continue;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
      throw invalid(name, "expected an integer of at least 1");
    }
    return value;
  }
  return null;
}

export function textIn(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw invalid(name, "expected a text");
  return value;
}

export function flagIn(body: Json, name: string, absent = false): boolean {
  const value = body[name] ?? absent;
  if (typeof value !== "boolean") throw invalid(name, "expected true or false");
  return value;
}

/** Throws Refusal for a number out of its range. */
export function checkRange(body: Json, name: string, highest: number): void {
  const value = body[name] ?? null;
  if (value === null) return;
  if (typeof value !== "number" || value < 0 || value > highest) {
    throw invalid(name, `expected a number from 0 to ${highest}`);
  }
}

/** A text, or a list of texts, at least one. */
export function textsIn(body: Json, name: string): readonly string[] {
  const value = body[name];
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === "string")) {
    throw invalid(name, "expected a text or a list of texts");
  }
  return texts;
}

/** A segment of a path as a text. Throws Refusal where it can't be read. */
export function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, "The path is not percent-encoded UTF-8.");
  }
}
