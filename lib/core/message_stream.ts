/** What two processes say to each other: JSON, one message a line. */

/**
 * Splits a stream of bytes into messages. A user's module can write to the same output: what is no message, or longer than a message
 * may be, is passed over.
 *
 * @param longest characters of the longest line that is kept in memory
 */
export async function* messagesOf<T>(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  longest = 64 << 20,
): AsyncGenerator<T> {
  let kept = "";
  let tooLong = false;
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (kept + text).split("\n");
    kept = lines.pop()!;
    for (const line of lines) {
      const message = tooLong ? null : messageIn<T>(line);
      tooLong = false;
      if (message !== null) yield message;
    }
    if (kept.length <= longest) continue;
    tooLong = true;
    kept = "";
  }
}

/** A value as a line. It begins one of its own, whatever somebody else has written before it. */
export function messageLine(message: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`\n${JSON.stringify(message)}\n`);
}

function messageIn<T>(line: string): T | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === "object" ? value as T : null;
  } catch {
    return null;
  }
}
