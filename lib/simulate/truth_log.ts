/** The ground truth: what the embedded endpoint did, by its own clock, one JSON line a request. */

export interface Truth {
  /** Position in the order of arrival, from 1; lines stand in the order in which requests ended. */
  readonly n: number;
  /** When the last byte of the request was read. All times in milliseconds of `time.ts`. */
  readonly received_ms: number;
  /** When the first and the last content went out; for an answer in one piece both are its send time. */
  readonly first_send_ms: number | null;
  readonly last_send_ms: number | null;
  /** When the end of the response went out, or the client was found gone. */
  readonly done_ms: number;
  /** The most that a token was sent after its deadline. */
  readonly deadline_error_ms_max: number | null;
  /** First content minus received; null when not streamed. */
  readonly ttft_ms: number | null;
  readonly prompt_tokens: number | null;
  /** Content chunks sent; for an answer in one piece its tokens. */
  readonly completion_tokens: number | null;
  /** The HTTP status; 499 when the client left before the end. */
  readonly status: number;
  readonly request_id: string;
}

/** Appends to a file in batches, off the hot path. Without a path it keeps nothing. */
export class TruthLog {
  readonly #file: Deno.FsFile | null;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #waiting: Truth[] = [];

  /** @param path null: no log. Throws what `Deno.openSync` throws. */
  constructor(path: string | null, interval_ms = 250) {
    this.#file = path === null ? null : Deno.openSync(path, { append: true, create: true, mode: 0o600 });
    if (this.#file !== null) this.#timer = setInterval(() => this.flush(), interval_ms);
  }

  add(truth: Truth): void {
    if (this.#file !== null) this.#waiting.push(truth);
  }

  /** Writes what waits. Synchronous, so that it also works on the way out of the process. */
  flush(): void {
    if (this.#file === null || this.#waiting.length === 0) return;
    const text = this.#waiting.map((truth) => JSON.stringify(rounded(truth)) + "\n").join("");
    this.#waiting = [];
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
  }

  close(): void {
    clearInterval(this.#timer);
    this.flush();
    this.#file?.close();
  }
}

/** To the microsecond: the clock knows no more. */
function rounded(truth: Truth): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(truth).map(([name, value]) => [
      name,
      name.includes("_ms") && typeof value === "number" ? Math.round(value * 1000) / 1000 : value,
    ]),
  );
}
