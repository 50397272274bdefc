/** Memory that is held outside of what the garbage collector counts: Polars' frames, and arrays of numbers by the hundred megabytes. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Rows that may pass through frames before what those held is given back. */
const rowsBetween = 150_000;

let passed = 0;
let collect: (() => void) | null = null;

/**
 * Has what Polars held for frames given back, once nothing refers to them any more and enough rows have passed. To the collector a frame
 * is a few bytes, so that it would let gigabytes pile up: it has to be told. Frames go between two turns of the event loop.
 *
 * @param rows how many have passed through frames since the last call
 */
export async function letGo(rows: number): Promise<void> {
  passed += rows;
  if (passed < rowsBetween) return;
  passed = 0;
  letGoNow();
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Has arrays given back at once that nothing refers to any more. */
export function letGoNow(): void {
  collect ??= collector();
  collect();
}

/** The collector is not in reach of a program unless V8 is asked for it. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
