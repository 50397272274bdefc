/** Answers in any JSON, read where a description says what is. */

import { atPointer, type RestDescription, type RestPlaces } from "../../core/mod.ts";
import type { ResponseHead } from "../../transport/mod.ts";
import { clipped, errorText } from "../failure.ts";
import { EventReader } from "./rest_events.ts";

export interface RestReaderOptions {
  readonly response: RestDescription["response"];
  /** null: answers come whole. */
  readonly events: NonNullable<RestDescription["events"]> | null;
  /** Whether the answer was asked for piece by piece. */
  readonly stream: boolean;
  readonly secrets: readonly string[];
}

/**
 * A stream ends well with the described `end`, or once a stop reason has come; where neither is described, the protocol has no mark
 * of its own, and the end of a whole HTTP response is the end.
 */
export class RestReader extends EventReader {
  readonly #response: RestReaderOptions["response"];
  readonly #events: RestReaderOptions["events"];

  constructor({ response, events, stream, secrets }: RestReaderOptions) {
    super({ framing: events?.format ?? null, stream, secrets });
    this.#response = response;
    this.#events = events;
  }

  protected marks(): string[] {
    const { end, stop_reason } = this.#events ?? {};
    return [...(end === undefined ? [] : [end]), ...(stop_reason === undefined ? [] : ["a stop reason"])];
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const places = this.#response;
    const text = new TextDecoder().decode(bytes);
    if (places.format === "text") draft.text = text;
    else {
      const value = this.#parsed(text);
      if (value === undefined || this.#common(value, places)) return;
      const found = this.#text(value, places.text);
      if (found === null && draft.error === null) {
        draft.fail({ kind: "parse", message: `the answer has no text at ${places.text}` });
      }
      draft.text = found ?? "";
    }
    draft.terminated = draft.error === null;
  }

  protected override refused(head: ResponseHead, body: string): void {
    const { error } = this.#response;
    let message: unknown;
    try {
      message = error === undefined ? undefined : atPointer(JSON.parse(body), error);
    } catch {
      // The body says it all, as far as it goes.
    }
    super.refused(head, typeof message === "string" ? JSON.stringify({ message }) : body);
  }

  protected event(data: string, name: string, at_ms: number): void {
    const { draft } = this;
    const places = this.#events;
    if (places === null) return;
    if (places.end !== undefined && data.trim() === places.end) return this.end(at_ms);
    if (name === "error") return this.#said(data);
    const value = this.#parsed(data);
    if (value === undefined || this.#common(value, places)) return;
    const text = this.#text(value, places.text) ?? "";
    const reasoning = this.#text(value, places.reasoning) ?? "";
    if (text !== "") draft.chunk(at_ms, true);
    else if (reasoning !== "") draft.chunk(at_ms, false);
    draft.text += text;
  }

  /** An event that is called an error is one, whatever it holds. */
  #said(data: string): void {
    let value: unknown = data;
    try {
      value = JSON.parse(data);
    } catch {
      // It is a plain text.
    }
    this.#fail(value);
  }

  #fail(error: unknown): void {
    const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown };
    const kind = Number(code ?? status) === 429 ? "throttled" : "stream";
    this.draft.fail({ kind, message: clipped(errorText(error) ?? JSON.stringify(error), this.secrets) });
  }

  /** A text as JSON; undefined after noting that it is none. */
  #parsed(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      this.unreadable(`not JSON: ${JSON.stringify(text.slice(0, 200))}`);
      return undefined;
    }
  }

  /** What answers and events have in common. Returns whether an error is at its place. */
  #common(value: unknown, places: RestPlaces): boolean {
    const { draft } = this;
    const error = places.error === undefined ? undefined : atPointer(value, places.error);
    if (error !== undefined && error !== null && error !== false && error !== "") {
      this.#fail(error);
      return true;
    }
    const prompt_tokens = this.#count(value, places.prompt_tokens);
    const completion_tokens = this.#count(value, places.completion_tokens);
    draft.usage = {
      ...draft.usage,
      ...prompt_tokens === null ? {} : { prompt_tokens },
      ...completion_tokens === null ? {} : { completion_tokens },
    };
    const reason = this.#at(value, places.stop_reason, "a text or true", (found) => {
      return typeof found === "string" || typeof found === "boolean";
    });
    if (reason !== null && reason !== "" && reason !== false) draft.stop_reason = String(reason);
    return false;
  }

  #text(value: unknown, place: string | undefined): string | null {
    return this.#at(value, place, "a text", (found) => typeof found === "string");
  }

  #count(value: unknown, place: string | undefined): number | null {
    return this.#at(
      value,
      place,
      "a whole number",
      (found) => Number.isSafeInteger(found) && Number(found) >= 0,
    );
  }

  /** What stands at a place; null when nothing does, and after noting that something else does. */
  #at<T>(
    value: unknown,
    place: string | undefined,
    wanted: string,
    fits: (found: unknown) => boolean,
  ): T | null {
    const found = place === undefined ? undefined : atPointer(value, place);
    if (found === undefined || found === null) return null;
    if (fits(found)) return found as T;
    const what = JSON.stringify(found).slice(0, 100);
    this.draft.fail({ kind: "parse", message: clipped(`${place} is ${what}, not ${wanted}`, this.secrets) });
    return null;
  }
}
