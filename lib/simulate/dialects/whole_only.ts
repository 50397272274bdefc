/** Answers that come in one piece only. */

import type { Moment, Whole, Wording } from "../dialect.ts";

const nothing = () => [];

/** The wording of an answer that is never streamed. */
export function wholeOnly(whole: (moment: Moment) => Whole): Wording {
  return {
    ...{ opening: nothing, token: nothing, tail: nothing, around: () => null, empty: () => null },
    error: () => ({ data: "" }),
    whole,
  };
}
