/** What parent and worker say to each other: JSON, one message a line. */

/** To the worker, on its standard input; the end of the input means that the parent is gone: stop. */
export type ToWorker =
  | InitMessage
  /** Begin this level; sent when every worker is done with the one before. */
  | { readonly start: number }
  /** Another worker gave this level up: send nothing more of it. */
  | { readonly skip: number }
  | { readonly stop: true };

export interface InitMessage {
  readonly init: true;
  readonly shard_path: string;
  readonly journal_path: string;
  /** Folder of the payload files. */
  readonly payload_dir: string;
  /** The zero of all stamps: `machineNanoseconds()` as decimal digits. */
  readonly origin_mono_ns: string;
  /** The same moment on the wall clock, ISO 8601. */
  readonly origin_at: string;
  readonly segment: string;
  readonly worker: string;
  /** Whether to wait for `start` before each level. Without it a shard is worked off by itself, on any machine. */
  readonly gated: boolean;
}

/** Totals of one worker in one level so far. */
export interface ProgressMessage {
  readonly progress: number;
  readonly done: number;
  readonly errors: number;
  readonly cancelled: number;
  /** Sum of the service times of what is done. */
  readonly service_ms: number;
}

/** From the worker, on its standard output. */
export type FromWorker =
  | ProgressMessage
  | { readonly level_done: number; readonly gave_up: boolean }
  | { readonly finished: true }
  | { readonly failed: string };

/** Splits a stream of bytes into messages. */
export async function* messagesOf<T>(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<T> {
  let kept = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (kept + text).split("\n");
    kept = lines.pop()!;
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line) as T;
  }
}
