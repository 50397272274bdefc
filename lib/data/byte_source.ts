/** Files as streams of bytes: plain, in gzip, or inside a zip archive. */

import { type Entry, type FileEntry, Reader, ZipReader } from "@zip.js/zip.js";
import { messageOf, UserError } from "../core/mod.ts";

/** What a reader of rows reads from. */
export interface ByteSource {
  /** What errors call it: the path; with `:member` for what is in an archive. */
  readonly name: string;
  readonly blocks: AsyncIterable<Uint8Array>;
  /** Bytes of the file on disk that have been read so far. */
  read(): number;
}

/** A file of rows: on disk, or a member of a zip archive on disk. */
export interface RowFile {
  readonly path: string;
  /** Name of the member when `path` is a zip archive. */
  readonly member?: string;
}

const blockSize = 1 << 16;

/**
 * Opens a file as a stream; `.gz` is unpacked, a zip's member is read without the rest of the archive.
 *
 * @throws {UserError} If it can't be opened, or is damaged; the latter while it is being read
 */
export async function openBytes({ path, member }: RowFile): Promise<ByteSource> {
  if (member !== undefined) return memberOf(path, member);
  const file = await openFile(path);
  let read = 0;
  const counted = blocksOf(file, (bytes) => read += bytes);
  const unpacked = /\.gz$/i.test(path) ? gunzip(counted, path) : counted;
  return { name: path, blocks: unpacked, read: () => read };
}

/** Lists the files in a zip archive, in its own order; folders and what macOS leaves beside them left out. */
export async function zipMembers(path: string): Promise<string[]> {
  return await withZip(path, (entries) => Promise.resolve(entries.map(({ filename }) => filename)));
}

/** Opens a file for reading. Throws UserError when there is none. */
export async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(path);
    if ((await file.stat()).isFile) return file;
    file.close();
  } catch (error) {
    throw unreadable(
      path,
      error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error),
    );
  }
  throw unreadable(path, "it is not a file");
}

async function* blocksOf(file: Deno.FsFile, count: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const buffer = new Uint8Array(blockSize);
      const read = await file.read(buffer);
      if (read === null) return;
      count(read);
      yield buffer.subarray(0, read);
    }
  } finally {
    file.close();
  }
}

async function* gunzip(blocks: AsyncGenerator<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const packed = ReadableStream.from(blocks as AsyncIterable<BufferSource>);
  try {
    yield* packed.pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw damaged(path, "a file in gzip", error);
  }
}

async function memberOf(path: string, member: string): Promise<ByteSource> {
  const { size } = await statOf(path);
  let read = 0;
  async function* blocks(): AsyncGenerator<Uint8Array> {
    const reader = new FileReaderOfZip(path, size, (bytes) => read += bytes);
    const zip = new ZipReader(reader, { useWebWorkers: false });
    try {
      const entry = (await zip.getEntries()).find(({ filename }) => filename === member);
      if (entry === undefined) throw unreadable(`${path}:${member}`, "the archive has no such file");
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      // A failure reaches the reader through the stream as well; here it must only not stay unhandled.
      const written = (entry as FileEntry).getData(writable, { useWebWorkers: false, checkSignature: true })
        .then(() => null, (error: unknown) => error);
      for await (const block of readable) yield block;
      const failure = await written;
      if (failure !== null) throw failure;
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw damaged(`${path}:${member}`, "a zip archive", error);
    } finally {
      await zip.close();
      reader.close();
    }
  }
  return { name: `${path}:${member}`, blocks: blocks(), read: () => read };
}

async function withZip<T>(path: string, use: (entries: readonly Entry[]) => Promise<T>): Promise<T> {
  const { size } = await statOf(path);
  const reader = new FileReaderOfZip(path, size, () => {});
  const zip = new ZipReader(reader, { useWebWorkers: false });
  try {
    const entries = await zip.getEntries();
    return await use(
      entries.filter(({ directory, filename }) => !directory && !/(^|\/)(__MACOSX\/|\.)/.test(filename)),
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw damaged(path, "a zip archive", error);
  } finally {
    await zip.close();
    reader.close();
  }
}

async function statOf(path: string): Promise<Deno.FileInfo> {
  const file = await openFile(path);
  try {
    return await file.stat();
  } finally {
    file.close();
  }
}

/** The archive on disk, read in pieces where the library asks for them. */
class FileReaderOfZip extends Reader<string> {
  readonly #path: string;
  readonly #count: (bytes: number) => void;
  #file: Deno.FsFile | null = null;

  constructor(path: string, size: number, count: (bytes: number) => void) {
    super(path);
    this.#path = path;
    this.#count = count;
    this.size = size;
  }

  override async readUint8Array(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#file ??= await openFile(this.#path);
    const bytes = await readAt(this.#file, offset, length);
    this.#count(bytes.length);
    return bytes;
  }

  close(): void {
    this.#file?.close();
  }
}

/** Reads a piece of a file; shorter than asked for where the file ends. */
export async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

function unreadable(path: string, found: string): UserError {
  return new UserError({
    action: "read the data file",
    thing: path,
    found,
    expected: "a file of rows",
    remedy: "Check the name, and the folder it is looked for in.",
  });
}

/** What to say of a file that is not what its name says, or only a part of it. */
export function damaged(name: string, expected: string, error: unknown): UserError {
  return new UserError({
    action: "read the data file",
    thing: name,
    found: `it is damaged or cut off (${messageOf(error)})`,
    expected,
    remedy: "Get the file again.",
  }, { cause: error });
}
