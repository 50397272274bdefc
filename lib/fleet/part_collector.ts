/** Brings the parts of a remote worker's files home, in their order, and makes one file of them. */

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { UserError } from "../core/mod.ts";
import { type Storage, writeAll } from "../storage/mod.ts";
import type { JournalPart } from "./messages.ts";
import { padHeader } from "./padded_header.ts";

export interface PartCollectorOptions {
  readonly storage: Storage;
  /** The file at home; parts are added to its end. */
  readonly file: string;
  /** Bytes that its first line gets at least. @default as it comes */
  readonly header_room?: number;
  /** Waits for its turn among other files': parts are megabytes. @default at once */
  readonly turn?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Takes the parts of one file of one worker. */
export class PartCollector {
  readonly #options: PartCollectorOptions;
  #collecting: Promise<unknown> = Promise.resolve();
  #number = 0;
  #closed = false;

  constructor(options: PartCollectorOptions) {
    this.#options = options;
  }

  /** Resolves when the part is at the end of the file, and on the disk; to false when it is not taken: it was, or after `close`. */
  take(part: JournalPart): Promise<boolean> {
    const { turn = (work) => work() } = this.#options;
    const taken = this.#collecting.then(() => turn(() => this.#take(part)));
    this.#collecting = taken;
    return taken;
  }

  /** Resolves when all that was announced so far is at home; whatever is announced from now on does not count. */
  async close(): Promise<void> {
    const last = this.#collecting.catch(() => {});
    this.#collecting = last.then(() => {
      this.#closed = true;
    });
    await last;
  }

  async #take({ number, path, bytes, sha256 }: JournalPart): Promise<boolean> {
    if (this.#closed || number <= this.#number) return false;
    const { storage, file, header_room = 0 } = this.#options;
    const content = await storage.read(path);
    const found = createHash("sha256").update(content).digest("hex");
    if (number !== this.#number + 1 || content.length !== bytes || found !== sha256) {
      throw new UserError({
        action: "bring home",
        thing: `${storage.address}/${path}`,
        found: number === this.#number + 1
          ? `${content.length} bytes with another content than its worker wrote`
          : `it is part ${number} after part ${this.#number}`,
        expected: `part ${this.#number + 1}, ${bytes} bytes`,
      });
    }
    await Deno.mkdir(dirname(file), { recursive: true });
    using home = await Deno.open(file, { append: true, create: true });
    await writeAll(home, number === 1 ? padHeader(content, header_room) : content);
    await home.syncData();
    this.#number = number;
    return true;
  }
}
