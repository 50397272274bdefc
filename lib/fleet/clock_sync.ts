/** What a worker's clock says when the controller's says something else: by round trips, as NTP does it (RFC 5905, section 8). */

/** One question and its answer; each side's own monotonic milliseconds. */
export interface RoundTrip {
  /** Controller: asked. */
  readonly asked_ms: number;
  /** Worker: heard the question. */
  readonly heard_ms: number;
  /** Worker: answered it. */
  readonly answered_ms: number;
  /** Controller: heard the answer. */
  readonly returned_ms: number;
}

/** Worker's clock minus controller's. */
export interface ClockOffset {
  readonly offset_ms: number;
  /** The offset is right to within this: half of the shortest way there and back. */
  readonly error_ms: number;
  /** Controller: when that round trip began. */
  readonly at_ms: number;
}

/**
 * The offset by the quickest of several round trips: the least of its time was spent waiting, and whatever part of its way is longer
 * there than back, the offset errs by half of it at most.
 *
 * @throws {RangeError} without a round trip
 */
export function offsetOf(trips: readonly RoundTrip[]): ClockOffset {
  const way = ({ asked_ms, heard_ms, answered_ms, returned_ms }: RoundTrip) =>
    (returned_ms - asked_ms) - (answered_ms - heard_ms);
  const [first, ...rest] = trips;
  if (first === undefined) throw new RangeError("Cannot tell the offset of a clock: expected a round trip");
  const best = rest.reduce((best, trip) => way(trip) < way(best) ? trip : best, first);
  return {
    offset_ms: (best.heard_ms - best.asked_ms + best.answered_ms - best.returned_ms) / 2,
    error_ms: Math.max(0, way(best) / 2),
    at_ms: best.asked_ms,
  };
}

/** How far a worker's stamps may be off the controller's clock: the drift between two measurements, and how far either is known. */
export function skewBetween(before: ClockOffset, after: ClockOffset): number {
  return Math.abs(after.offset_ms - before.offset_ms) + Math.max(before.error_ms, after.error_ms);
}
