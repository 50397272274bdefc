/** What a deployment is going to do: for `--dry-run`, and nothing that it does can be missing in it. */

import type { Billing } from "./deployer.ts";

/** One thing that is done. */
export interface PlannedAction {
  /**
   * `call` of a service, `command` that is run (as an array of arguments, shown quoted), `file` that is written, `upload`, `wait` for
   * something, or a `note`.
   */
  readonly kind: "call" | "command" | "file" | "upload" | "wait" | "note";
  /** `sagemaker:CreateEndpoint fmbench-x-1a2b3c`, `docker run ...`, `serving.properties`. Never a secret. */
  readonly what: string;
  /** Content of the file, parameters of the call as indented JSON or YAML. Never a secret. */
  readonly detail?: string;
}

export interface DeploymentPlan {
  readonly experiment_name: string;
  /** For people: `SageMaker endpoint by DJL Serving`. */
  readonly target: string;
  readonly actions: readonly PlannedAction[];
  /** What step 6 does. */
  readonly removal: readonly PlannedAction[];
  /** Empty where nothing is created. */
  readonly tags: Readonly<Record<string, string>>;
  /** null: nothing is paid by the hour. */
  readonly billing: Billing | null;
  /** What must be there: `AWS credentials`, `docker or podman`, `a Hugging Face token (HF_TOKEN)`. */
  readonly needs: readonly string[];
}
