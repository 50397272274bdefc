/**
 * The wire protocols: what a request's body is, and what an answer says. One module a protocol, in a folder a family; none of
 * them has a clock.
 * From: `core/`, `aws/` (signing clients), `transport/` (requests, sinks, event scanners).
 * To: `load/`, `evaluate/`, `pipeline/`.
 */
export * from "./predictor.ts";
export * from "./answer.ts";
export * from "./answer_draft.ts";
export * from "./carrying.ts";
export * from "./failure.ts";
export * from "./registry.ts";
export * from "./request_headers.ts";
export { withCap } from "./token_cap.ts";
export * from "./refusal_advice.ts";
export * from "./response_reader.ts";
export * from "./retry.ts";
export * from "./vectors.ts";
export * from "./json_lines_scanner.ts";
export { openaiChat } from "./openai/openai_chat.ts";
export { openaiCompletions } from "./openai/openai_completions.ts";
export { openaiEmbeddings } from "./openai/openai_embeddings.ts";
export { bedrock } from "./aws/bedrock.ts";
export { bedrockInvoke } from "./aws/bedrock_invoke.ts";
export { sagemaker } from "./aws/sagemaker.ts";
export { djl } from "./containers/djl.ts";
export { llamaCpp } from "./containers/llama_cpp.ts";
export { ollama } from "./containers/ollama.ts";
export { rayServe } from "./containers/ray_serve.ts";
export { tgi } from "./containers/tgi.ts";
export { triton } from "./containers/triton.ts";
export { rest } from "./rest/rest.ts";
export { type HostedModule, hostModule } from "./own/hosted_module.ts";
export * from "./own/module_rights.ts";
export { ownModule } from "./own/own_module.ts";
export type * from "./own/own_predictor.ts";
