/** The variables of a container, and which of them are not to be written anywhere. */

import { isSecretName } from "../../core/mod.ts";
import type { Cache } from "./containers_plan.ts";
import { refusal } from "./refusal.ts";
import type { Served, Setting } from "./server.ts";

/** Names under which servers look for the token of the Hub. */
const hubVariables = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

/** As a container has it. */
export interface ContainerEnvironment {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly cache: Cache | null;
}

/**
 * The server's own variables, those of the config over them, and the Hub's token by its names.
 *
 * @throws {UserError} for a secret in the config
 */
export function environmentOf({ experiment, spec: { env } }: Setting, served: Served): ContainerEnvironment {
  const literal = Object.entries(env).find(([name, value]) =>
    /^hf_\w{10,}$/.test(value) || (isSecretName(name) && value !== "" && !/\$\{\w+\}/.test(value))
  );
  if (literal !== undefined) {
    const [name] = literal;
    const passed = hubVariables.includes(name)
      ? ", or leave it out: the Hub's token is passed on by itself"
      : "";
    throw refusal(
      experiment,
      `env.${name} holds a secret`,
      `Write \${${name}} there and put the secret into the environment${passed}.`,
    );
  }
  const { cache } = served;
  const hub = cache?.kind === "hub";
  const fetches = cache !== null && cache.kind !== "ollama";
  return {
    env: { ...hub ? { HF_HOME: cache.target } : {}, ...served.env, ...env },
    secrets: fetches ? hubVariables.filter((name) => env[name] === undefined) : [],
    cache: hub ? { ...cache, target: env["HF_HOME"] ?? cache.target } : cache,
  };
}
