import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import { readManifest, stepEntry, withStep, writeManifest } from "../../lib/run/mod.ts";
import { sampleManifest } from "./sample_manifest.ts";

Deno.test("a manifest that is written is read back the same", async () => {
  const path = join(await Deno.makeTempDir(), "manifest.json");
  await writeManifest(path, sampleManifest());
  assert.deepEqual(await readManifest(path), sampleManifest());
});

Deno.test("changing one step leaves the others alone and adds an unknown one", () => {
  const changed = withStep(sampleManifest(), "1_generate_data", { status: "finished" });
  assert.equal(stepEntry(changed, "0_setup")?.status, "pending");
  assert.equal(stepEntry(changed, "1_generate_data")?.status, "finished");
  assert.equal(stepEntry(withStep(changed, "mine", { status: "running" }), "mine")?.status, "running");
});

Deno.test("a file that is no manifest is the user's mistake, not a crash", async () => {
  const path = join(await Deno.makeTempDir(), "manifest.json");
  await assert.rejects(
    () => readManifest(path),
    (error: Error) => error instanceof UserError && /no such file/.test(error.message),
  );
  for (const text of ["{", "{}", '{"schema":"other"}', "null"]) {
    await Deno.writeTextFile(path, text);
    await assert.rejects(
      () => readManifest(path),
      (error: Error) => error instanceof UserError && /not a manifest/.test(error.message),
      text,
    );
  }
});
