import assert from "node:assert/strict";
import { buildParquet, pl, runFigures, timeline } from "../../lib/analyze/mod.ts";
import { eachCell } from "../../lib/analyze/attempts.ts";
import { inferenceTable } from "../../lib/analyze/inference_table.ts";
import { seededRandom } from "../../lib/core/mod.ts";
import { percentiles } from "../../lib/metrics/mod.ts";
import { budgets, endpoint, failure, inRun, journal, prices, record } from "./generated_run.ts";

/** Two workers that share three levels, with retries, a level that is taken up again, copies and gaps; some 600 attempts. */
function journals() {
  const random = seededRandom(1, "pieces");
  const of = (segment: string, worker: string, day: number) =>
    [1, 2, 8].flatMap((concurrency) =>
      Array.from({ length: 50 }, (_, i) => {
        const sent_ms = concurrency * 10_000 + i * 100 + random.next();
        const shared = {
          ...{ request_id: `${concurrency} ${worker} ${i}`, concurrency, segment, worker, replica: i % 2 },
          ...{ sent_ms, ended_ms: sent_ms + 80, phase: i < 3 ? "warmup" : "measure" },
          sent_at: new Date(Date.UTC(2026, 0, day) + sent_ms).toISOString(),
        };
        const good = record({
          ...shared,
          response_ms: 50 + random.below(500),
          ttft_ms: random.below(90),
          itl_us: Array.from({ length: i % 4 }, () => random.below(200_000)),
          connect_ms: i % 5 === 0 ? random.next() : null,
        });
        if (i % 10 === 7) return [failure(shared), { ...good, attempt: 2, sent_ms: sent_ms + 50 }];
        return [i % 17 === 5 ? failure({ ...shared, error_kind: "timeout" }) : good];
      }).flat()
    );
  return {
    "1-1.jsonl": journal(of("1", "w1", 1), "1", "w1"),
    "1-2.jsonl": journal(of("1", "w2", 1), "1", "w2"),
    // Sent again in a later segment: the requests of the first worker are judged by these.
    "2-1.jsonl": journal(of("2", "w1", 2), "2", "w1"),
  };
}

const options = { endpoints: [endpoint], prices, budgets, objectives: { ttft_ms: 50 } };

Deno.test("figures are the same from one file and from many, and whatever a table is gone through in", async () => {
  await inRun(journals(), async (run_dir) => {
    const whole = pl.scanParquet(await buildParquet(run_dir));
    const expected = { ...await runFigures(whole, options), timeline: await timeline(whole) };
    assert.equal(expected.cells.length, 3);
    assert.ok(expected.superseded.length > 100);
    assert.ok(expected.failures.length > 0 && expected.copies.length === 6);
    const counted = expected.cells.map(({ requests }) => requests);
    assert.deepEqual(counted, [94, 94, 94]); // of 100 of a level, 6 warm up

    const rows = async (table: typeof whole, superseded?: Uint32Array) =>
      (await inferenceTable(table, [endpoint], superseded)).flatMap((part) => part.collectSync().toRecords());
    const listed = await rows(whole, expected.superseded);
    assert.equal(listed.length, 3 * 94);
    assert.deepEqual(await rows(whole), listed);

    const many = pl.scanParquet(await buildParquet(run_dir, 20_000));
    for (const piece of [7, 100, 1000]) {
      const found = { ...await runFigures(many, options, { piece }), timeline: await timeline(many) };
      assert.deepEqual(found, expected, `pieces of ${piece} rows`);
    }
    assert.deepEqual(await rows(many, expected.superseded), listed);
  });
});

Deno.test("percentiles of gaps that are counted where they lie are those of the gaps", async () => {
  await inRun(journals(), async (run_dir) => {
    const table = pl.scanParquet(await buildParquet(run_dir));
    for (const { gaps } of eachCell(table, { piece: 20 })) {
      const values = gaps.values();
      assert.ok(values.length > 100);
      assert.deepEqual(gaps.percentiles(), percentiles(values));
      const ascending = values.toSorted();
      assert.deepEqual(Array.from(ascending, (_, rank) => gaps.at(rank)), [...ascending]);
    }
  });
});
