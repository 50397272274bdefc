/** A byte that is no UTF-8, in the midst of texts. */

const encoder = new TextEncoder();

/** Stands in a text for the byte; its own three bytes are EE 80 80. */
export const marker = "\ue000";
const invalidByte = 0xff;

/** A text as bytes, with the marker turned into the invalid byte. */
export function toBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const at = text.includes(marker) ? indexOfMarker(bytes) : -1;
  if (at === -1) return bytes;
  bytes[at] = invalidByte;
  bytes.copyWithin(at + 1, at + 3);
  return bytes.subarray(0, bytes.length - 2);
}

function indexOfMarker(bytes: Uint8Array): number {
  return bytes.findIndex((byte, i) => byte === 0xee && bytes[i + 1] === 0x80 && bytes[i + 2] === 0x80);
}
