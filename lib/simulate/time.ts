/** The time line of the embedded endpoint and its log. */

/**
 * Milliseconds with a fraction, monotonic within a process, counted from the Unix epoch as it was read when the process
 * started; so that times of several processes and threads of one machine can be compared.
 */
export function now(): number {
  return origin + performance.now();
}

const origin = performance.timeOrigin;
