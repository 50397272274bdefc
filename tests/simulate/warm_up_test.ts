import assert from "node:assert/strict";
import { warmUp } from "../../lib/simulate/warm_up.ts";

Deno.test("a warm-up ends, soon, and leaves nothing open", async () => {
  const start = performance.now();
  await warmUp();
  assert.ok(performance.now() - start < 10_000);
});

Deno.test({
  name: "without the permission to connect there is none",
  permissions: { net: false },
  fn: () => warmUp(),
});
