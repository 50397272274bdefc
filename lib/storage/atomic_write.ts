/** Writing a file so that it is whole or not there at all. */

import { dirname } from "node:path";

/**
 * Writes a file, of a text, bytes or pieces of a text, by way of a temporary one beside it, which is synced and renamed: after a crash the file has its old
 * content or the new one. Missing folders are made.
 */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array | Generator<string>,
  options: { mode?: number } = {},
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await Deno.open(temporary, { write: true, createNew: true, ...options });
    try {
      for (const bytes of bytesOf(content)) await writeAll(file, bytes);
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

function* bytesOf(content: string | Uint8Array | Generator<string>): Generator<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else {
    const encoder = new TextEncoder();
    for (const text of typeof content === "string" ? [content] : content) yield encoder.encode(text);
  }
}

/** Writes all bytes, however many calls that takes. */
export async function writeAll(
  to: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += await to.write(done === 0 ? bytes : bytes.subarray(done));
}
