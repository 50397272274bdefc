/** The load of a cell: requests in flight in closed loop, arrivals per second in open loop. */

type Loaded = { readonly concurrency: number | null; readonly request_rate_rps: number | null };

/** As a number, whichever it is: for order and axes. */
export function loadOf({ concurrency, request_rate_rps }: Loaded): number {
  return concurrency ?? request_rate_rps ?? 0;
}

/** For a column of a table: `4`, or `2.5/s`. */
export function showLoad({ concurrency, request_rate_rps }: Loaded): string {
  return concurrency === null ? `${request_rate_rps}/s` : String(concurrency);
}

/** Within a sentence: `concurrency 4`, or `2.5 arrivals/s`. */
export function describeLoad({ concurrency, request_rate_rps }: Loaded): string {
  return concurrency === null ? `${request_rate_rps} arrivals/s` : `concurrency ${concurrency}`;
}

/** Heading of a column with `showLoad`. */
export function loadHeading(cells: readonly Loaded[]): string {
  return cells.some(({ concurrency }) => concurrency === null) ? "Load" : "In flight";
}
