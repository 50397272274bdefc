/** AWS's event stream (`application/vnd.amazon.eventstream`): lengths, headers, checksums. */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Event, Framing } from "./framing.ts";
import { toBytes } from "./invalid_byte.ts";
import { joined } from "./outgoing.ts";

const encoder = new TextEncoder();
const content_type = "application/vnd.amazon.eventstream";

/** Headers are texts (type 7): one byte for the length of a name, two for that of a value. */
function headerBlock(headers: Readonly<Record<string, string>>): Uint8Array {
  return joined(
    Object.entries(headers).map(([name, value]) => {
      const [key, text] = [encoder.encode(name), encoder.encode(value)];
      return Uint8Array.of(key.length, ...key, 7, text.length >> 8, text.length & 255, ...text);
    }),
  );
}

const blocks = new Map<string, Uint8Array>();

function blockOf({ type = "chunk", exception }: Event, payload_type: string): Uint8Array {
  const key = `${type} ${exception} ${payload_type}`;
  let block = blocks.get(key);
  if (block === undefined) {
    const names = exception === true
      ? { ":message-type": "exception", ":exception-type": type }
      : { ":message-type": "event", ":event-type": type };
    block = headerBlock({ ...names, ":content-type": payload_type });
    blocks.set(key, block);
  }
  return block;
}

/** One message: total length, length of the headers, their CRC, headers, payload, CRC of all of it; numbers big-endian. */
function message(block: Uint8Array, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + block.length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, block.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(block, 12);
  bytes.set(payload, 12 + block.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
  return bytes;
}

function jsonMessage(event: Event): Uint8Array {
  return message(blockOf(event, "application/json"), toBytes(event.data));
}

/** What all of them share: nothing stands around a payload that does not depend on it, and there are no comments. */
const checked = { content_type, around: () => null, comment: () => "" };

/** An event's data as it is, of which messages are made. */
export const bare: Framing = { ...checked, frame: ({ data }) => toBytes(data) };

/** Each event is a message of its name. */
export const namedEvents: Framing = { ...checked, frame: jsonMessage };

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Letters that hide how long an event's text is, as Bedrock adds them to its own. */
export function padding(text: string): string {
  return alphabet.slice(0, 2 + text.length * 7 % 30);
}

/** Each event is a message `chunk` with `{"bytes": BASE64}`. */
export const base64Chunks: Framing = {
  ...checked,
  frame(event) {
    if (event.exception === true) return jsonMessage(event);
    const bytes = Buffer.from(toBytes(event.data)).toString("base64");
    return jsonMessage({ data: JSON.stringify({ bytes, p: padding(event.data) }) });
  },
};

/** Bytes in the form of another framing, as the payload of messages `PayloadPart`, which may cut them anywhere. */
export function payloadParts(inner: Framing): Framing {
  const part: Event = { data: "", type: "PayloadPart" };
  const block = () => blockOf(part, "application/octet-stream");
  return {
    ...checked,
    frame: (event) => event.exception === true ? jsonMessage(event) : message(block(), inner.frame(event)),
    divided(event, parts) {
      const bytes = inner.frame(event);
      const size = Math.ceil(bytes.length / parts);
      return joined(
        Array.from(
          { length: Math.ceil(bytes.length / size) },
          (_, i) => message(block(), bytes.subarray(i * size, (i + 1) * size)),
        ),
      );
    },
  };
}
