/**
 * The journal of a worker: a header line, then one line an attempt. Only ever appended to, so that `kill -9` costs at
 * most what was not yet synced (250 ms) and a torn last line.
 */

import { dirname } from "node:path";
import { messageOf, type RequestRecord, UserError } from "../core/mod.ts";
import { writeAll } from "./atomic_write.ts";

/** First line of a journal. */
export interface JournalHeader {
  readonly schema: "fmbench.journal/1";
  readonly segment: string;
  readonly worker: string;
  /** Who stamps the arrivals. */
  readonly clock: "user" | "kernel";
  /** The zero of all `_ms` columns in the machine's monotonic nanoseconds; decimal digits, it exceeds 2^53. */
  readonly origin_mono_ns: string;
  /** The same moment on the wall clock, ISO 8601. */
  readonly origin_at: string;
}

export interface JournalOptions {
  /** Longest time from a record's arrival to the start of the sync that covers it, in milliseconds. @default 250 */
  readonly interval_ms?: number;
}

export interface Journal {
  /** Keeps a record for the next sync; a function is called only then, off the hot path. */
  append(record: RequestRecord | (() => RequestRecord)): void;
  /** Resolves when everything appended so far is on the disk. */
  flush(): Promise<void>;
  /** Flushes and closes. */
  close(): Promise<void>;
}

/** Records that are turned into bytes in one go; in between the event loop serves its sockets. */
const slice = 8;
/** Bytes that are handed to the system in one go: a megabyte at once would be copied while a request is due. */
const piece = 65_536;

/**
 * Part of the interval over which this work is spread. Done in one piece, 1,000 records would fill the event loop for a tenth
 * of a second, and requests that are due meanwhile would go out late.
 */
const spread = 0.4;

/**
 * Creates a journal; its header is on the disk when this resolves.
 *
 * @throws {UserError} if the file exists: a segment never continues another one's journal
 */
export async function openJournal(
  path: string,
  header: JournalHeader,
  options: JournalOptions = {},
): Promise<Journal> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const file = await create(path);
  const encoder = new TextEncoder();
  const { interval_ms = 250 } = options;
  await writeAll(file, encoder.encode(JSON.stringify(header) + "\n"));
  await file.sync();

  let waiting: (RequestRecord | (() => RequestRecord))[] = [];
  let writing: Promise<void> = Promise.resolve();
  let failure: unknown;
  /** How many wait for the disk: for them the work is not spread. */
  let hurried = 0;

  async function drain(): Promise<void> {
    if (waiting.length === 0) return;
    const records = waiting;
    waiting = [];
    const pause_ms = interval_ms * spread * slice / records.length;
    let text = "";
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      text += JSON.stringify(typeof record === "function" ? record() : record) + "\n";
      if (i % slice !== slice - 1) continue;
      if (text.length >= piece) {
        await writeAll(file, encoder.encode(text));
        text = "";
      }
      await new Promise((resolve) => setTimeout(resolve, hurried ? 0 : pause_ms));
    }
    await writeAll(file, encoder.encode(text));
    await file.syncData();
  }
  function next(): Promise<void> {
    return writing = writing.then(drain);
  }
  async function flush(): Promise<void> {
    hurried++;
    try {
      await next();
    } finally {
      hurried--;
    }
  }
  const timer = setInterval(() => next().catch((error) => failure ??= error), interval_ms / 2);

  return {
    append: (record) => {
      if (failure !== undefined) throw failure;
      waiting.push(record);
    },
    flush,
    async close() {
      clearInterval(timer);
      try {
        await flush();
      } finally {
        file.close();
      }
    },
  };
}

async function create(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { append: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new UserError({
      action: "start the journal",
      thing: path,
      found: "it exists already",
      remedy: "Start under a new segment name.",
    }, { cause: error });
  }
}

/** What a journal holds. */
export interface JournalContent {
  /** null: not even the header was written whole. */
  readonly header: JournalHeader | null;
  readonly records: readonly RequestRecord[];
  /** Bytes of a last line that was cut off while it was written, and so is left out; 0 when the file is whole. */
  readonly torn_bytes: number;
}

/**
 * Reads a journal, also one whose writer was killed or is still writing.
 *
 * @throws {UserError} if the file is missing, or damaged other than by a torn last line
 */
export async function readJournal(path: string): Promise<JournalContent> {
  let text: string;
  let size: number;
  try {
    const bytes = await Deno.readFile(path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    text = new TextDecoder().decode(bytes.subarray(0, end));
    size = bytes.length - end;
  } catch (error) {
    throw new UserError({ action: "read the journal", thing: path, found: messageOf(error) }, {
      cause: error,
    });
  }
  const lines = text.split("\n");
  lines.pop();
  const values = lines.map((line, i) => parse(line, path, i + 1));
  const [header = null, ...records] = values as [JournalHeader?, ...RequestRecord[]];
  if (header !== null && header.schema !== "fmbench.journal/1") {
    throw new UserError({
      action: "read the journal",
      thing: path,
      found: `its schema is ${JSON.stringify(header.schema)}`,
      expected: `"fmbench.journal/1"`,
    });
  }
  return { header, records, torn_bytes: size };
}

/**
 * Reads the records of a journal one by one, so that a large one need not fit into memory; a torn last line is left out.
 *
 * @throws {UserError} if the file is missing, or damaged other than by a torn last line
 */
export async function* eachRecord(path: string): AsyncGenerator<RequestRecord> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw new UserError({ action: "read the journal", thing: path, found: messageOf(error) }, {
      cause: error,
    });
  }
  let rest = "";
  let number = 0;
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const value = parse(line, path, ++number);
      if (number > 1) yield value as RequestRecord;
    }
  }
}

function parse(line: string, path: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UserError({
      action: "read the journal",
      thing: `${path}:${number}`,
      found: messageOf(error),
      expected: "one JSON object a line",
      remedy: "Only the last line of a journal may be torn; restore the file.",
    }, { cause: error });
  }
}
