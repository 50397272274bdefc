/** What became of the requests of a level so far. */

import type { Attempt } from "./attempt.ts";

/** Requests by their last attempts. */
export class Tally {
  done = 0;
  errors = 0;
  cancelled = 0;
  /** Sum of the service times of what is done. */
  service_ms = 0;

  take({ status, service_ms }: Pick<Attempt, "status" | "service_ms">): void {
    this.done++;
    this.service_ms += service_ms ?? 0;
    if (status === "error") this.errors++;
    if (status === "cancelled") this.cancelled++;
  }

  /** A request that was counted as failed has been made again. */
  retake({ status, service_ms }: Pick<Attempt, "status" | "service_ms">): void {
    this.service_ms += service_ms ?? 0;
    if (status === "ok") this.errors--;
  }

  counts(): { done: number; errors: number; cancelled: number; service_ms: number } {
    const { done, errors, cancelled, service_ms } = this;
    return { done, errors, cancelled, service_ms };
  }
}
