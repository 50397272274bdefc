/** A sentence model: the mean of its tokens' vectors, brought to length 1. */

import { AutoModel, AutoTokenizer, env, mean_pooling, Tensor } from "@huggingface/transformers";
import { join } from "node:path";
import type { ModelSettings } from "./messages.ts";
import { modelFile } from "./model_file.ts";

/** Where nothing says how much a model reads. */
const usualLength = 512;

export interface SentenceModel {
  readonly max_tokens: number;
  /** One vector of length 1 a text, as 32-bit floats in base64. */
  embed(texts: readonly string[]): Promise<{ vectors: string[]; truncated: number }>;
}

/**
 * Loads a model from its folder, or from the Hub.
 *
 * What a text is cut to is what the model was made for: `max_seq_length` of `sentence_bert_config.json`, else the tokenizer's own
 * limit. Models that are made for another pooling than the mean (`1_Pooling/config.json`) are refused.
 */
export async function sentenceModel(settings: ModelSettings): Promise<SentenceModel> {
  const { folder, model_id, revision, dtype, hub, cache_folder } = settings;
  env.allowLocalModels = folder !== null;
  env.allowRemoteModels = folder === null;
  env.remoteHost = hub;
  env.cacheDir = cache_folder;
  const name = folder ?? model_id;
  const pooling = await modelFile(settings, join("1_Pooling", "config.json"));
  if (pooling !== null && pooling["pooling_mode_mean_tokens"] !== true) {
    throw new Error(
      `${model_id} is made for another pooling than the mean of its tokens (1_Pooling/config.json)`,
    );
  }
  const tokenizer = await AutoTokenizer.from_pretrained(name, { revision });
  const weights = { revision, dtype: dtype as "fp32", device: "cpu" as const };
  const model = await AutoModel.from_pretrained(name, weights);
  const made = (await modelFile(settings, "sentence_bert_config.json"))?.["max_seq_length"];
  const own = typeof made === "number" ? made : tokenizer.model_max_length;
  const max_tokens = settings.max_tokens ?? (Number.isSafeInteger(own) && own < 1e6 ? own : usualLength);
  const marks = tokenizer.encode("");
  return {
    max_tokens,
    async embed(texts) {
      const tokens = texts.map((text) => tokenizer.encode(text));
      const inputs = inputsOf(tokens.map((ids) => cut(ids, marks, max_tokens)), tokenizer.pad_token_id ?? 0);
      const { last_hidden_state } = await model(inputs) as { last_hidden_state: Tensor };
      const { data, dims } = mean_pooling(last_hidden_state, inputs.attention_mask).normalize(2, -1);
      const length = dims.at(-1)!;
      const vectors = texts.map((_, i) => {
        const { buffer, byteOffset, byteLength } = (data as Float32Array<ArrayBuffer>)
          .subarray(i * length, (i + 1) * length);
        return new Uint8Array(buffer, byteOffset, byteLength).toBase64();
      });
      return { vectors, truncated: tokens.filter(({ length }) => length > max_tokens).length };
    },
  };
}

/** The first tokens of a text, ended by the marks that every text ends with; what is short enough, as it is. */
function cut(ids: readonly number[], marks: readonly number[], length: number): readonly number[] {
  if (ids.length <= length) return ids;
  const before = marks.findIndex((mark, i) => mark !== ids[i]);
  const after = before < 0 ? [] : marks.slice(before);
  return [...ids.slice(0, length - after.length), ...after];
}

/** Rows of one length, filled up behind. */
function inputsOf(
  rows: readonly (readonly number[])[],
  pad: number,
): { input_ids: Tensor; attention_mask: Tensor } {
  const width = Math.max(...rows.map(({ length }) => length));
  const tensor = (of: (ids: readonly number[], i: number) => number) =>
    new Tensor(
      "int64",
      BigInt64Array.from(rows.flatMap((ids) => Array.from({ length: width }, (_, i) => BigInt(of(ids, i))))),
      [rows.length, width],
    );
  return {
    input_ids: tensor((ids, i) => ids[i] ?? pad),
    attention_mask: tensor((ids, i) => i < ids.length ? 1 : 0),
  };
}
