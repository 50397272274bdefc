/** What of a parameter set is sent: FMBench keeps more in it than the parameters of a request. */

import { protocolFacts } from "../core/mod.ts";

/** Why an entry is not sent, as the rest of a notice that starts with the entry; null: it is obeyed in another way. */
type Reason = string | null;

const header = "is a header and no parameter, so it is not sent as one: bodies are JSON anyway";

const always: Readonly<Record<string, Reason>> = {
  stream: null,
  accept: header,
  "content-type": header,
  contenttype: header,
};

const onBedrock: Readonly<Record<string, Reason>> = {
  use_boto3: "has no effect: requests go to Bedrock's own Converse interface, whatever is set",
  caching: "has no effect: `prompt_caching` of inference_spec is what marks the shared part of prompts",
};

function reasonFor(name: string, predictor: string): Reason | undefined {
  if (protocolFacts(predictor) === null) return undefined;
  const reasons = predictor.startsWith("bedrock") ? { ...always, ...onBedrock } : always;
  return Object.hasOwn(reasons, name.toLowerCase()) ? reasons[name.toLowerCase()] : undefined;
}

/**
 * The parameters that go to an endpoint; a user's own module gets them all.
 *
 * @param predictor name of its protocol, or the path of a module
 */
export function sentParameters(
  parameters: Readonly<Record<string, unknown>>,
  predictor: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => reasonFor(name, predictor) === undefined),
  );
}

/** The entries that are held back with something to say about it: what is switched off is what is done anyway. */
export function heldBack(
  parameters: Readonly<Record<string, unknown>>,
  predictor: string,
): { readonly name: string; readonly reason: string }[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const reason = reasonFor(name, predictor);
    return reason && value !== false ? [{ name, reason }] : [];
  });
}
