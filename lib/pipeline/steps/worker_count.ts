/** How many processes share a load. */

/** A worker carries this many streams with ease; more of them on this machine would only take its cores from each other. */
const STREAMS_A_WORKER = 500;
/** And so many arrivals a second. */
const ARRIVALS_A_WORKER = 1000;

/** The highest loads of a plan: requests in flight and arrivals a second; null = there is none of that kind. */
export interface HighestLoad {
  readonly streams: number | null;
  readonly rate_rps: number | null;
}

/** The highest of the numbers; null when there is none. */
export function highest(loads: readonly (number | null)[]): number | null {
  return loads.reduce((most, load) => load === null ? most : Math.max(most ?? load, load), null);
}

/** `auto` = as many workers as the highest load needs, one a core at most. */
export function workerCount(wanted: number | "auto", { streams, rate_rps }: HighestLoad): number {
  if (wanted !== "auto") return wanted;
  const needed = Math.max(
    1,
    Math.ceil((streams ?? 0) / STREAMS_A_WORKER),
    Math.ceil((rate_rps ?? 0) / ARRIVALS_A_WORKER),
  );
  return Math.min(navigator.hardwareConcurrency, needed);
}
