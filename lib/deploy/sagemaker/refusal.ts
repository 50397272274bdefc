/** What can't be deployed, and what to write in place of it. */

import { UserError } from "../../core/mod.ts";

export function refusal(experiment: string, found: string, expected: string, remedy?: string): UserError {
  return new UserError({
    action: "deploy to SageMaker",
    thing: experiment,
    found,
    expected,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
