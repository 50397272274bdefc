/** The cap on the length of an answer: every protocol calls it by a name of its own. */

import type { Parameters } from "./predictor.ts";

/** What a protocol calls it. */
export interface CapNames {
  /** The protocol's own names; the first is the one that others are translated to. */
  readonly own: readonly [string, ...string[]];
  /** Names of other protocols that are understood, the weightiest first. */
  readonly foreign: readonly string[];
}

/** Parameters with the cap under a name of the protocol's own; one that was already so called wins. */
export function withOwnCap(parameters: Parameters, { own, foreign }: CapNames): Record<string, unknown> {
  const rest = { ...parameters };
  for (const name of foreign) delete rest[name];
  if (own.some((name) => rest[name] !== undefined)) return rest;
  const name = foreign.find((name) => parameters[name] !== undefined);
  return name === undefined ? rest : { ...rest, [own[0]]: parameters[name] };
}

/** The cap among the parameters; null when there is none. */
export function capOf(parameters: Parameters, names: CapNames): number | null {
  const spelled = withOwnCap(parameters, names);
  const cap = names.own.map((name) => spelled[name]).find((value) => value !== undefined);
  return typeof cap === "number" ? cap : null;
}

/** Every name that some protocol gives it. */
const everyName: readonly string[] = [
  "max_new_tokens",
  "max_tokens",
  "max_completion_tokens",
  "maxTokens",
  "max_gen_len",
  "max_tokens_to_sample",
  "maxTokenCount",
  "n_predict",
  "num_predict",
];

/** Parameters with another cap: under the names that theirs goes by, for a model may know no other; else under FMBench's. */
export function withCap(parameters: Parameters, cap: number): Parameters {
  const names = everyName.filter((name) => parameters[name] !== undefined);
  const given = names.length === 0 ? ["max_new_tokens"] : names;
  return { ...parameters, ...Object.fromEntries(given.map((name) => [name, cap])) };
}
