/** Bytes that are laid aside while a table is gone through, and read again in another order. */

/** Up to so many bytes stay in memory. */
const mostHeld = 16 << 20;

/** Where bytes are laid aside: in memory, then in a file without a name, which is gone with the process whatever becomes of it. */
export class Scratch implements Disposable {
  #held: Uint8Array[] = [];
  #starts: number[] = [];
  #size = 0;
  #file: Deno.FsFile | null = null;
  readonly #folder: string | undefined;

  /** @param folder where the file goes; @default where the system keeps such files */
  constructor(folder?: string) {
    this.#folder = folder;
  }

  /** Where they lie from now on. */
  append(bytes: Uint8Array): number {
    const start = this.#size;
    this.#size += bytes.length;
    if (this.#file === null && this.#size > mostHeld) this.#toFile();
    if (this.#file === null) {
      this.#starts.push(start);
      this.#held.push(bytes);
    } else {
      this.#file.seekSync(start, Deno.SeekMode.Start);
      writeWhole(this.#file, bytes);
    }
    return start;
  }

  /** Fills `into` with what lies from there on. */
  read(start: number, into: Uint8Array): void {
    if (this.#file === null) {
      const piece = this.#starts.findLastIndex((one) => one <= start);
      const from = start - (this.#starts[piece] ?? 0);
      into.set(this.#held[piece]?.subarray(from, from + into.length) ?? []);
      return;
    }
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let done = 0; done < into.length;) {
      const size = this.#file.readSync(into.subarray(done));
      if (size === null) throw new Error("What was laid aside for the figures is cut off");
      done += size;
    }
  }

  #toFile(): void {
    const path = Deno.makeTempFileSync({
      prefix: ".figures-",
      ...(this.#folder === undefined ? {} : { dir: this.#folder }),
    });
    this.#file = Deno.openSync(path, { read: true, write: true });
    Deno.removeSync(path);
    for (const piece of this.#held) writeWhole(this.#file, piece);
    this.#held = [];
    this.#starts = [];
  }

  /** Closes the file: from then on what lies there can't be read. What never left memory goes with whoever holds it. */
  [Symbol.dispose](): void {
    this.#file?.close();
  }
}

function writeWhole(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}
