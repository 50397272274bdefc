/** What a step works with, whether it runs headless or by hand. */

import type { Config, LoadedConfig } from "../config/mod.ts";
import { Interrupted, type ProgressEvent } from "../core/mod.ts";
import type { LogLevel, Run } from "../run/mod.ts";

/** An open step. Notebooks get it as `step`; every function of a step takes it first. */
export interface StepContext {
  /** File name of the notebook without `.ipynb`. */
  readonly name: string;
  readonly config: Config;
  /** The config with where it came from and what was noticed while reading it. */
  readonly loaded: LoadedConfig;
  readonly run: Run;
  /** Aborted when the user stops the step. */
  readonly signal: AbortSignal;
  /** Writes a line to `run.log`. */
  log(level: LogLevel, text: string): void;
  /** Tells terminal and notebook how far the step is. */
  progress(event: Omit<ProgressEvent, "at" | "step">): void;
  /** Notes the seconds spent on sending load, so that the run can tell its own overhead. */
  loadTime(seconds: number): void;
  /** Marks the step as failed, or as interrupted when the user stopped it. */
  fail(error: unknown): Promise<void>;
}

/**
 * Does a part of a step; when it fails, the manifest says so before the cell does.
 *
 * @throws {Interrupted} at once if the user has stopped the step
 */
export async function attempt<T>(step: StepContext, work: () => Promise<T>): Promise<T> {
  // Reading the run first lets a step that is not open refuse before anything is done.
  step.run;
  try {
    if (step.signal.aborted) {
      throw new Interrupted("This step was stopped. Run its notebook again from the first code cell.");
    }
    return await work();
  } catch (error) {
    await step.fail(error);
    throw error;
  }
}

/** Reports progress of something counted, without rate or time left. */
export function count(step: StepContext, label: string, done: number, total: number): void {
  step.progress({ label, done, total, errors: 0, rate_per_s: null, eta_s: null });
}
