/** How many processes share a load. */

/** A worker carries this many streams with ease; more of them on this machine would only take its cores from each other. */
const STREAMS_A_WORKER = 500;

/** `auto` = as many workers as the highest concurrency needs, one a core at most. */
export function workerCount(wanted: number | "auto", streams: number): number {
  if (wanted !== "auto") return wanted;
  return Math.min(navigator.hardwareConcurrency, Math.ceil(streams / STREAMS_A_WORKER));
}
