/** An endpoint that is asked through a user's module, from a process whose keys and files are none of the module's business. */

import { UserError } from "../../core/mod.ts";
import { type Carried, neverCarried } from "../carrying.ts";
import type { Parameters, Prompt } from "../predictor.ts";
import { usualCap } from "../rest/rest_template.ts";
import { capOf } from "../token_cap.ts";
import { ModuleProcess, type ModuleProcessOptions } from "./module_process.ts";

/** It takes calls until it is closed. */
export interface HostedModule {
  /** Never rejects for what happens to the call. Answers are not streamed. */
  call(prompt: Prompt, parameters: Parameters, signal: AbortSignal): Promise<Carried>;
  maxTokens(parameters: Parameters): number | null;
  /** Ends its process. */
  close(): Promise<void>;
}

/**
 * Runs a user's module in a process of its own, with the rights that it has where load is sent. A process that ended, by itself or
 * because it never gave way, is followed by another one; from then on calls are made one at a time, so that one which ends the
 * process costs no other its answer.
 *
 * @throws {UserError} if the module can't be used
 */
export async function hostModule(options: ModuleProcessOptions): Promise<HostedModule> {
  const hosted = new Hosted(options, await ModuleProcess.start(options));
  return {
    call: (prompt, parameters, signal) => hosted.call(prompt, parameters, signal),
    maxTokens: (parameters) => capOf(parameters, usualCap),
    close: () => hosted.close(),
  };
}

class Hosted {
  readonly #options: ModuleProcessOptions;
  #process: ModuleProcess;
  #fragile = false;
  #closed = false;
  /** The end of the call that was made last. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ModuleProcessOptions, process: ModuleProcess) {
    this.#options = options;
    this.#process = process;
  }

  call(prompt: Prompt, parameters: Parameters, signal: AbortSignal): Promise<Carried> {
    this.#fragile ||= this.#process.ended;
    const make = () => this.#made(prompt, parameters, signal);
    const call = this.#fragile ? this.#turn.then(make) : make();
    if (this.#fragile) this.#turn = call;
    return call;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#process.close();
  }

  async #made(prompt: Prompt, parameters: Parameters, signal: AbortSignal): Promise<Carried> {
    try {
      signal.throwIfAborted();
      if (this.#process.ended && !this.#closed) {
        this.#process = await ModuleProcess.start({ ...this.#options, signal });
        if (this.#closed) await this.#process.close();
      }
    } catch (error) {
      const message = error instanceof UserError ? error.message : "cancelled";
      const kind = signal.aborted ? "cancelled" : "validation";
      return neverCarried({ kind, message }, performance.now());
    }
    return await this.#process.call(prompt, parameters, signal);
  }
}
