import { equal } from "node:assert/strict";
import { busiestSecond, peakRate } from "../../lib/load/mod.ts";

Deno.test("the busiest second is the best place of a window that ends before a second has gone by", () => {
  equal(busiestSecond([]), 0);
  // From 999 on: 999, 1000, 1500, 1998; at 1999 a second has gone by. From 1000: 1000, 1500, 1998, 1999.
  equal(busiestSecond([0, 999, 1000, 1500, 1998, 1999]), 4);
});

Deno.test("the peak of a level is its highest rate, of a trace its busiest second, and none in closed loop", () => {
  equal(peakRate({ arrival: "closed" }), null);
  equal(peakRate({ arrival: "poisson", rates_rps: [7] }), 7);
  equal(peakRate({ arrival: "ramp", rates_rps: [1, 20, 5] }), 20);
  const at = (at_ms: number) => ({ at_ms, prompt_tokens: null, completion_tokens: null });
  equal(peakRate({ arrival: "trace", trace: [0, 100, 5000, 5001, 5002].map(at) }), 3);
});
