/** Experiments whose server is a process, for tests. */

import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import type { Experiment } from "../../../lib/deploy/mod.ts";
import { experiment, nothingSaid } from "../scene.ts";

const script = new URL("./fake_server.ts", import.meta.url).pathname;

/** A deployment that says nothing but its target. */
export function deployment(changes: Partial<DeploymentSpec> = {}): DeploymentSpec {
  return { ...nothingSaid, script: "local_process", ...changes };
}

/** An experiment with `process.command`. */
export function commanded(
  command: readonly string[],
  changes: Partial<DeploymentSpec> = {},
  rest: Partial<Experiment> = {},
): Experiment {
  const process = { command, cwd: null, health_path: "/health", base_path: null };
  return {
    ...experiment,
    name: "local",
    ep_name: "local",
    simulate: null,
    deployment: deployment({ process, ...changes }),
    ...rest,
  };
}

/** An experiment with a kind of server only. */
export function ofKind(
  type: string | null,
  container: Partial<DeploymentSpec["container"]> = {},
  rest: Partial<Experiment> = {},
): Experiment {
  const spec = deployment();
  return {
    ...commanded([], {}, rest),
    deployment: { ...spec, container: { ...spec.container, type, ...container } },
  };
}

export const copies = (model_copies: number | "max" | "auto") => ({
  container: { ...deployment().container, model_copies },
});

/** The command of the fake server, in some manner. */
export function fakeCommand(manner = "plain"): string[] {
  return [Deno.execPath(), "run", "-A", "--quiet", script, "{port}", manner];
}
