/** How the arrival rate of a level changes over time. */

/** A rate over a stretch of time, through the number of arrivals expected since its start. */
export interface RateProfile {
  /** Arrivals expected in the first `ms` milliseconds. */
  expected(ms: number): number;
  /** When so many arrivals are expected, in milliseconds; past the stretch the rate stays at its last value. */
  when(arrivals: number): number;
}

/** A piece on which the rate goes in a straight line from `from` to `to` per second. */
interface Piece {
  readonly length_ms: number;
  readonly from: number;
  readonly to: number;
}

/** The same rate all the time. */
export function flat(rate_rps: number): RateProfile {
  return profile([], rate_rps);
}

/** Each rate for an equal part of the stretch, one after the other. */
export function steps(rates_rps: readonly number[], length_ms: number): RateProfile {
  const pieces = rates_rps.map((rate) => ({ length_ms: length_ms / rates_rps.length, from: rate, to: rate }));
  return profile(pieces, rates_rps.at(-1)!);
}

/** From each rate in a straight line to the next, in equal parts of the stretch. Takes at least two rates. */
export function ramp(rates_rps: readonly number[], length_ms: number): RateProfile {
  const parts = rates_rps.length - 1;
  const pieces = rates_rps.slice(1).map((to, i) => ({
    length_ms: length_ms / parts,
    from: rates_rps[i]!,
    to,
  }));
  return profile(pieces, rates_rps.at(-1)!);
}

function profile(pieces: readonly Piece[], last_rps: number): RateProfile {
  return {
    expected(ms) {
      let left = ms;
      let arrivals = 0;
      for (const piece of pieces) {
        const inside = Math.min(left, piece.length_ms);
        arrivals += within(piece, inside);
        left -= inside;
        if (left <= 0) return arrivals;
      }
      return arrivals + left / 1000 * last_rps;
    },
    when(arrivals) {
      let left = arrivals;
      let start_ms = 0;
      for (const piece of pieces) {
        const all = within(piece, piece.length_ms);
        if (left <= all) return start_ms + inverse(piece, left);
        left -= all;
        start_ms += piece.length_ms;
      }
      return start_ms + left / last_rps * 1000;
    },
  };
}

/** Arrivals in the first `ms` of a piece: the area under its line. */
function within({ length_ms, from, to }: Piece, ms: number): number {
  return (from + (to - from) * ms / length_ms / 2) * ms / 1000;
}

/** The root of `within` in [0, length], in the form that loses no digits when the slope is small. */
function inverse({ length_ms, from, to }: Piece, arrivals: number): number {
  const slope = (to - from) / length_ms;
  return 2 * arrivals * 1000 / (from + Math.sqrt(from * from + 2 * slope * arrivals * 1000));
}
