/** What the process of a user's module and its parent say to each other: JSON, one message a line. */

import type { Carried } from "../carrying.ts";
import type { Parameters, PredictorOptions, Prompt } from "../predictor.ts";

/** To the process, on its standard input; the end of the input means that the parent is gone: it ends. */
export type ToHost =
  | HostSettings
  | { readonly call: number; readonly prompt: Prompt; readonly parameters: Parameters }
  /** Nobody waits for this call any more. */
  | { readonly cancel: number };

/** The first message. API keys are not in it: they are in the environment. */
export interface HostSettings {
  readonly endpoint: PredictorOptions["endpoint"];
  /** Limit for one call. */
  readonly timeout_ms: number;
  /** What the process's messages are told by from what the module writes to the same output. */
  readonly mark: string;
}

/** From the process, on its standard output. */
export type FromHost =
  & { readonly mark: string }
  & (
    | { readonly ready: true }
    /** The module can't be used; nothing follows. */
    | { readonly failed: string }
    | { readonly done: number; readonly carried: Carried }
  );
