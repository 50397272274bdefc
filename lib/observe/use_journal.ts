/** `utilisation/<segment>.jsonl`: a header, then a line a reading or notice; only ever appended to. */

import { join } from "node:path";
import type { UseHeader, UseJournal, UseNotice, UseReading } from "../core/mod.ts";
import { type JournalHeader, readLineLog, toJsonLines, writeAll } from "../storage/mod.ts";

const folder = "utilisation";

/** What is appended to. */
export interface UseWriter {
  /** Hands lines to the system some time soon. Never throws. */
  append(lines: readonly (UseReading | UseNotice)[]): void;
  /** Resolves when all is on the disk; null, or why not all of it is. */
  close(): Promise<unknown>;
}

/** Creates the journal. What a start left that never came to send anything gives way: its segment's name is used again. */
export async function openUseJournal(run_dir: string, header: UseHeader): Promise<UseWriter> {
  await Deno.mkdir(join(run_dir, folder), { recursive: true });
  const path = join(run_dir, folder, `${header.segment}.jsonl`);
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let failure: unknown = null;
  let writing = write([header]);

  function write(lines: readonly unknown[]): Promise<void> {
    return writeAll(file, encoder.encode(toJsonLines(lines))).catch((error) => {
      failure ??= error;
    });
  }
  return {
    append(lines) {
      if (failure === null && lines.length > 0) writing = writing.then(() => write(lines));
    },
    async close() {
      await writing;
      await file.syncData().catch((error) => failure ??= error);
      file.close();
      return failure;
    },
  };
}

/**
 * What was sampled in a run, by segment; empty for a run without. A torn last line is left out.
 *
 * @throws {UserError} if another line is damaged
 */
export async function readUtilisation(run_dir: string): Promise<UseJournal[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(join(run_dir, folder))) {
      if (name.endsWith(".jsonl")) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const journals = await Promise.all(
    names.map(async (name): Promise<UseJournal | null> => {
      const { values } = await readLineLog<UseHeader | UseReading | UseNotice>(join(run_dir, folder, name));
      const [header, ...lines] = values as [UseHeader?, ...(UseReading | UseNotice)[]];
      if (header?.schema !== "fmbench.utilisation/1") return null;
      return {
        header,
        readings: lines.filter((line) => "metric" in line),
        notices: lines.filter((line) => "notice" in line),
        to_requests_ms: await shiftTo(run_dir, header),
      };
    }),
  );
  return journals.filter((journal) => journal !== null)
    .sort((a, b) => a.header.origin_at < b.header.origin_at ? -1 : 1);
}

/** Between the two origins; both are moments of one clock. */
async function shiftTo(run_dir: string, { segment, origin_mono_ns }: UseHeader): Promise<number | null> {
  const origin = await originOf(join(run_dir, "requests"), segment);
  return origin === null ? null : Number(BigInt(origin_mono_ns) - BigInt(origin)) / 1e6;
}

/** Of a segment's journals of requests, which all have the same; only the first line is read. */
async function originOf(requests: string, segment: string): Promise<string | null> {
  try {
    for await (const { name } of Deno.readDir(requests)) {
      if (!name.startsWith(`${segment}-`) || !name.endsWith(".jsonl")) continue;
      using file = await Deno.open(join(requests, name));
      const bytes = new Uint8Array(4096);
      const length = await file.read(bytes) ?? 0;
      const [line = ""] = new TextDecoder().decode(bytes.subarray(0, length)).split("\n");
      return (JSON.parse(line) as JournalHeader).origin_mono_ns;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof SyntaxError)) throw error;
  }
  return null;
}
