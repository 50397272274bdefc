import assert from "node:assert/strict";
import type { UseHeader, UseReading } from "../../lib/core/mod.ts";
import { openUseJournal, readUtilisation } from "../../lib/observe/use_journal.ts";

const header = (segment: string, origin_mono_ns: string): UseHeader => ({
  ...{ schema: "fmbench.utilisation/1", segment, origin_mono_ns },
  ...{ origin_at: `2026-01-01T00:00:0${segment.slice(1)}.000Z`, interval_s: 5, cores: 2, memory_bytes: 1 },
});

const reading: UseReading = {
  ...{ at: "2026-01-01T00:00:01.000Z", mono_ms: 0, source: "machine", experiment_name: null, copy: null },
  ...{ metric: "memory_used", unit: "bytes", value: 7 },
};

async function inRun(work: (run_dir: string) => Promise<void>): Promise<void> {
  const run_dir = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    await Deno.mkdir(`${run_dir}/requests`);
    await work(run_dir);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

Deno.test("readings come back with what their clock lacks to that of the requests", async () => {
  await inRun(async (run_dir) => {
    const requests =
      '{"schema":"fmbench.journal/1","segment":"s1","origin_mono_ns":"1795372699000000000"}\n{"x":1}\n';
    await Deno.writeTextFile(`${run_dir}/requests/s1-w0.jsonl`, requests);
    const writer = await openUseJournal(run_dir, header("s1", "1795372698750000000"));
    writer.append([reading, reading]);
    assert.equal(await writer.close(), null);
    const [journal, ...others] = await readUtilisation(run_dir);
    assert.deepEqual(others, []);
    assert.deepEqual(journal!.readings, [reading, reading]);
    // Ours began a quarter of a second before theirs.
    assert.equal(journal!.to_requests_ms, -250);
  });
});

Deno.test("a torn last line is left out, a segment without requests has no place in time, segments are in order", async () => {
  await inRun(async (run_dir) => {
    for (const segment of ["s2", "s1"]) {
      const writer = await openUseJournal(run_dir, header(segment, "1"));
      writer.append([reading, reading]);
      await writer.close();
    }
    await Deno.writeTextFile(`${run_dir}/utilisation/s2.jsonl`, '{"at":"20', { append: true });
    const journals = await readUtilisation(run_dir);
    assert.deepEqual(journals.map(({ header: { segment } }) => segment), ["s1", "s2"]);
    assert.deepEqual(journals.map(({ to_requests_ms }) => to_requests_ms), [null, null]);
    assert.equal(journals[1]!.readings.length, 2);
  });
});

Deno.test("a run without has none", async () => {
  await inRun(async (run_dir) => assert.deepEqual(await readUtilisation(run_dir), []));
});
