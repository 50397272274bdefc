/** How the runner tells a notebook what to work on: environment variables, since a kernel takes no arguments. */

import { join } from "node:path";
import type { LoadOptions } from "../config/mod.ts";
import { UserError } from "../core/mod.ts";
import { projectRoot } from "./project.ts";

/** Where runs lie unless `--results-dir` says otherwise; the same folder for notebooks opened by hand. */
export const RESULTS_DIR: string = Deno.env.get("FMBENCH_RESULTS_DIR") ?? join(projectRoot, "results");

/** What a headless step is told. */
export interface StepEnvironment {
  /** Path of the config. */
  readonly config: string;
  /** Path of the run directory. */
  readonly run: string;
  /** `-A`, `--set` and the like. */
  readonly load: LoadOptions;
}

/** The variables for a notebook's kernel. */
export function toEnvironment({ config, run, load }: StepEnvironment): Record<string, string> {
  return { FMBENCH_CONFIG: config, FMBENCH_RUN: run, FMBENCH_OPTIONS: JSON.stringify(load) };
}

/** What the variables of this process say. */
export function optionsFromEnvironment(): StepEnvironment {
  const config = Deno.env.get("FMBENCH_CONFIG");
  const run = Deno.env.get("FMBENCH_RUN");
  if (!config || !run) {
    throw new UserError({
      action: "open the step",
      thing: "FMBENCH_RUN",
      found: "FMBENCH_CONFIG and FMBENCH_RUN are not both set",
      expected: "both, as the runner sets them",
      remedy: "Unset FMBENCH_RUN to work by hand.",
    });
  }
  return { config, run, load: JSON.parse(Deno.env.get("FMBENCH_OPTIONS") ?? "{}") as LoadOptions };
}
