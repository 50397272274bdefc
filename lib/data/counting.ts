/** Counts the tokens of many texts on all cores, without ever holding more than a few batches of them. */

import { setImmediate } from "node:timers";
import { Worker } from "node:worker_threads";
import { UserError } from "../core/mod.ts";
import type { TokenCounter } from "./tokenizer.ts";

export type ToCountingWorker = { readonly folder: string } | {
  readonly batch: number;
  readonly texts: readonly string[];
};
export type FromCountingWorker =
  | { readonly ready: true }
  | { readonly batch: number; readonly counts: readonly number[] }
  | { readonly batch: number; readonly fault: string };

export interface CountingOptions {
  /** Cores to count on; 1 counts in this thread. @default all of this machine */
  readonly workers?: number;
  /** Characters that are counted in this thread before workers are worth their start. @default 4,000,000 */
  readonly patience?: number;
}

/** A text with its length. */
export interface Counted<T> {
  readonly item: T;
  readonly text: string;
  readonly tokens: number;
}

const BATCH_CHARACTERS = 1 << 16;
const BATCH_TEXTS = 64;
/** One that is counted and one that waits, so that no worker is idle while this thread is busy. */
const BATCHES_A_WORKER = 2;
/** A longer text than that is counted in this thread, whose memory has no limit of ours. */
const LONGEST_FOR_WORKERS = 4_000_000;
/**
 * Counting leaves nothing but garbage behind: with little room for what is new, a worker clears it away early, at the same
 * speed, and holds 200 MB less. The room for what stays is far more than the largest vocabularies take (320 MB while
 * one of 260,000 entries is loaded): a worker that runs into its limit stops without a word.
 */
const MEMORY_OF_A_WORKER = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 };

/**
 * Counts the text of each item. Items come out in the order in which they went in; every count is that of
 * `tokenizer.count`. This thread counts too: alone at first, then what the workers on the other cores have no hands free
 * for. They live as long as the loop over the result.
 *
 * @throws whatever the tokenizer throws, at the batch that made it
 */
export async function* countTokens<T>(
  items: AsyncIterable<T>,
  textOf: (item: T) => string,
  tokenizer: TokenCounter,
  { workers = navigator.hardwareConcurrency, patience = 4_000_000 }: CountingOptions = {},
): AsyncGenerator<Counted<T>> {
  const others = workers - 1;
  const waiting: { batch: Batch<T>; answer: Answer }[] = [];
  let crew: Crew | null = null;
  let characters = 0;
  try {
    for await (const batch of batches(items, textOf)) {
      characters += batch.characters;
      if (crew === null && others > 0 && characters > patience) crew = new Crew(tokenizer.folder, others);
      // A thread that does nothing but count would never hear of what the others have finished.
      if (crew !== null) await new Promise((heard) => setImmediate(heard));
      const answer = crew?.count(batch) ?? { counts: batch.texts.map(tokenizer.count) };
      waiting.push({ batch, answer });
      while (waiting.length > 0 && (waiting.length > others * 4 || isThere(waiting[0]!.answer))) {
        const { batch, answer } = waiting.shift()!;
        yield* paired(batch, await countsOf(answer));
      }
    }
    for (const { batch, answer } of waiting) yield* paired(batch, await countsOf(answer));
  } finally {
    crew?.dismiss();
  }
}

/** The counts of a batch, once they are there; or what kept them from being made. */
interface Answer {
  counts?: readonly number[];
  fault?: Error;
  arrived?: () => void;
}

function isThere({ counts, fault }: Answer): boolean {
  return counts !== undefined || fault !== undefined;
}

async function countsOf(answer: Answer): Promise<readonly number[]> {
  if (!isThere(answer)) await new Promise<void>((arrived) => answer.arrived = arrived);
  if (answer.fault !== undefined) throw answer.fault;
  return answer.counts!;
}

interface Batch<T> {
  readonly items: readonly T[];
  readonly texts: readonly string[];
  readonly characters: number;
}

async function* batches<T>(items: AsyncIterable<T>, textOf: (item: T) => string): AsyncGenerator<Batch<T>> {
  let batch = { items: [] as T[], texts: [] as string[], characters: 0 };
  for await (const item of items) {
    const text = textOf(item);
    batch.items.push(item);
    batch.texts.push(text);
    batch.characters += text.length;
    if (batch.characters < BATCH_CHARACTERS && batch.texts.length < BATCH_TEXTS) continue;
    yield batch;
    batch = { items: [], texts: [], characters: 0 };
  }
  if (batch.texts.length > 0) yield batch;
}

function* paired<T>({ items, texts }: Batch<T>, counts: readonly number[]): Generator<Counted<T>> {
  for (const [i, item] of items.entries()) yield { item, text: texts[i]!, tokens: counts[i]! };
}

/** Workers with the same tokenizer. */
class Crew {
  /** Those that have loaded it, with the batches that they have. */
  readonly #ready = new Map<Worker, Map<number, Answer>>();
  readonly #workers: readonly Worker[];
  #batch = 0;
  #failure: Error | null = null;

  constructor(folder: string, size: number) {
    this.#workers = Array.from({ length: size }, () => {
      const worker = new Worker(new URL("./counting_worker.ts", import.meta.url), {
        resourceLimits: MEMORY_OF_A_WORKER,
      });
      worker.on("message", (message: FromCountingWorker) => this.#hear(worker, message));
      worker.on("error", (error: Error) => this.#fail(error));
      worker.on(
        "exit",
        (code: number) => this.#fail(new Error(`A worker that counts tokens ended (${code}).`)),
      );
      worker.postMessage({ folder } satisfies ToCountingWorker);
      return worker;
    });
  }

  /** Gives a batch to the worker that has the least to do; null when all have enough. */
  count({ texts, characters }: Batch<unknown>): Answer | null {
    if (this.#failure !== null) throw this.#failure;
    if (characters > LONGEST_FOR_WORKERS) return null;
    const [worker, batches] = [...this.#ready].sort(([, a], [, b]) => a.size - b.size)[0] ?? [];
    if (worker === undefined || batches === undefined || batches.size >= BATCHES_A_WORKER) return null;
    const answer: Answer = {};
    batches.set(this.#batch, answer);
    worker.postMessage({ batch: this.#batch++, texts } satisfies ToCountingWorker);
    return answer;
  }

  dismiss(): void {
    for (const worker of this.#workers) worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const batches of this.#ready.values()) {
      for (const answer of batches.values()) settle(answer, { fault: this.#failure });
    }
  }

  #hear(worker: Worker, message: FromCountingWorker): void {
    if ("ready" in message) {
      this.#ready.set(worker, new Map());
      return;
    }
    const batches = this.#ready.get(worker)!;
    const answer = batches.get(message.batch)!;
    batches.delete(message.batch);
    settle(answer, "counts" in message ? message : { fault: new UserError(message.fault) });
  }
}

function settle(answer: Answer, { counts, fault }: Answer): void {
  if (counts !== undefined) answer.counts = counts;
  if (fault !== undefined) answer.fault = fault;
  answer.arrived?.();
}
