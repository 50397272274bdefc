/**
 * A model repository of Triton for TensorRT-LLM: the ensemble `ensemble` of `preprocessing`, `tensorrt_llm` and `postprocessing`, with the
 * tensors of tensorrtllm_backend v0.12 (images 24.08). The code of the two that are Python is that of a checkout of the same version.
 */

import type { ContainerFile } from "./containers_plan.ts";
import { EnumName, type Message, Packed, pbtxt } from "./pbtxt.ts";
import { tensor } from "./triton_files.ts";

export interface TensorRtModel {
  /** The most requests at a time; the engine must have been built for as many. */
  readonly batch_size: number;
  /** Folder with the engine, in the container. */
  readonly engine_dir: string;
  /** Folder in the container, or the model's name at the Hub. */
  readonly tokenizer_dir: string;
}

const models = ["ensemble", "preprocessing", "tensorrt_llm", "postprocessing"] as const;

/** Which of the models have code in the checkout, as `<model>/1`. */
export const pythonModels = ["preprocessing", "postprocessing"] as const;

/** Files of the repository, relative to it. A version's folder must be there even if it is empty. */
export function tensorRtFiles(model: TensorRtModel): ContainerFile[] {
  const configs = {
    ensemble: ensemble(model),
    preprocessing: preprocessing(model),
    tensorrt_llm: engine(model),
    postprocessing: postprocessing(model),
  };
  return models.flatMap((name) => [
    { path: `${name}/config.pbtxt`, content: pbtxt({ name, ...configs[name] }) },
    ...(pythonModels as readonly string[]).includes(name) ? [] : [{ path: `${name}/1/.keep`, content: "" }],
  ]);
}

const optional: Message = { optional: true };
const ragged: Message = { optional: true, allow_ragged_batch: true };
/** One value of a request, as the engine takes it. */
const single: Message = { optional: true, reshape: { shape: new Packed([]) } };
const onCpu: Message = { count: 1, kind: new EnumName("KIND_CPU") };

/** What a request may say of sampling: its name in the ensemble, in the engine, and its type. */
const sampling = [
  ["beam_width", "beam_width", "INT32"],
  ["temperature", "temperature", "FP32"],
  ["top_k", "runtime_top_k", "INT32"],
  ["top_p", "runtime_top_p", "FP32"],
  ["length_penalty", "len_penalty", "FP32"],
  ["repetition_penalty", "repetition_penalty", "FP32"],
  ["min_length", "min_length", "INT32"],
  ["presence_penalty", "presence_penalty", "FP32"],
  ["frequency_penalty", "frequency_penalty", "FP32"],
  ["random_seed", "random_seed", "UINT64"],
] as const;

/** Tensors of the engine that preprocessing makes of the prompt: there, and here. */
const prepared = [
  ["input_ids", "INPUT_ID"],
  ["input_lengths", "REQUEST_INPUT_LEN"],
  ["request_output_len", "REQUEST_OUTPUT_LEN"],
  ["bad_words_list", "BAD_WORDS_IDS"],
  ["stop_words_list", "STOP_WORDS_IDS"],
  ["end_id", "OUT_END_ID"],
  ["pad_id", "OUT_PAD_ID"],
] as const;

/** Inputs of preprocessing by their name in the ensemble. */
const asked = [
  ["text_input", "QUERY", "STRING", {}],
  ["max_tokens", "REQUEST_OUTPUT_LEN", "INT32", {}],
  ["bad_words", "BAD_WORDS_DICT", "STRING", optional],
  ["stop_words", "STOP_WORDS_DICT", "STRING", optional],
  ["end_id", "END_ID", "INT32", optional],
  ["pad_id", "PAD_ID", "INT32", optional],
] as const;

const given = [
  ["output_ids", "TOKENS_BATCH"],
  ["sequence_length", "SEQUENCE_LENGTH"],
] as const;

function ensemble({ batch_size }: TensorRtModel): Message {
  const map = (key: string, value: string): Message => ({ key, value });
  return {
    platform: "ensemble",
    max_batch_size: batch_size,
    input: [
      ...asked.map(([name, , type, further]) =>
        tensor(name, type, [name.endsWith("_words") ? -1 : 1], further)
      ),
      ...sampling.map(([name, , type]) => tensor(name, type, [1], optional)),
      tensor("stream", "BOOL", [1], optional),
    ],
    output: [tensor("text_output", "STRING", [-1])],
    ensemble_scheduling: {
      step: [
        step(
          "preprocessing",
          asked.map(([name, inside]) => map(inside, name)),
          [
            ...new Set(prepared.map(([, name]) => name)),
          ].map((name) => map(name, `_${name}`)),
        ),
        step("tensorrt_llm", [
          ...prepared.map(([inside, name]) => map(inside, `_${name}`)),
          ...sampling.map(([name, inside]) => map(inside, name)),
          map("streaming", "stream"),
        ], given.map(([inside, name]) => map(inside, `_${name}`))),
        step("postprocessing", given.map(([, name]) => map(name, `_${name}`)), [
          map("OUTPUT", "text_output"),
        ]),
      ],
    },
  };
}

function step(model_name: string, input_map: readonly Message[], output_map: readonly Message[]): Message {
  return { model_name, model_version: -1, input_map, output_map };
}

function preprocessing({ batch_size, tokenizer_dir, engine_dir }: TensorRtModel): Message {
  return {
    backend: "python",
    max_batch_size: batch_size,
    input: [
      tensor("QUERY", "STRING", [1]),
      tensor("DECODER_QUERY", "STRING", [1], optional),
      tensor("REQUEST_OUTPUT_LEN", "INT32", [1]),
      tensor("BAD_WORDS_DICT", "STRING", [-1], optional),
      tensor("STOP_WORDS_DICT", "STRING", [-1], optional),
      tensor("EMBEDDING_BIAS_WORDS", "STRING", [-1], optional),
      tensor("EMBEDDING_BIAS_WEIGHTS", "FP32", [-1], optional),
      tensor("END_ID", "INT32", [1], optional),
      tensor("PAD_ID", "INT32", [1], optional),
      tensor("PROMPT_TABLE_EXTRA_ID", "UINT64", [1], optional),
    ],
    output: [
      tensor("INPUT_ID", "INT32", [-1]),
      tensor("REQUEST_INPUT_LEN", "INT32", [1]),
      tensor("DECODER_INPUT_ID", "INT32", [-1]),
      tensor("REQUEST_DECODER_INPUT_LEN", "INT32", [1]),
      tensor("BAD_WORDS_IDS", "INT32", [2, -1]),
      tensor("STOP_WORDS_IDS", "INT32", [2, -1]),
      tensor("EMBEDDING_BIAS", "FP32", [-1]),
      tensor("REQUEST_OUTPUT_LEN", "INT32", [-1]),
      tensor("OUT_END_ID", "INT32", [1]),
      tensor("OUT_PAD_ID", "INT32", [1]),
      tensor("OUT_PROMPT_TABLE_EXTRA_IDS", "UINT64", [-1]),
    ],
    parameters: parameters({
      tokenizer_dir,
      add_special_tokens: "true",
      visual_model_path: "",
      gpt_model_path: engine_dir,
    }),
    instance_group: onCpu,
  };
}

function engine({ batch_size, engine_dir }: TensorRtModel): Message {
  return {
    backend: "tensorrtllm",
    max_batch_size: batch_size,
    model_transaction_policy: { decoupled: true },
    input: [
      tensor("input_ids", "INT32", [-1], { allow_ragged_batch: true }),
      tensor("input_lengths", "INT32", [1], { reshape: { shape: new Packed([]) } }),
      tensor("request_output_len", "INT32", [1]),
      tensor("end_id", "INT32", [1], single),
      tensor("pad_id", "INT32", [1], single),
      tensor("stop_words_list", "INT32", [2, -1], ragged),
      tensor("bad_words_list", "INT32", [2, -1], ragged),
      ...sampling.map(([, name, type]) => tensor(name, type, [1], single)),
      tensor("stop", "BOOL", [1], optional),
      tensor("streaming", "BOOL", [1], optional),
    ],
    output: [tensor("output_ids", "INT32", [-1, -1]), tensor("sequence_length", "INT32", [-1])],
    instance_group: onCpu,
    parameters: parameters({
      gpt_model_type: "inflight_fused_batching",
      gpt_model_path: engine_dir,
      exclude_input_in_output: "true",
      FORCE_CPU_ONLY_INPUT_TENSORS: "no",
      executor_worker_path: "/opt/tritonserver/backends/tensorrtllm/trtllmExecutorWorker",
    }),
  };
}

function postprocessing({ batch_size, tokenizer_dir }: TensorRtModel): Message {
  return {
    backend: "python",
    max_batch_size: batch_size,
    input: [tensor("TOKENS_BATCH", "INT32", [-1, -1]), tensor("SEQUENCE_LENGTH", "INT32", [-1])],
    output: [tensor("OUTPUT", "STRING", [-1])],
    parameters: parameters({ tokenizer_dir, skip_special_tokens: "true" }),
    instance_group: onCpu,
  };
}

function parameters(values: Readonly<Record<string, string>>): Message[] {
  return Object.entries(values).map(([key, string_value]) => ({ key, value: { string_value } }));
}
