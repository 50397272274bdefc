/** How the events of a stream lie on the wire. */

import { toBytes } from "./invalid_byte.ts";
import type { Around } from "./token_frames.ts";

/** One event of a streamed answer. */
export interface Event {
  /** Mostly JSON. */
  readonly data: string;
  /** Its name, where events have names. */
  readonly type?: string;
  /** Whether it is an exception of AWS. */
  readonly exception?: true;
}

export interface Framing {
  /** Of the response. */
  readonly content_type: string;
  frame(event: Event): Uint8Array;
  /** What stands around an event's data; null where that depends on the data. */
  around(): Around | null;
  /** The comment before token event `index`; empty where there is no such thing. */
  comment(index: number): string;
  /** An event cut into so many parts, each framed, where a frame may hold part of an event. */
  divided?(event: Event, parts: number): Uint8Array;
}

/** Server-sent events; a comment is by turns an event of its own and within the next one. */
function sse(field: string): Framing {
  return {
    content_type: "text/event-stream; charset=utf-8",
    frame: ({ data }) => toBytes(`${field}${data}\n\n`),
    around: () => ({ prefix: field, suffix: "\n\n" }),
    comment: (index) => index % 2 === 0 ? ": still there\n\n" : ": still there\n",
  };
}

/** As most servers send them. */
export const serverSentEvents = sse("data: ");

/** Without the space that may follow the colon, as TGI sends them. */
export const tightEvents = sse("data:");

/** A JSON text a line. */
export function jsonLines(content_type: string): Framing {
  return {
    content_type,
    frame: ({ data }) => toBytes(`${data}\n`),
    around: () => ({ prefix: "", suffix: "\n" }),
    comment: () => "",
  };
}
