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
  /** The HTTP status; 499 when the client left before the end, 0 when none was sent on purpose. */
  readonly status: number;
  /** The id in the response: the client's own `x-request-id` where it gave one. */
  readonly request_id: string;
  /** First 16 hex digits of sha256 over the prompt; null for a request that was refused. */
  readonly prompt_key: string | null;
  /** How often that prompt, or that id of the client's, was asked, this time included. */
  readonly prompt_use: number | null;
  /** Whether the whole answer holds the right one, of which a cap on its tokens may cut the end; null: none is known. */
  readonly right: boolean | null;
  /** What was done to make it fail: a name of `failureNames`. */
  readonly fault: string | null;
  /** What was unusual about its form: names of `shapeNames`. */
  readonly shapes: readonly string[];
  /** The latency mode that it was served in; null: none was asked for. */
  readonly served_latency: string | null;
  /** How much of the time from `received_ms` to `done_ms` the endpoint was frozen. */
  readonly frozen_ms: number;
  /** With `log_tokens`: for each token when it went out, in microseconds from `received_ms`. */
  readonly sent_us: readonly number[] | null;
  /** With `log_tokens`: for each token by how much it missed its deadline. */
  readonly late_us: readonly number[] | null;
}

/** Lines that are written at once while requests may be under way, or a sixteenth of what waits, if that is more. */
const linesAtOnce = 8;

/** Appends to a file in small batches between other work. Without a path it keeps nothing. */
export class TruthLog {
  readonly #file: Deno.FsFile | null;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #waiting: Truth[] = [];

  /** @param path null: no log. Throws what `Deno.openSync` throws. */
  constructor(path: string | null, interval_ms = 20) {
    this.#file = path === null ? null : Deno.openSync(path, { append: true, create: true, mode: 0o600 });
    if (this.#file !== null) {
      this.#timer = setInterval(
        () => this.#write(Math.max(linesAtOnce, this.#waiting.length >> 4)),
        interval_ms,
      );
    }
  }

  add(truth: Truth): void {
    if (this.#file !== null) this.#waiting.push(truth);
  }

  /** Writes all that waits. Synchronous, so that it also works on the way out of the process. */
  flush(): void {
    this.#write(Infinity);
  }

  close(): void {
    clearInterval(this.#timer);
    this.flush();
    this.#file?.close();
  }

  #write(most: number): void {
    if (this.#file === null || this.#waiting.length === 0) return;
    const taken = this.#waiting.splice(0, most);
    const bytes = new TextEncoder().encode(
      taken.map((truth) => JSON.stringify(rounded(truth)) + "\n").join(""),
    );
    for (let done = 0; done < bytes.length;) done += this.#file.writeSync(bytes.subarray(done));
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
