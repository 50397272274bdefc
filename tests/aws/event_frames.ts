/** An encoder of event-stream messages of its own: lengths, checksums and headers from the format's description. */

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? byte >>> 1 ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** The CRC32 of Ethernet and gzip. */
export function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = table[(sum ^ byte) & 255]! ^ sum >>> 8;
  return (sum ^ 0xffffffff) >>> 0;
}

const encoder = new TextEncoder();

/** One message with text headers. */
export function frame(headers: Readonly<Record<string, string>>, payload: string | Uint8Array): Uint8Array {
  const block = Object.entries(headers).flatMap(([name, value]) => {
    const [key, text] = [encoder.encode(name), encoder.encode(value)];
    return [key.length, ...key, 7, text.length >> 8, text.length & 255, ...text];
  });
  const body = typeof payload === "string" ? encoder.encode(payload) : payload;
  const bytes = new Uint8Array(12 + block.length + body.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, block.length);
  view.setUint32(8, crc(bytes.subarray(0, 8)));
  bytes.set(block, 12);
  bytes.set(body, 12 + block.length);
  view.setUint32(bytes.length - 4, crc(bytes.subarray(0, -4)));
  return bytes;
}

/** An event with a JSON payload. */
export function event(type: string, value: unknown): Uint8Array {
  return frame(
    { ":message-type": "event", ":event-type": type, ":content-type": "application/json" },
    JSON.stringify(value),
  );
}

/** An exception in the middle of a stream. */
export function exception(type: string, message: string): Uint8Array {
  return frame(
    { ":message-type": "exception", ":exception-type": type, ":content-type": "application/json" },
    JSON.stringify({ message }),
  );
}

/** A whole ConverseStream answer of these texts. */
export function converseFrames(texts: readonly string[]): Uint8Array[] {
  return [
    event("messageStart", { role: "assistant" }),
    ...texts.map((text) => event("contentBlockDelta", { contentBlockIndex: 0, delta: { text } })),
    event("contentBlockStop", { contentBlockIndex: 0 }),
    event("messageStop", { stopReason: "end_turn" }),
    event("metadata", {
      usage: { inputTokens: 5, outputTokens: texts.length, totalTokens: 5 + texts.length },
      metrics: { latencyMs: 321 },
    }),
  ];
}
