/** The open step of this notebook. */

import type { StepContext } from "../pipeline/mod.ts";
import { UserError } from "../core/mod.ts";

/** A step as a notebook holds it. */
export interface NotebookStep extends StepContext {
  /** Marks the step as finished in the manifest. The last cell of every step's notebook calls it. */
  finish(): Promise<void>;
  /** Gives back the run's lock; the step keeps its state. */
  close(): Promise<void>;
}

let open: NotebookStep | null = null;

/** Makes a step the open one, or none. */
export function setOpenStep(next: NotebookStep | null): void {
  open = next;
}

/** The open step, or null. */
export function openedStep(): NotebookStep | null {
  return open;
}

/**
 * The open step. As long as no step is open every use of it refuses with one clear message: Run All goes on after a
 * failed cell, and the cells below must not work on nothing.
 */
export const step: NotebookStep = new Proxy({} as NotebookStep, {
  get(_, key) {
    if (open === null) {
      throw new UserError(
        "This step is not open: its first code cell has not run or has failed. Read the message there, then run that cell again.",
      );
    }
    const value = Reflect.get(open, key);
    return typeof value === "function" ? value.bind(open) : value;
  },
});
