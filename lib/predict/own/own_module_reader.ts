/** Answers that a user's own protocol reads. */

import type { ResponseHead } from "../../transport/mod.ts";
import type { OwnProtocol, OwnResponse } from "./own_predictor.ts";
import { errorOf, type Said, saidBy } from "./own_module_value.ts";
import { EventReader } from "../rest/rest_events.ts";

/** Whatever the user's code throws or gives, the record says it. */
export class OwnProtocolReader extends EventReader {
  readonly #protocol: OwnProtocol;
  #response: OwnResponse = { status: 0, headers: {} };

  constructor(protocol: OwnProtocol, stream: boolean, secrets: readonly string[]) {
    super({ framing: protocol.event === undefined ? null : protocol.framing ?? "sse", stream, secrets });
    this.#protocol = protocol;
  }

  protected marks(): string[] {
    return this.#protocol.endsBy === "response" ? [] : ["an event with done or a stop_reason"];
  }

  protected override headers(head: ResponseHead): void {
    super.headers(head);
    this.#response = { status: head.status, headers: Object.fromEntries(head.headers) };
  }

  protected whole(bytes: Uint8Array): void {
    const { draft } = this;
    const said = this.#said(
      "answer()",
      () => this.#protocol.answer(new TextDecoder().decode(bytes), this.#response),
    );
    if (said === null) return;
    if (said.text === null && draft.error === null) {
      draft.fail({ kind: "parse", message: 'answer() gave no text; expected an object like {text: "..."}' });
    }
    draft.text = said.text ?? "";
    draft.terminated = draft.error === null;
  }

  protected event(data: string, name: string, at_ms: number): void {
    const { draft } = this;
    const said = this.#said("event()", () => this.#protocol.event?.(data, name) ?? {});
    if (said === null) return;
    if (said.text) draft.chunk(at_ms, true);
    else if (said.reasoning) draft.chunk(at_ms, false);
    draft.text += said.text ?? "";
    if (said.done && draft.error === null) this.end(at_ms);
  }

  #said(method: string, call: () => unknown): Said | null {
    const { draft } = this;
    let said: Said;
    try {
      said = saidBy(method, call(), this.secrets);
    } catch (error) {
      const { kind, message } = errorOf(error, "parse", this.secrets);
      if (kind === "parse") this.unreadable(message);
      else draft.fail({ kind, message });
      return null;
    }
    if (said.error !== null) draft.fail(said.error);
    draft.usage = { ...draft.usage, ...said.counts };
    if (said.stop_reason !== null) draft.stop_reason = said.stop_reason;
    return said;
  }
}
