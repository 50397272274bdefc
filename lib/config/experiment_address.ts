/** Where an experiment's endpoint is, worked out from what its entry says. */

import { isSigned, protocolFacts } from "../core/mod.ts";
import type { WrittenConfig } from "./schema.ts";

type Written = WrittenConfig["experiments"][number];

export interface ExperimentAddress {
  /** The model's name at the endpoint. */
  readonly model_id: string;
  /** The endpoint's URL, name or ARN; for one that this run starts, its name. */
  readonly ep_name: string;
  readonly region: string | null;
}

/**
 * Works it out. On Bedrock model and endpoint are one: either key stands in for the other, but an ARN, which names an account,
 * is no name of a model.
 */
export function settleAddress(
  written: Pick<Written, "name" | "model_id" | "model_name" | "ep_name" | "region">,
  predictor: string,
  regions: { readonly run: string | null; readonly surroundings: string | null },
): ExperimentAddress {
  const { name, model_id, model_name, ep_name } = written;
  const facts = protocolFacts(predictor);
  const byModel = facts?.address === "model";
  const speaking = byModel && ep_name !== undefined && !isUrl(ep_name) && arnRegion(ep_name) === null;
  const model = model_id ?? (speaking ? ep_name : model_name ?? name);
  const address = ep_name ?? (byModel ? model : name);
  return {
    model_id: model,
    ep_name: address,
    region: written.region ??
      (isSigned(predictor) ? arnRegion(address) ?? regions.run ?? regions.surroundings : regions.run),
  };
}

/** The region in an ARN; null for what is none, or has none. */
function arnRegion(text: string): string | null {
  return /^arn:[^:]*:[^:]*:([^:]+):/.exec(text)?.[1] ?? null;
}

/** Whether an endpoint is named by an address. */
export function isUrl(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text);
}
