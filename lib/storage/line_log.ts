/** A JSON Lines file that is only ever appended to, and goes on after a crash where its last whole line ends. */

import { dirname } from "node:path";
import { writeAll } from "./atomic_write.ts";
import { parseJsonLines } from "./json_lines.ts";

export interface LineLog<T> {
  /** What was in the file when it was opened. */
  readonly earlier: readonly T[];
  /** Bytes of a last line that was cut off while it was written; they are gone. */
  readonly torn_bytes: number;
  /** Hands a line to the system: it outlives this process from then on. */
  append(value: T): Promise<void>;
  /** Resolves when all lines appended so far are on the disk. Calls that wait together share one sync. */
  sync(): Promise<void>;
  /** Syncs and closes. */
  close(): Promise<void>;
}

/** What such a file holds. */
export interface LineLogContent<T> {
  readonly values: readonly T[];
  readonly whole_bytes: number;
  /** Bytes of a last line that was cut off while it was written. */
  readonly torn_bytes: number;
}

/**
 * Reads such a file, also one whose writer was killed or is still writing.
 *
 * @throws {UserError} if a line that is not the last one is no JSON; names file and line
 */
export async function readLineLog<T>(path: string): Promise<LineLogContent<T>> {
  const bytes = await Deno.readFile(path);
  const whole_bytes = bytes.lastIndexOf(0x0a) + 1;
  const values = parseJsonLines<T>(new TextDecoder().decode(bytes.subarray(0, whole_bytes)), path);
  return { values, whole_bytes, torn_bytes: bytes.length - whole_bytes };
}

/**
 * Opens the file, which is made when missing, and takes away a torn last line.
 *
 * @throws {UserError} if another line is no JSON; names file and line
 */
export async function openLineLog<T>(path: string): Promise<LineLog<T>> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await Deno.open(path, { append: true, read: true, create: true });
  let content: LineLogContent<T>;
  try {
    content = await readLineLog<T>(path);
    if (content.torn_bytes > 0) await file.truncate(content.whole_bytes);
  } catch (error) {
    file.close();
    throw error;
  }
  const encoder = new TextEncoder();
  let writing: Promise<void> = Promise.resolve();
  let last: Promise<void> = Promise.resolve();
  let syncing: Promise<void> | null = null;

  function append(value: T): Promise<void> {
    const bytes = encoder.encode(JSON.stringify(value) + "\n");
    return writing = writing.then(() => writeAll(file, bytes));
  }
  async function syncOnce(): Promise<void> {
    let written: unknown = null;
    while (written !== writing) {
      written = writing;
      await writing;
    }
    // Lines from here on belong to the next sync.
    syncing = null;
    await file.syncData();
  }
  function sync(): Promise<void> {
    return syncing ??= last = last.catch(() => {}).then(syncOnce);
  }
  return {
    earlier: content.values,
    torn_bytes: content.torn_bytes,
    append,
    sync,
    async close() {
      try {
        await sync();
      } finally {
        file.close();
      }
    },
  };
}
