import assert from "node:assert/strict";
import { openRequests, pl } from "../../lib/analyze/mod.ts";
import { inRun, journal, record } from "./generated_run.ts";

Deno.test("a frame of requests can be filtered, sorted by date and exploded", async () => {
  const records = [
    record({ itl_us: [1000, 3000], sent_at: "2026-01-01T00:00:01.500Z" }),
    record({ itl_us: null, phase: "warmup" }),
    record({ itl_us: [2000], sent_at: "2026-01-01T00:00:00.250Z" }),
  ];
  await inRun({ "1-1.jsonl": journal(records) }, async (run_dir) => {
    const measured = (await openRequests(run_dir)).filter(pl.col("phase").eq(pl.lit("measure")));
    assert.deepEqual(measured.select("itl_us").explode("itl_us").getColumn("itl_us").toArray(), [
      1000,
      3000,
      2000,
    ]);
    const dates = measured.select(pl.col("sent_at").str.strptime(pl.Datetime("ms"), "%+")).sort("sent_at");
    assert.deepEqual(dates.getColumn("sent_at").toArray(), [
      new Date("2026-01-01T00:00:00.250Z"),
      new Date("2026-01-01T00:00:01.500Z"),
    ]);
  });
});
