/** A wire protocol as the embedded endpoint speaks it. One module of `dialects/` each. */

import type { FailureName, ShapeName } from "./fault_options.ts";
import type { Event, Framing } from "./framing.ts";
import type { Request } from "./incoming.ts";
import type { Refusal } from "./refusal.ts";
import type { Around } from "./token_frames.ts";

/** A kind of request and its answers. One object serves all requests of an endpoint. */
export interface Dialect {
  readonly method: "GET" | "POST";
  /** Whether a path (raw, without its query) is one of its own. */
  serves(path: string): boolean;
  /**
   * Reads a request.
   *
   * @throws {Refusal} if it is not one that can be answered
   */
  read(request: Request): Reading;
  /** The header that tells the client the id of its request. */
  readonly id_header: string;
  /** The id of the `n`th request, where the client gives none. */
  newId(n: number): string;
  /** The form of an error that is the request's. */
  refused(refusal: Refusal): ErrorAnswer;
  /** The form of an error that is the server's; `exception` asks for one by its name, where errors have names. */
  failed(code: ServerError, exception: string | null): ErrorAnswer;
}

export type ServerError = 429 | 500 | 503;

export interface ErrorAnswer {
  readonly status: number;
  readonly body: string;
  /** May say another `content-type` than JSON. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was asked. */
export interface Reading {
  /** The text whose answer is looked up. */
  readonly prompt: string;
  /** Tokens of the request beside those of the prompt. @default 0 */
  readonly more_prompt_tokens?: number;
  /** Prompt tokens that cost the engine nothing, since it has them still. @default 0 */
  readonly cached_tokens?: number;
  /** The latency mode that is asked for; null or absent: none. */
  readonly latency?: string | null;
  /** Texts to be embedded, which takes the place of an answer in words. */
  readonly embed?: readonly string[];
  /** null: as long as the answer is. */
  readonly max_tokens: number | null;
  /** null: the answer goes out in one piece. */
  readonly framing: Framing | null;
  /** Faults that this protocol has no form for; they strike nothing. */
  readonly without?: ReadonlySet<FailureName | ShapeName>;
  /** Words one answer to it. */
  compose(draft: Draft): Wording;
}

/** Pieces of an answer, first those of the reasoning. */
export interface Spoken {
  readonly reasoning: readonly string[];
  /** At least one, but for embeddings. */
  readonly tokens: readonly string[];
  readonly reason: StopReason;
}

export type StopReason = "stop" | "length" | "tool_calls";

/** Tokens of one exchange; `reasoning_tokens` are among the completion's. */
export interface Counts {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly reasoning_tokens?: number;
}

/** What an answer says, whatever the protocol. */
export interface Draft {
  readonly id: string;
  readonly model_id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly spoken: Spoken;
  readonly counts: Counts;
  readonly shapes: ReadonlySet<ShapeName>;
  /** Whether it is going to break off before its end. */
  readonly cut: boolean;
}

/** Times of an answer, in milliseconds from when its request was received. */
export interface Moment {
  readonly elapsed_ms: number;
  /** When the first token went out. */
  readonly first_ms: number;
}

/** An answer in the words of a protocol. The events of a stream are asked for in their order. */
export interface Wording {
  /** Further headers of a streamed answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What comes before the first token. */
  opening(): readonly Event[];
  /** Piece `index`, counted through reasoning and text. */
  token(index: number, text: string): readonly Event[];
  /** What stands before and after a token's JSON text in its event, where that is the same for all; null: it is not. */
  around(): Around | null;
  /** An event without content; null: there is no such thing. */
  empty(index: number): Event | null;
  /** What follows the last token. */
  tail(moment: Moment): readonly Event[];
  /** The event that says that it has gone wrong; `exception` as in `Dialect.failed`. */
  error(exception: string | null): Event;
  /** The answer in one piece. */
  whole(moment: Moment): Whole;
}

export interface Whole {
  readonly body: string | Uint8Array;
  /** May say another `content-type` than JSON. */
  readonly headers?: Readonly<Record<string, string>>;
}
