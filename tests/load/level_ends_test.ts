import assert from "node:assert/strict";
import type { LevelEnd } from "../../lib/core/mod.ts";
import { appendLevelEnds, isSpared, readLevelEnds } from "../../lib/load/mod.ts";

Deno.test("ends are kept over the segments of a run; the last word on a level counts", async () => {
  const run_dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${run_dir}/shards`);
    assert.deepEqual(await readLevelEnds(run_dir), new Map());
    await appendLevelEnds(run_dir, "s1", [[0, "duration"], [1, "error_rate"]]);
    await appendLevelEnds(run_dir, "s2", [[1, "requests"]]);
    assert.deepEqual(
      await readLevelEnds(run_dir),
      new Map<number, LevelEnd>([[0, "duration"], [1, "requests"]]),
    );
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});

Deno.test("what is unsent is spared when enough is known, or when it was only to keep up the load", () => {
  const spared = (end: LevelEnd | null, phase: "measure" | "drain") =>
    isSpared({ level: 3, phase }, new Map(end === null ? [] : [[3, end]]));
  assert.deepEqual(
    ([null, "requests", "duration", "ci_width", "error_rate"] as const).map((end) => [
      spared(end, "measure"),
      spared(end, "drain"),
    ]),
    [[false, false], [false, true], [true, true], [true, true], [false, false]],
  );
});
