/** `models/endpoints.json`: what the run talks to. Holds account details, so only its owner may read it. */

import { join } from "node:path";
import { type Endpoint, messageOf, UserError } from "../core/mod.ts";
import { writeAtomic } from "../storage/mod.ts";

function endpointsPath(run_dir: string): string {
  return join(run_dir, "models", "endpoints.json");
}

/** Writes the list in place of an earlier one. */
export function writeEndpoints(run_dir: string, endpoints: readonly Endpoint[]): Promise<void> {
  return writeAtomic(endpointsPath(run_dir), JSON.stringify(endpoints, null, 2) + "\n", { mode: 0o600 });
}

/** Reads the list. Throws UserError when it is missing or damaged. */
export async function readEndpoints(run_dir: string): Promise<Endpoint[]> {
  const path = endpointsPath(run_dir);
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(path));
    if (!Array.isArray(value)) throw new TypeError("it is not a list");
    return value as Endpoint[];
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    throw new UserError({
      action: "read the endpoints of the run",
      thing: path,
      found: missing ? "there is no such file" : messageOf(error),
      remedy: "Run 2_deploy_model first.",
    }, { cause: error });
  }
}
