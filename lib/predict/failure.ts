/** Messages of servers, made fit to be kept. */

import { redact } from "../core/mod.ts";
import type { AnswerError } from "./answer.ts";

const longest = 500;

/** A text on one line, without secrets, at most 500 characters. */
export function clipped(text: string, secrets: readonly string[] = []): string {
  const line = redact(text, secrets).replace(/\s+/g, " ").trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** The error that a status outside 200 to 299 is, with the message of the body when it has one. */
export function statusError(status: number, body: string, secrets: readonly string[] = []): AnswerError {
  const message = clipped(messageIn(body), secrets);
  return {
    kind: status === 429 ? "throttled" : "http",
    message: message === "" ? `HTTP ${status}` : `HTTP ${status}: ${message}`,
  };
}

/** The message of an error body of any of the usual shapes; the body itself when it has none of them. */
export function messageIn(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  return errorText(value) ?? body;
}

/** The text of `{error: {message}}`, `{error: text}`, `{message}` or `{detail}`; null for anything else. */
export function errorText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return null;
  const { error, message, detail } = value as Record<string, unknown>;
  for (const part of [error, message, detail]) {
    if (part === undefined || part === null) continue;
    return errorText(part) ?? JSON.stringify(part);
  }
  return null;
}
