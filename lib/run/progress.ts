/** `progress.jsonl`: what the running step says, written by the step, read by terminal and notebook. */

import type { ProgressEvent } from "../core/mod.ts";

/** Of a step that takes days, no event is written sooner after the one before than this. */
const longestPauseMs = 10_000;

/**
 * Appends progress events, at most one in `everyMs` besides the last of a label; of a step that has taken long already, one in a
 * thousandth of its time.
 */
export class ProgressWriter {
  #path: string;
  #everyMs: number;
  #begun = performance.now();
  #last = -Infinity;

  constructor(path: string, everyMs = 250) {
    this.#path = path;
    this.#everyMs = everyMs;
  }

  /** Writes the event unless one was written a moment ago; `done = total` is always written. */
  write(event: ProgressEvent): void {
    const now = performance.now();
    const pauseMs = Math.max(this.#everyMs, Math.min(longestPauseMs, (now - this.#begun) / 1000));
    if (event.done < event.total && now - this.#last < pauseMs) return;
    this.#last = now;
    Deno.writeTextFileSync(this.#path, JSON.stringify(event) + "\n", { append: true });
  }
}

/** Reads what has been appended to a file since the last look, whole lines only. */
export class LineFollower {
  #path: string;
  #offset = 0;
  #rest = "";

  /** @param fromEnd whether to skip what the file already holds */
  constructor(path: string, fromEnd = false) {
    this.#path = path;
    if (fromEnd) this.read();
  }

  /** The new whole lines; none while the file does not exist. */
  read(): string[] {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
    try {
      file.seekSync(this.#offset, Deno.SeekMode.Start);
      const chunks: string[] = [this.#rest];
      const decoder = new TextDecoder();
      const buffer = new Uint8Array(65536);
      for (let n = file.readSync(buffer); n; n = file.readSync(buffer)) {
        this.#offset += n;
        chunks.push(decoder.decode(buffer.subarray(0, n), { stream: true }));
      }
      const lines = chunks.join("").split("\n");
      this.#rest = lines.pop() ?? "";
      return lines.filter((line) => line !== "");
    } finally {
      file.close();
    }
  }
}

/** Progress events appended since the last look. */
export class ProgressFollower {
  #lines: LineFollower;

  constructor(path: string, fromEnd = false) {
    this.#lines = new LineFollower(path, fromEnd);
  }

  /** The new events, oldest first. */
  read(): ProgressEvent[] {
    return this.#lines.read().map((line) => JSON.parse(line) as ProgressEvent);
  }
}
