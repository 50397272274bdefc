/** A sentence model on this machine, without a key and without a price. */

import { join, resolve } from "node:path";
import process from "node:process";
import { messageOf, sha256, UserError } from "../../core/mod.ts";
import { cacheFolder } from "../../storage/mod.ts";
import type { Embedder } from "./embedder.ts";
import type { ModelSettings } from "./local/messages.ts";
import { type ModelProcess, startModel } from "./model_process.ts";
import { EmbeddingTally } from "./tally.ts";

export interface LocalEmbedderOptions {
  /** Its name on the Hub. @default FMBench's, "sentence-transformers/all-mpnet-base-v2" */
  readonly model_id?: string;
  /** A folder with `config.json`, `tokenizer.json` and `onnx/model.onnx`; nothing is fetched then. @default the Hub's files */
  readonly folder?: string | null;
  /** @default "main" */
  readonly revision?: string;
  /** Which weights of `onnx/`: `fp32` is `model.onnx`, `q8` is `model_quantized.onnx`. @default "fp32" */
  readonly dtype?: string;
  /** Tokens that are read of a text. @default as many as the model was made for */
  readonly max_tokens?: number | null;
  /** Where `HF_ENDPOINT`, `HF_TOKEN` and proxies are looked up. @default this process's environment */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where files of the Hub are kept. @default `fmbench/models` in the user's cache folder */
  readonly cache_folder?: string;
}

export const defaultSentenceModel = "sentence-transformers/all-mpnet-base-v2";

/** Texts that the model computes in one go. */
const batchSize = 32;

/**
 * The embedder `local`: `@huggingface/transformers` in a process of its own, with its own `deno.json` and lock. Its packages, about
 * 470 MB, go into Deno's cache when it is first used, by those who use it.
 *
 * Vectors are the mean over the tokens, of length 1. A text that is longer than the model reads is cut, and counted as `truncated`.
 *
 * @throws {UserError} if packages, weights or tokenizer can't be had or read
 */
export async function localEmbedder(
  { model_id = defaultSentenceModel, folder: given = null, revision = "main", dtype = "fp32", ...options }:
    LocalEmbedderOptions = {},
): Promise<Embedder> {
  const { env = process.env, cache_folder = cacheFolder("models", env), max_tokens = null } = options;
  const folder = given === null ? null : resolve(given);
  const settings: ModelSettings = {
    ...{ model_id, folder, revision, dtype, max_tokens, cache_folder },
    hub: env["HF_ENDPOINT"] || "https://huggingface.co",
  };
  const weights = folder === null ? revision : await checked(folder, dtype);
  if (folder === null) await Deno.mkdir(cache_folder, { recursive: true });
  const started = await startModel(settings, env);
  if ("failed" in started) throw unusable(settings, started.failed);
  return new LocalEmbedder(
    `${model_id} (${dtype}, ${weights}, ${started.max_tokens} tokens)`,
    started.process,
  );
}

class LocalEmbedder implements Embedder {
  readonly name: string;
  readonly #process: ModelProcess;
  readonly #tally = new EmbeddingTally();
  #batches = 0;
  /** Batches go one after another: the model has all processors to itself. */
  #turn: Promise<void> = Promise.resolve();

  constructor(name: string, modelProcess: ModelProcess) {
    this.name = name;
    this.#process = modelProcess;
  }

  async embed(texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    const vectors = new Array<Float32Array | null>(texts.length).fill(null);
    // Texts of about one length together: what is shorter is filled up to the longest of its batch.
    const order = texts.map((_, i) => i).sort((a, b) => texts[a]!.length - texts[b]!.length);
    for (let start = 0; start < order.length; start += batchSize) {
      const places = order.slice(start, start + batchSize);
      const turn = this.#turn.then(() => this.#batch(places.map((i) => texts[i]!)));
      this.#turn = turn.then(() => {});
      (await turn).forEach((vector, i) => vectors[places[i]!] = vector);
    }
    return vectors;
  }

  account() {
    return this.#tally.account;
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  async #batch(texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    const said = await this.#process.ask({ id: this.#batches++, texts });
    const counted = { calls: 1, texts: texts.length };
    if ("vectors" in said) {
      this.#tally.add({ ...counted, truncated: said.truncated });
      return said.vectors.map((base64) => new Float32Array(Uint8Array.fromBase64(base64).buffer));
    }
    const error_message = "failed" in said ? said.failed : "the model answered out of turn";
    this.#tally.add({ ...counted, failed: texts.length, error_message });
    return texts.map(() => null);
  }
}

/** What tells the weights of a folder apart, once everything is there that the model needs. */
async function checked(folder: string, dtype: string): Promise<string> {
  const suffixes: Readonly<Record<string, string>> = { fp32: "", q8: "_quantized" };
  const weights = join("onnx", `model${suffixes[dtype] ?? `_${dtype}`}.onnx`);
  for (const file of ["config.json", "tokenizer.json", weights]) {
    try {
      await Deno.stat(join(folder, file));
    } catch (error) {
      throw new UserError({
        action: "use the sentence model of the folder",
        thing: folder,
        found: error instanceof Deno.errors.NotFound ? `there is no ${file}` : messageOf(error),
        expected: `config.json, tokenizer.json and ${weights}, as model pages of the Hub have them`,
      }, { cause: error });
    }
  }
  return sha256(await Deno.readFile(join(folder, weights))).slice(0, 12);
}

function unusable({ model_id, folder, hub }: ModelSettings, found: string): UserError {
  return new UserError({
    action: "start the sentence model",
    thing: folder ?? model_id,
    found,
    remedy: folder === null
      ? `Its packages come from the npm registry, its files from ${hub}: name a folder that has them, or another embedder.`
      : "Its packages come from the npm registry, once; the folder has to hold a model in ONNX with its tokenizer.",
  });
}
