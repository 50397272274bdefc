/** What a remote worker gets by environment, and what it is made from. */

import { UserError } from "../core/mod.ts";

export interface RemoteVariables {
  /** `ws://10.0.0.5:41234`. */
  readonly controller: string;
  /** Known to controller and workers alone. */
  readonly secret: string;
  /** From 0. */
  readonly worker: number;
  /** A folder that this machine sees, too, or `s3://bucket/prefix`. */
  readonly storage: string;
}

/** What all copies get; which of them one is, its engine says. */
export function remoteEnvironment(
  { controller, secret, storage }: Omit<RemoteVariables, "worker">,
): Record<string, string> {
  return { FMBENCH_CONTROLLER: controller, FMBENCH_SECRET: secret, FMBENCH_STORAGE: storage };
}

/** Reads them. Throws UserError naming what is missing. */
export function remoteVariables(env: (name: string) => string | undefined): RemoteVariables {
  const given = (name: string) => {
    const value = env(name) ?? "";
    if (value !== "") return value;
    throw new UserError({
      action: "start as a worker of",
      thing: "a fleet",
      found: `${name} is not set`,
      expected:
        "FMBENCH_CONTROLLER, FMBENCH_SECRET, FMBENCH_STORAGE and FMBENCH_WORKER, as the controller's engine sets them",
    });
  };
  const worker = Number(given("FMBENCH_WORKER"));
  if (!Number.isInteger(worker) || worker < 0) {
    throw new UserError({
      action: "start as worker",
      thing: String(worker),
      found: "it is no index",
      expected: "0, 1, 2, ...",
    });
  }
  return {
    controller: given("FMBENCH_CONTROLLER"),
    secret: given("FMBENCH_SECRET"),
    worker,
    storage: given("FMBENCH_STORAGE"),
  };
}
