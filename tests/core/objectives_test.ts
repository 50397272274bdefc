import assert from "node:assert/strict";
import { serviceLevelNames, serviceLevels } from "../../lib/core/mod.ts";

Deno.test("the presets are MLPerf's limits for 99 % of the requests", () => {
  const { objectives, share } = serviceLevels["mlperf-llama3.1-405b-interactive"];
  assert.deepEqual([objectives.ttft_ms, objectives.tpot_ms, share], [4500, 80, 0.99]);
  for (const name of serviceLevelNames) {
    const interactive = serviceLevels[`${name}-interactive` as keyof typeof serviceLevels];
    if (interactive === undefined) continue;
    assert.ok(interactive.objectives.ttft_ms! < serviceLevels[name].objectives.ttft_ms!, name);
    assert.ok(interactive.objectives.tpot_ms! < serviceLevels[name].objectives.tpot_ms!, name);
  }
});
