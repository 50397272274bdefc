/** What a user's module gives, before it is trusted: any value at all. */

import { type ErrorKind, errorKinds, messageOf } from "../../core/mod.ts";
import type { AnswerError, Usage } from "../answer.ts";
import { clipped, errorText } from "../failure.ts";

/** What an answer or an event says, checked. null: nothing. */
export interface Said {
  readonly text: string | null;
  readonly reasoning: string | null;
  readonly counts: Partial<Pick<Usage, "prompt_tokens" | "completion_tokens">>;
  readonly stop_reason: string | null;
  readonly done: boolean;
  readonly error: AnswerError | null;
}

/**
 * Reads an answer or an event.
 *
 * @param method what gave it, as messages call it
 * @throws {TypeError} if it is not what it should be
 */
export function saidBy(method: string, value: unknown, secrets: readonly string[]): Said {
  if (isThenable(value)) {
    value.then(undefined, () => {});
    throw new TypeError(`${method} gave a promise; expected an object at once`);
  }
  if (value === null || typeof value !== "object") {
    throw new TypeError(`${method} gave ${shown(value)}; expected an object like {text: "..."}`);
  }
  const given = value as Readonly<Record<string, unknown>>;
  function read<T>(name: string, wanted: string, fits: (found: unknown) => boolean): T | null {
    const found = given[name];
    if (found === undefined || found === null) return null;
    if (!fits(found)) throw new TypeError(`${method} gave ${name} as ${shown(found)}; expected ${wanted}`);
    return found as T;
  }
  const text = (name: string) => read<string>(name, "a text", (found) => typeof found === "string");
  const count = (name: string) => {
    const found = read<number>(
      name,
      "a whole number, 0 or more",
      (found) => Number.isSafeInteger(found) && Number(found) >= 0,
    );
    return found === null ? {} : { [name]: found };
  };
  const error = read<unknown>("error", "a text or an object with a message", (found) => {
    return typeof found === "string" || typeof found === "object";
  });
  return {
    text: text("text"),
    reasoning: text("reasoning"),
    counts: { ...count("prompt_tokens"), ...count("completion_tokens") },
    stop_reason: text("stop_reason") || null,
    done: read<boolean>("done", "true or false", (found) => typeof found === "boolean") ?? false,
    error: error === null ? null : errorOf(error, "http", secrets),
  };
}

/** What a thrown value, or a given error, is as the error of an answer: `usual` where it does not say itself. */
export function errorOf(error: unknown, usual: ErrorKind, secrets: readonly string[]): AnswerError {
  try {
    return { kind: kindOf(error) ?? usual, message: clipped(wordsOf(error), secrets) };
  } catch {
    return { kind: usual, message: "an error that can't be read" };
  }
}

/** The HTTP status that a thrown value carries; null when it has none. */
export function statusOf(error: unknown): number | null {
  try {
    const { status, statusCode, $metadata } = (error ?? {}) as Record<string, unknown>;
    const found = status ?? statusCode ??
      ($metadata as { httpStatusCode?: unknown } | undefined)?.httpStatusCode;
    return Number.isInteger(found) && Number(found) >= 100 && Number(found) <= 599 ? Number(found) : null;
  } catch {
    return null;
  }
}

function kindOf(error: unknown): ErrorKind | null {
  const { kind, name, code, message } = (error ?? {}) as Record<string, unknown>;
  const declared = errorKinds.find((known) => known === kind);
  if (declared !== undefined) return declared;
  const status = statusOf(error);
  if (status === 429 || /Throttl|TooManyRequests/i.test(String(name))) return "throttled";
  if (status !== null && status >= 400) return "http";
  if (name === "TimeoutError") return "timeout";
  const atSystem = error instanceof Error &&
    (Object.values(Deno.errors).some((known) => error instanceof known) ||
      typeof code === "string" && /^E[A-Z]+$/.test(code) ||
      error instanceof TypeError && String(message).startsWith("error sending request"));
  return atSystem ? "network" : null;
}

function wordsOf(error: unknown): string {
  const words = error instanceof Error ? messageOf(error) : errorText(error) ?? messageOf(error);
  return words === "" ? "an error without a message" : words;
}

function shown(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    return `a ${typeof value}`;
  }
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== null && typeof value === "object" &&
    typeof (value as { then?: unknown }).then === "function";
}
