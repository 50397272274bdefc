/** What the process of a deployment script and its parent say to each other: JSON, one message a line. */

import type { OwnDeployed, OwnExperiment, OwnResource } from "./own_script.ts";

/** What the process is started for. */
export interface ScriptTask {
  /** What the process's messages are told by from what the module writes to the same output. */
  readonly mark: string;
  /** Absolute path. */
  readonly module: string;
  readonly run_id: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly call:
    | {
      readonly deploy: OwnExperiment;
      readonly config_dir: string;
      readonly run_dir: string;
    }
    | { readonly remove: OwnResource };
}

/** To the process, on its standard input; the end of the input means that the parent is gone. */
export type ToScript =
  | ScriptTask
  /** Answers a question. */
  | { readonly reply: number; readonly value: string | null }
  | { readonly abort: string };

/** From the process, on its standard output. */
export type FromScript =
  & { readonly mark: string }
  & (
    | { readonly log: string }
    | { readonly ask: number; readonly hub_token: true }
    | { readonly ask: number; readonly created: OwnResource }
    | { readonly deployed: OwnDeployed | null }
    | { readonly removal: "removed" | "already gone" }
    | { readonly failed: string }
  );
