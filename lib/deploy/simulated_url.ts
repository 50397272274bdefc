/** Where requests to an embedded endpoint are sent. */

import { protocolFacts } from "../core/mod.ts";
import type { Experiment } from "./deployer.ts";

/**
 * The address that a protocol's users give: a server's own, or one of its routes. A user's own module is sent to where OpenAI's
 * protocol is spoken.
 *
 * @param origin of the embedded endpoint, which speaks every protocol
 */
export function simulatedUrl(
  { predictor, model_id }: Pick<Experiment, "predictor" | "model_id">,
  origin: string,
): string {
  if (predictor === "djl") return `${origin}/invocations`;
  if (predictor === "rest") return `${origin}/rest`;
  if (predictor === "triton") return `${origin}/v2/models/${encodeURIComponent(model_id)}`;
  const openAi = protocolFacts(predictor) === null || predictor.startsWith("openai_");
  return openAi ? `${origin}/v1` : origin;
}
