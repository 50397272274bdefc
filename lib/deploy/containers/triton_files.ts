/** A model repository of Triton for its vLLM backend, or for a `model.py` on its Python backend. */

import type { ContainerFile } from "./containers_plan.ts";
import { EnumName, type Message, Packed, pbtxt } from "./pbtxt.ts";

/** One tensor of a model. */
export function tensor(name: string, type: string, dims: readonly number[], further: Message = {}): Message {
  return { name, data_type: new EnumName(`TYPE_${type}`), dims: new Packed(dims), ...further };
}

const optional: Message = { optional: true };

/** One instance of a model, on devices that the model itself finds. */
const byModel: Message = { count: 1, kind: new EnumName("KIND_MODEL") };

/**
 * What both take and give: a prompt, and sampling parameters as one text of JSON; the answer, piece by piece.
 * `stream` and `exclude_input_in_output` are inputs of the vLLM backend.
 */
function textModel(backend: "vllm" | "python"): Message {
  return {
    backend,
    max_batch_size: 0,
    model_transaction_policy: { decoupled: true },
    input: [
      tensor("text_input", "STRING", [1]),
      tensor("sampling_parameters", "STRING", [1], optional),
      ...backend === "vllm"
        ? [
          tensor("stream", "BOOL", [1], optional),
          tensor("exclude_input_in_output", "BOOL", [1], optional),
        ]
        : [],
    ],
    output: [tensor("text_output", "STRING", [-1])],
    instance_group: byModel,
  };
}

/** What is common to the two: the folder of the model in the repository, and what `model.json` says. */
export interface TextModel {
  readonly name: string;
  readonly backend: "vllm" | "djl";
  readonly model_id: string;
  readonly degree: number;
  /** `container_params`, less what is not for `model.json`. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Files of the repository, relative to it. `model.json` has the arguments of vLLM's engine, or the options of DJL's handler. */
export function textModelFiles({ name, backend, model_id, degree, params }: TextModel): ContainerFile[] {
  const own = backend === "vllm"
    ? { model: model_id, tensor_parallel_size: degree }
    : { model_id, tensor_parallel_degree: degree };
  return [
    { path: `${name}/config.pbtxt`, content: pbtxt(textModel(backend === "vllm" ? "vllm" : "python")) },
    { path: `${name}/1/model.json`, content: JSON.stringify({ ...params, ...own }, null, 2) + "\n" },
  ];
}
