import assert from "node:assert/strict";
import type { StudyGap } from "../../../lib/core/mod.ts";
import { GapLog, readGaps } from "../../../lib/pipeline/steps/gap_log.ts";
import { inProject, start } from "../made_up_project.ts";

const gap = (detail: string): StudyGap => ({
  kind: "network",
  from_at: "2026-01-01T00:00:00.000Z",
  until_at: "2026-01-01T00:10:00.000Z",
  ms: 600_000,
  detail,
});

Deno.test("gaps are kept over several starts of the load, also where the last line was cut off", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    assert.deepEqual(await readGaps(run), []);
    const first = await GapLog.open(run);
    await first.keep(gap("one"));
    await first.close();
    await Deno.writeTextFile(run.paths.gaps, '{"kind":"netw', { append: true });
    assert.deepEqual(await readGaps(run), [gap("one")]);
    const second = await GapLog.open(run);
    await second.keep(gap("two"));
    await second.close();
    assert.deepEqual(await readGaps(run), [gap("one"), gap("two")]);
  });
});
