/** The first line of a journal, with room in it: what is found out later is written into it, and no other byte moves. */

const newline = 0x0a;
const encoder = new TextEncoder();

/**
 * Pads the first line with spaces.
 *
 * @param room bytes that the line has then at least, its end included
 */
export function padHeader(lines: Uint8Array, room: number): Uint8Array<ArrayBuffer> {
  const end = lines.indexOf(newline);
  const missing = Math.max(0, room - (end + 1));
  const padded = new Uint8Array(lines.length + missing).fill(0x20);
  padded.set(lines.subarray(0, end));
  padded.set(lines.subarray(end), end + missing);
  return padded;
}

/**
 * Adds fields to the first line of a file, in the room that it has; the bytes are on the disk when this resolves.
 *
 * @returns false when they find no room, or there is no whole first line: the file stays as it is
 */
export async function writeIntoHeader(
  path: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  using file = await Deno.open(path, { read: true, write: true });
  const line = await firstLine(file);
  if (line === null) return false;
  const header = JSON.parse(new TextDecoder().decode(line)) as Record<string, unknown>;
  const bytes = encoder.encode(JSON.stringify({ ...header, ...fields }));
  if (bytes.length > line.length) return false;
  const written = new Uint8Array(line.length).fill(0x20);
  written.set(bytes);
  await file.seek(0, Deno.SeekMode.Start);
  for (let done = 0; done < written.length;) done += await file.write(written.subarray(done));
  await file.syncData();
  return true;
}

/** Without its end; null: there is none. */
async function firstLine(file: Deno.FsFile): Promise<Uint8Array | null> {
  for (let size = 4096;; size *= 2) {
    await file.seek(0, Deno.SeekMode.Start);
    const bytes = new Uint8Array(size);
    let filled = 0;
    for (let read: number | null = 0; read !== null && filled < size;) {
      read = await file.read(bytes.subarray(filled));
      filled += read ?? 0;
    }
    const end = bytes.subarray(0, filled).indexOf(newline);
    if (end >= 0) return bytes.subarray(0, end);
    if (filled < size) return null;
  }
}
