import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { createRun, currentRun, latestCurrentRun, listRuns, setCurrentRun } from "../../lib/run/mod.ts";
import { sampleManifest } from "./sample_manifest.ts";

const at = (iso: string) => new Date(iso);

Deno.test("a run's folder is named by UTC time and a random id, below the name of the run", async () => {
  const family = { resultsDir: await Deno.makeTempDir(), name: "my run/..\\x" };
  const run = await createRun(family, at("2026-11-22T05:30:00.123Z"), (run_id) => sampleManifest({ run_id }));
  assert.match(run.id, /^20261122T053000Z-[0-9a-f]{6}$/);
  assert.equal(run.paths.root, join(family.resultsDir, "my-run-..-x", run.id));
});

Deno.test("two runs of the same second do not share a folder", async () => {
  const family = { resultsDir: await Deno.makeTempDir(), name: "twin" };
  const now = at("2026-11-22T05:30:00Z");
  const [a, b] = [
    await createRun(family, now, () => sampleManifest()),
    await createRun(family, now, () => sampleManifest()),
  ];
  assert.notEqual(a.paths.root, b.paths.root);
});

Deno.test("runs are listed newest first; folders without a manifest are left out", async () => {
  const family = { resultsDir: await Deno.makeTempDir(), name: "list" };
  assert.deepEqual(await listRuns(family), []);
  const older = await createRun(family, at("2026-01-01T00:00:00Z"), () => sampleManifest());
  const newer = await createRun(family, at("2026-01-02T00:00:00Z"), () => sampleManifest());
  await Deno.mkdir(join(family.resultsDir, "list", "20270101T000000Z-broken"));
  assert.deepEqual((await listRuns(family)).map(({ id }) => id), [newer.id, older.id]);
});

Deno.test("the current run is the one that was set last, also across names", async () => {
  const resultsDir = await Deno.makeTempDir();
  assert.equal(await latestCurrentRun(resultsDir), null);
  const a = await createRun({ resultsDir, name: "a" }, at("2026-01-01T00:00:00Z"), () => sampleManifest());
  const b = await createRun({ resultsDir, name: "b" }, at("2026-01-01T00:00:00Z"), () => sampleManifest());
  await setCurrentRun({ resultsDir, name: "b" }, b);
  await setCurrentRun({ resultsDir, name: "a" }, a);
  await Deno.utime(join(resultsDir, "a", "current"), at("2026-01-01T00:00:01Z"), at("2026-01-01T00:00:01Z"));
  await Deno.utime(join(resultsDir, "b", "current"), at("2026-01-01T00:00:02Z"), at("2026-01-01T00:00:02Z"));
  assert.equal(basename((await latestCurrentRun(resultsDir))!.paths.root), b.id);
  assert.equal((await currentRun({ resultsDir, name: "a" }))?.id, a.id);
  assert.equal(await currentRun({ resultsDir, name: "c" }), null);
});
