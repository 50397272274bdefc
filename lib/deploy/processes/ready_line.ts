/** Waiting for a process to say that it is ready. */

/**
 * Reads the first line of `output`, or until its end or the limit. Both streams are let go afterwards: the process lives
 * on without them.
 *
 * @returns the line (empty when there was none), and what came on `errors` in case there was none
 */
export async function firstLine(
  output: ReadableStream<Uint8Array>,
  errors: ReadableStream<Uint8Array>,
  timeout_ms: number,
): Promise<[line: string, complaint: string]> {
  const lines = output.pipeThrough(new TextDecoderStream()).getReader();
  const complaints = errors.pipeThrough(new TextDecoderStream()).getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<null>((resolve) => timer = setTimeout(resolve, timeout_ms, null));
  try {
    const line = await Promise.race([readUntil(lines, "\n"), limit]);
    if (line !== null && line.includes("\n")) return [line.slice(0, line.indexOf("\n")), ""];
    return ["", line === null ? "" : await Promise.race([readUntil(complaints, null), limit]) ?? ""];
  } finally {
    clearTimeout(timer);
    await Promise.allSettled([lines.cancel(), complaints.cancel()]);
  }
}

async function readUntil(reader: ReadableStreamDefaultReader<string>, mark: string | null): Promise<string> {
  let text = "";
  while (mark === null || !text.includes(mark)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  return text;
}
