/** Values that reach a container by the environment of the engine's client alone: never an argument, a file, the ledger or a log. */

import { isSecretName, UserError } from "../../../core/mod.ts";
import type { DeployContext } from "../../deployer.ts";
import type { ContainerRun } from "../containers_plan.ts";

const hubNames: readonly string[] = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];
const reference = /\$\{([A-Za-z_]\w*)\}/g;

/** What a container's client is given, and which of it must be shown nowhere. */
export interface ContainerValues {
  readonly env: Readonly<Record<string, string>>;
  readonly secret: readonly string[];
}

/**
 * The values of a container's secrets, and of its variables that refer to our environment. Without a token for the Hugging Face Hub
 * the container gets none.
 *
 * @throws {UserError} if a variable that is referred to is not set
 */
export async function containerValues(
  { name, env, secrets }: Pick<ContainerRun, "name" | "env" | "secrets">,
  context: Pick<DeployContext, "env" | "hubToken">,
): Promise<ContainerValues> {
  const values: Record<string, string> = {};
  const secret: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!text.includes("${")) continue;
    values[variable] = text.replace(reference, (_, from: string) => {
      const value = context.env[from];
      if (value === undefined) throw unset(name, variable, from);
      if (isSecretName(from) || isSecretName(variable)) secret.push(value);
      return value;
    });
  }
  for (const variable of secrets) {
    const value = hubNames.includes(variable) ? await context.hubToken() : context.env[variable] ?? null;
    if (value === null && hubNames.includes(variable)) continue;
    if (value === null) throw unset(name, variable, variable);
    values[variable] = value;
    secret.push(value);
  }
  return { env: values, secret };
}

function unset(container: string, variable: string, from: string): UserError {
  return new UserError({
    action: "start the container",
    thing: container,
    found: `its variable ${variable} takes its value from ${from}, which is not set`,
    remedy: `Set ${from} in the environment, or write another value under \`env\`.`,
  });
}
