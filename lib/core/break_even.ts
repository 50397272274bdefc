/** From which traffic on instances cost less than an API that is paid by the token: rows that the report shows. */

import type { CellSummary } from "./summary.ts";

/**
 * `never`: even fully used an instance costs more for each request. `always`: an instance costs nothing, the API something.
 * `from`: from some traffic on.
 */
export type BreakEvenPoint =
  | { readonly when: "never" | "always" }
  | {
    readonly when: "from";
    /** Requests a minute above which the first instance is cheaper, as long as one carries them. */
    readonly first_per_minute: number;
    /** How much of its capacity is used there. */
    readonly first_utilisation: number;
    /** Requests a minute above which instances stay cheaper, although every further one starts nearly unused. */
    readonly for_good_per_minute: number;
    /** How many instances that takes. */
    readonly for_good_replicas: number;
  };

export interface BreakEven {
  readonly payload_file: string;
  /** What is paid by the hour, at the load at which a transaction costs least. */
  readonly instance: CellSummary;
  /** What is paid by the token. */
  readonly api: CellSummary;
  readonly point: BreakEvenPoint;
  /** Whether the interval of the instance's throughput leaves `never` what it is, or what is not `never`. */
  readonly sure: boolean;
}
