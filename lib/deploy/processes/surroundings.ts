/** What a server is started with: its environment, and what of it is secret. */

import { isSecretName, UserError } from "../../core/mod.ts";
import type { DeployContext } from "../deployer.ts";
import { filledIn, type LocalServer } from "./local_server.ts";

/** What a copy is started with, secrets and all. It is written nowhere. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  /** What no message may hold. */
  readonly secrets: readonly string[];
}

/**
 * The environment of a copy: ours without what names a secret, the token for the Hub, and what the config says.
 *
 * @throws {UserError} if the config names a variable that is not set
 */
export async function surroundings(
  name: string,
  server: LocalServer,
  copy: { readonly port: number; readonly index: number },
  { env: ours, hubToken }: Pick<DeployContext, "env" | "hubToken">,
): Promise<Surroundings> {
  const token = await hubToken();
  const secrets = token === null ? [] : [token];
  const plain = Object.entries(ours).filter(([key, value]) => value !== undefined && !isSecretName(key));
  const own = Object.entries(server.env).map(([key, text]) => {
    const value = filledIn(text, copy).replace(variable, (_, wanted: string) => {
      const found = ours[wanted];
      if (found === undefined) throw missing(name, key, wanted);
      secrets.push(found);
      return found;
    });
    if (isSecretName(key)) secrets.push(value);
    return [key, value];
  });
  const hub = token === null ? {} : { HF_TOKEN: token };
  return { env: { ...Object.fromEntries([...plain]), ...hub, ...Object.fromEntries(own) }, secrets };
}

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the variables of our environment that a server's own stand for. */
export function variablesOf({ env }: LocalServer): string[] {
  return [
    ...new Set(Object.values(env).flatMap((text) => [...text.matchAll(variable)].map(([, name]) => name!))),
  ];
}

function missing(experiment: string, key: string, wanted: string): UserError {
  return new UserError({
    action: "start a server for",
    thing: experiment,
    found: `env.${key} stands for the variable ${wanted} of the environment, which is not set`,
    remedy: `Set ${wanted}, or take it out of env.`,
  });
}
