/** Headers of an AWS event-stream message (`application/vnd.amazon.eventstream`). */

/** Integers of 64 bits are bigint, a timestamp is milliseconds since 1970, a UUID is its usual text. */
export type EventStreamHeader = boolean | number | bigint | string | Uint8Array | Date;

/** What came is no event stream. */
export class EventStreamError extends Error {
  override readonly name = "EventStreamError";
}

const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes the header block: for each a length of the name in one byte, the name, a byte for the type, the value;
 * everything big-endian. Throws EventStreamError when it ends early or holds an unknown type.
 */
export function eventStreamHeaders(bytes: Uint8Array): Map<string, EventStreamHeader> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = new Map<string, EventStreamHeader>();
  let at = 0;
  const take = (length: number): number => {
    const start = at;
    at += length;
    if (at > bytes.length) throw new EventStreamError("the headers end early");
    return start;
  };
  const slice = (length: number): Uint8Array => {
    const start = take(length);
    return bytes.subarray(start, start + length);
  };
  while (at < bytes.length) {
    const name = decoded(slice(view.getUint8(take(1))));
    headers.set(name, value(view.getUint8(take(1))));
  }
  return headers;

  function value(type: number): EventStreamHeader {
    switch (type) {
      case 0:
        return true;
      case 1:
        return false;
      case 2:
        return view.getInt8(take(1));
      case 3:
        return view.getInt16(take(2));
      case 4:
        return view.getInt32(take(4));
      case 5:
        return view.getBigInt64(take(8));
      case 6:
        return slice(view.getUint16(take(2))).slice();
      case 7:
        return decoded(slice(view.getUint16(take(2))));
      case 8:
        return new Date(Number(view.getBigInt64(take(8))));
      case 9:
        return slice(16).toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      default:
        throw new EventStreamError(`a header of the unknown type ${type}`);
    }
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch {
    throw new EventStreamError("a header that is no UTF-8");
  }
}
