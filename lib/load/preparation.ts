/** Requests that are made ahead of their time, so that nothing but writing is left when it has come. */

import { setImmediate } from "node:timers";
import type { PlannedRequest } from "../core/mod.ts";

export interface PreparationOptions {
  readonly requests: readonly PlannedRequest[];
  /** Makes one. While it gives a promise, one is made after the other. */
  readonly prepare: (request: PlannedRequest) => void | Promise<unknown>;
  /** Index of the first request that is not sent yet. */
  readonly unsent: () => number;
  /** Whether it is time for the one at an index, and there is time. */
  readonly wanted: (index: number) => boolean;
}

/** Resolves when sockets have been served. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Preparation {
  readonly #options: PreparationOptions;
  #next = 0;
  #making = false;

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /** Makes what it is time for, each request once and in order; what was sent meanwhile is left out. */
  go(): void {
    const { requests, prepare, unsent, wanted } = this.#options;
    this.#next = Math.max(this.#next, unsent());
    while (!this.#making && this.#next < requests.length && wanted(this.#next)) {
      const making = prepare(requests[this.#next++]!);
      if (making instanceof Promise) this.#goOnAfter(making);
    }
  }

  /** Between two that take long, sockets are served and what is due is sent. */
  async #goOnAfter(making: Promise<unknown>): Promise<void> {
    this.#making = true;
    await making.catch(() => {});
    await nextTurn();
    this.#making = false;
    this.go();
  }
}
