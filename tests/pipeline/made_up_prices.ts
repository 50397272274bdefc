/** Prices that can be reckoned with in the head. */

import type { Prices } from "../../lib/core/mod.ts";

/** `api`: 1 for 1,000 prompt tokens, 2 for 1,000 answer tokens. `box`: so much an hour. */
export function pricesOf(box: number): Prices {
  return {
    meta: { region: null, currency: "USD", date: null, source: null },
    instance_based: { box },
    token_based: {
      api: {
        input_per_1k: 1,
        output_per_1k: 2,
        cache_read_per_1k: null,
        cache_write_per_1k: null,
        reasoning_per_1k: null,
      },
    },
    provisioned_based: {},
  };
}
