/** Every protocol that the embedded endpoint speaks. */

import type { Dialect } from "../dialect.ts";
import type { SimulateOptions } from "../options.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { djl } from "./djl.ts";
import { llamaCpp } from "./llama_cpp.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { rayServe } from "./ray_serve.ts";
import { rest } from "./rest.ts";
import { sageMaker } from "./sagemaker.ts";
import { tgi } from "./tgi.ts";
import { triton } from "./triton.ts";

/** New ones for each endpoint: some remember what they were asked. The first that serves a path answers there. */
export function dialectsOf(options: SimulateOptions): readonly Dialect[] {
  const { model_id } = options;
  return [
    ...openai(model_id),
    bedrockConverse(options),
    bedrockInvoke(options),
    sageMaker(options),
    djl(options),
    tgi,
    triton(model_id),
    ...ollama(model_id),
    llamaCpp,
    rest(model_id),
    rayServe,
  ];
}
