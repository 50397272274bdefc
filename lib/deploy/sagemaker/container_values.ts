/** Values that a container's environment gets at the last moment, and that are written nowhere. */

import { UserError } from "../../core/mod.ts";
import type { DeployContext } from "../deployer.ts";
import type { EndpointPlan } from "./endpoint_plan.ts";

/**
 * The environment with what `${NAME}` stands for, and the Hub's token.
 *
 * @throws {UserError} for a variable that is not set
 */
export async function containerValues(
  { experiment, container }: EndpointPlan,
  { env, hubToken }: Pick<DeployContext, "env" | "hubToken">,
): Promise<Readonly<Record<string, string>>> {
  const values = Object.fromEntries(
    Object.entries(container.env).map(([name, value]) => [name, expanded(value, experiment, env)]),
  );
  const token = container.token_variables.length === 0 ? null : await hubToken();
  if (token === null) return values;
  return { ...values, ...Object.fromEntries(container.token_variables.map((name) => [name, token])) };
}

function expanded(value: string, experiment: string, env: DeployContext["env"]): string {
  return value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, variable: string) => {
    const found = env[variable];
    if (found !== undefined) return found;
    throw new UserError({
      action: "deploy to SageMaker",
      thing: experiment,
      found: `the environment has no ${variable}, which env refers to`,
      remedy: `Set ${variable}.`,
    });
  });
}
