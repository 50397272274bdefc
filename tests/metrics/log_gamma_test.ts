import assert from "node:assert/strict";
import { logGamma } from "../../lib/metrics/log_gamma.ts";

Deno.test("the logarithm of the gamma function is that of factorials, and of the root of pi at one half", () => {
  const near = (x: number, expected: number) =>
    assert.ok(
      Math.abs(logGamma(x) - expected) < 1e-10 * Math.max(1, Math.abs(expected)),
      `${x}: ${logGamma(x)}`,
    );
  near(1, 0);
  near(2, 0);
  near(5, Math.log(24));
  near(11, Math.log(3_628_800));
  near(0.5, Math.log(Math.PI) / 2);
  near(1e-9, Math.log(1e9));
  // 99! = 9.332621544394415e155
  near(100, Math.log(9.332621544394415) + 155 * Math.LN10);
});
