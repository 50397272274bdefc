/** The model that a path of Bedrock names, and what the service has against a request for it. */

import { checkSignature } from "../aws_signature.ts";
import type { Request } from "../incoming.ts";
import type { SimulateOptions } from "../options.ts";
import { Refusal } from "../refusal.ts";
import { decoded, type Json } from "./json_body.ts";

/** Throws Refusal unless a request is signed, or carries the API key. */
export function checkBedrockKey(
  request: Request,
  { credentials, api_key }: Pick<SimulateOptions, "credentials" | "api_key">,
): void {
  const bearer = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer === undefined) return checkSignature(request, "bedrock", credentials, Date.now());
  if (bearer === api_key) return;
  throw new Refusal(403, "Authentication failed: Please make sure your API Key is valid.", {
    code: "AccessDeniedException",
  });
}

const region = /^(us|us-gov|eu|apac|jp|au|ca|global)\./;

/** ARNs that end in the id of a model or profile; all others are names of their own, which stand for the model that is served. */
const telling = /^arn:[^:]*:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)\/(.+)$/;

/**
 * Throws Refusal for another model than the one that is served, and for the id of a model that is served by an inference
 * profile only: where `us.X` is served, `X` is not.
 */
export function checkBedrockModel(segment: string, model_id: string): void {
  const called = decoded(segment);
  const asked = telling.exec(called)?.[1] ?? called;
  if (called === model_id || asked === model_id || asked.startsWith("arn:")) return;
  if (region.test(model_id) && model_id.replace(region, "") === asked) {
    throw new Refusal(
      400,
      `Invocation of model ID ${asked} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of ` +
        "an inference profile that contains this model.",
      { code: "ValidationException" },
    );
  }
  throw new Refusal(400, "The provided model identifier is invalid.", { code: "ValidationException" });
}

/** Claude since Opus 4.1 and Sonnet 4.5 takes one of two parameters. */
const oneOfTwo = /claude-(opus-4-[1-9]|(sonnet|haiku)-4-[5-9]|(opus|sonnet|haiku)-([5-9]|\d\d))/;

/** Throws Refusal where a model takes one of temperature and top_p, and both are given. */
export function checkSampling(model_id: string, temperature: unknown, top_p: unknown): void {
  if (!oneOfTwo.test(model_id) || (temperature ?? null) === null || (top_p ?? null) === null) return;
  throw new Refusal(
    400,
    "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. " +
      "Please use only one.",
    { code: "ValidationException" },
  );
}

/** Throws Refusal for sampling parameters out of their ranges. */
export function checkUnit(body: Json, ...names: readonly string[]): void {
  for (const name of names) {
    const value = body[name] ?? null;
    if (value === null || (typeof value === "number" && value >= 0 && value <= 1)) continue;
    throw new Refusal(
      400,
      `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must be a number from 0 to 1`,
      { code: "ValidationException" },
    );
  }
}
