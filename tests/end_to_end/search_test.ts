/** A search for the highest load: one run that prepares, a run a trial, and nothing left behind. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readEndpoints } from "../../lib/deploy/mod.ts";
import { loadConfigFrom, searchLoad, type SearchOutcome } from "../../lib/pipeline/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { quietDisplay } from "../../lib/pipeline/run_display.ts";
import { readManifest } from "../../lib/run/mod.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");

Deno.test("three trials double the rate, each in a run of its own; the endpoint is gone afterwards", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const load = { sets: ["report.latency_budget=30"] };
    const seen: number[] = [];
    const { trials, prepared_by, ...outcome } = await searchLoad({
      loaded: await loadConfigFrom(config, load),
      load,
      ...{ from_rps: 3, to_rps: 60, trial_seconds: 2, trials: 3, resultsDir: results },
      ...{ display: quietDisplay, silenceSeconds: 300, signal: new AbortController().signal },
      onTrial: ({ rate_rps }) => seen.push(rate_rps),
    });
    assert.deepEqual(trials.map(({ rate_rps }) => rate_rps), [3, 6, 12]);
    assert.deepEqual(seen, [3, 6, 12]);
    assert.deepEqual(outcome.service_level, { objectives: { response_ms: 30_000 }, share: 0.95 });
    assert.ok(trials.every(({ good, finished }) => finished > 0 && good === finished));
    assert.ok(outcome.rate_rps.value! > 12, "nothing was too slow so far");
    for (const { run } of trials) {
      assert.equal((await readManifest(join(run, "manifest.json"))).status, "finished");
    }
    const written: SearchOutcome = JSON.parse(await Deno.readTextFile(join(prepared_by, "search.json")));
    assert.deepEqual(written, JSON.parse(JSON.stringify({ ...outcome, prepared_by, trials })));
    const [endpoint] = await readEndpoints(prepared_by);
    await assert.rejects(fetch(endpoint!.url));
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
