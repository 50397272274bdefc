/** What the process of a sentence model and its parent say to each other: JSON Lines, first the settings, then batches. */

/** Which model, and where its files are. */
export interface ModelSettings {
  /** Its name on the Hub. */
  readonly model_id: string;
  /** The folder with `config.json`, `tokenizer.json` and `onnx/`; null: the Hub's copy is used, and kept in `cache_folder`. */
  readonly folder: string | null;
  readonly revision: string;
  /** Which of the weights: `fp32` is `onnx/model.onnx`, `q8` is `onnx/model_quantized.onnx`, ... */
  readonly dtype: string;
  /** Tokens that the model is to read of a text; null: as many as it was made for. */
  readonly max_tokens: number | null;
  /** Address of the Hub. */
  readonly hub: string;
  /** Where files of the Hub are kept. */
  readonly cache_folder: string;
}

export interface Batch {
  readonly id: number;
  readonly texts: readonly string[];
}

/** `vectors`: 32-bit floats, little-endian, in base64; `truncated`: texts longer than the model reads. */
export type FromModel =
  | { readonly ready: { readonly max_tokens: number } }
  | { readonly failed: string }
  | { readonly id: number; readonly vectors: readonly string[]; readonly truncated: number }
  | { readonly id: number; readonly failed: string };
