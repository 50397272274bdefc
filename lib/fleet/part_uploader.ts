/** Ships what a worker's process appends to a file, in parts of whole lines, while it goes on. */

import { createHash } from "node:crypto";
import type { Storage } from "../storage/mod.ts";
import { lagsIn } from "./lag_histogram.ts";
import type { JournalPart } from "./messages.ts";

export interface PartUploaderOptions {
  readonly kind: JournalPart["kind"];
  /** The growing file on this machine; it need not be there yet. */
  readonly file: string;
  readonly storage: Storage;
  /** Folder of the storage for the parts of this worker's process; no other process writes there. */
  readonly folder: string;
  /** Called for every part that is in the storage for good, in their order. */
  readonly onPart: (part: JournalPart) => void;
  /** A part is no larger, but for one line. @default 8 MiB */
  readonly largest_bytes?: number;
}

const largest = 8 << 20;

/** Where a part lies; parts sort as they are numbered. */
export function partPath(folder: string, kind: JournalPart["kind"], number: number): string {
  return `${folder}/${kind}-${String(number).padStart(6, "0")}.jsonl`;
}

/** The folder of a worker's parts in the storage. */
export function partsFolder(segment: string, worker: string): string {
  return `fleet/${segment}/${worker}`;
}

/**
 * A part is written as a whole under a name of its own, and told of only then: a machine that dies meanwhile leaves a part that nobody
 * has heard of, and nobody reads.
 */
export class PartUploader {
  readonly #options: PartUploaderOptions;
  #number = 0;
  #offset = 0;
  #shipping: Promise<void> = Promise.resolve();

  constructor(options: PartUploaderOptions) {
    this.#options = options;
  }

  /** Ships what has come since. Calls queue up. Rejects when the storage does not take it; the next call tries again. */
  ship(): Promise<void> {
    const next = this.#shipping.catch(() => {}).then(() => this.#ship());
    this.#shipping = next;
    return next;
  }

  async #ship(): Promise<void> {
    for (let bytes = await this.#news(); bytes !== null; bytes = await this.#news()) {
      const { kind, storage, folder, onPart } = this.#options;
      const number = this.#number + 1;
      const path = partPath(folder, kind, number);
      await storage.write(path, bytes);
      this.#number = number;
      this.#offset += bytes.length;
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const lags = kind === "requests" ? lagsIn(new TextDecoder().decode(bytes)) : {};
      onPart({ number, path, bytes: bytes.length, sha256, kind, lags });
    }
  }

  /** Whole lines from where the last part ended; null: there are none. */
  async #news(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { file: path, largest_bytes = largest } = this.#options;
    let file: Deno.FsFile;
    try {
      file = await Deno.open(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    try {
      for (let size = largest_bytes;; size *= 2) {
        await file.seek(this.#offset, Deno.SeekMode.Start);
        const bytes = await readUpTo(file, size);
        const whole = bytes.lastIndexOf(0x0a) + 1;
        if (whole > 0) return bytes.subarray(0, whole);
        if (bytes.length < size) return null;
      }
    } finally {
      file.close();
    }
  }
}

async function readUpTo(file: Deno.FsFile, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
