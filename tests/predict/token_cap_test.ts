import assert from "node:assert/strict";
import { type CapNames, capOf, withCap, withOwnCap } from "../../lib/predict/token_cap.ts";

const names: CapNames = { own: ["max_tokens", "max_completion_tokens"], foreign: ["max_new_tokens"] };

Deno.test("a foreign name becomes the protocol's own, and never beside one that is there already", () => {
  assert.deepEqual(withOwnCap({ max_new_tokens: 5, top_p: 1 }, names), { max_tokens: 5, top_p: 1 });
  assert.deepEqual(withOwnCap({ max_new_tokens: 5, max_completion_tokens: 7 }, names), {
    max_completion_tokens: 7,
  });
  assert.deepEqual(withOwnCap({ top_p: 1 }, names), { top_p: 1 });
  assert.equal(capOf({ max_new_tokens: 5 }, names), 5);
  assert.equal(capOf({ top_p: 1 }, names), null);
});

Deno.test("another cap takes the place of the configured one under its own name", () => {
  assert.deepEqual(withCap({ max_completion_tokens: 500, top_p: 1 }, 9), {
    max_completion_tokens: 9,
    top_p: 1,
  });
  assert.deepEqual(withCap({ n_predict: 500 }, 9), { n_predict: 9 });
  assert.deepEqual(withCap({ max_tokens: 1, max_new_tokens: 2 }, 9), { max_tokens: 9, max_new_tokens: 9 });
  assert.deepEqual(withCap({ top_p: 1 }, 9), { top_p: 1, max_new_tokens: 9 });
});
