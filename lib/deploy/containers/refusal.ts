/** What can't be run in containers, in the one form that such messages have. */

import { UserError } from "../../core/mod.ts";
import type { Experiment } from "../deployer.ts";

/** @param remedy which key to change, and the value to write */
export function refusal({ name }: Pick<Experiment, "name">, found: string, remedy: string): UserError {
  return new UserError({ action: "run containers for", thing: name, found, remedy });
}
