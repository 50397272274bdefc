import assert from "node:assert/strict";
import { join } from "node:path";
import type { S3Folder } from "../../lib/aws/mod.ts";
import { Mirror } from "../../lib/pipeline/mirror.ts";
import { localRun } from "../../lib/pipeline/remote_run.ts";
import { type Run, runPaths, writeManifest } from "../../lib/run/mod.ts";
import { type LocalS3, onS3 } from "../aws/local_s3.ts";
import { sampleManifest } from "../run/sample_manifest.ts";

interface Scene {
  readonly run: Run;
  readonly folder: S3Folder;
  readonly server: LocalS3;
  readonly results: string;
  put(path: string, text: string): Promise<void>;
}

/** A test with a run directory of three files and the bucket `runs`, whose environment is the process's. */
function mirrored(name: string, body: (scene: Scene) => Promise<void>): void {
  onS3(name, async (server) => {
    await server.createBucket("runs");
    const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
    const { run_id: id } = sampleManifest();
    const run = { id, paths: runPaths(join(results, "sample", id)) };
    const folder = await server.folder(`s3://runs/sample/${id}`);
    const put = async (path: string, text: string) => {
      await Deno.mkdir(join(run.paths.root, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(run.paths.root, path), text);
    };
    for (const [key, value] of Object.entries(server.env)) Deno.env.set(key, value);
    try {
      await put("run.log", "one line\n");
      await put("models/ledger.jsonl", "{}\n");
      await writeManifest(run.paths.manifest, sampleManifest());
      await body({ run, folder, server, results, put });
    } finally {
      for (const key of Object.keys(server.env)) Deno.env.delete(key);
      folder.close();
      await Deno.remove(results, { recursive: true });
    }
  });
}

mirrored("only what is new or changed is sent", async ({ run, folder, put }) => {
  const mirror = new Mirror(run, folder);
  assert.deepEqual(await mirror.update(), { sent: 3, same: 0, heldBack: [] });
  assert.deepEqual(await mirror.update(), { sent: 0, same: 3, heldBack: [] });
  // As long as before: only the hash tells.
  await put("run.log", "two line\n");
  await put("charts/a.svg", "<svg/>");
  assert.deepEqual(await mirror.update(), { sent: 2, same: 2, heldBack: [] });
  assert.equal(await folder.readText("run.log"), "two line\n");
  assert.deepEqual(await folder.list(), ["charts/a.svg", "manifest.json", "models/ledger.jsonl", "run.log"]);
  // Another process, which has sent nothing yet, finds all of it there.
  assert.deepEqual(await new Mirror(run, folder).update(), { sent: 0, same: 4, heldBack: [] });
});

mirrored(
  "the lock stays here, and what is gone here goes there, but for what others put there",
  async (scene) => {
    const { run, folder, put } = scene;
    const mirror = new Mirror(run, folder);
    await put("lock.json", "{}");
    await put("old.txt", "x");
    await mirror.update();
    await folder.write("theirs.txt", "y");
    await Deno.remove(join(run.paths.root, "old.txt"));
    await mirror.update();
    assert.deepEqual(await folder.list(), ["manifest.json", "models/ledger.jsonl", "run.log", "theirs.txt"]);
  },
);

mirrored("a file that holds the value of a secret variable is kept back", async ({ run, folder, put }) => {
  Deno.env.set("MY_API_KEY", "value-that-nobody-may-see");
  try {
    // Over the border of two reads of 1 MiB.
    await put("notebooks/a.ipynb", "x".repeat((1 << 20) - 5) + "value-that-nobody-may-see");
    assert.deepEqual(await new Mirror(run, folder).update(), {
      sent: 3,
      same: 0,
      heldBack: ["notebooks/a.ipynb"],
    });
    assert.ok(!(await folder.list()).includes("notebooks/a.ipynb"));
  } finally {
    Deno.env.delete("MY_API_KEY");
  }
});

mirrored("a server that dies loses nothing: the next update sends what is missing", async (scene) => {
  const { run, folder, server, put } = scene;
  const mirror = new Mirror(run, folder);
  await mirror.update();
  await put("requests/1.jsonl", "{}\n");
  await server.kill();
  await assert.rejects(mirror.update(), /can't be reached/);
  assert.match(mirror.failure ?? "", /can't be reached/);
  await server.start();
  await server.createBucket("runs").catch(() => {});
  await mirror.update();
  assert.equal(mirror.failure, null);
  assert.deepEqual(await folder.list(), [
    "manifest.json",
    "models/ledger.jsonl",
    "requests/1.jsonl",
    "run.log",
  ]);
});

mirrored("a run comes back from the bucket as it went, once", async ({ run, folder, results }) => {
  await new Mirror(run, folder).update();
  const elsewhere = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  const notes: string[] = [];
  try {
    const root = await localRun(`${folder.address}/`, elsewhere, (line) => notes.push(line));
    assert.equal(root, join(elsewhere, "sample", run.id));
    assert.equal(await Deno.readTextFile(join(root, "run.log")), "one line\n");
    assert.equal((await Deno.stat(join(root, "models"))).mode! & 0o777, 0o700);
    // Folders that were empty.
    assert.equal((await Deno.stat(join(root, "notebooks"))).isDirectory, true);
    assert.equal(await localRun(folder.address, elsewhere, (line) => notes.push(line)), root);
    assert.match(notes[0]!, /3 files \(0\.0 MB\) downloaded to /);
    assert.match(notes[1]!, /lies in .* already/);
    await writeManifest(join(root, "manifest.json"), sampleManifest({ status: "finished" }));
    await assert.rejects(localRun(folder.address, elsewhere, () => {}), /holds another state of it/);
  } finally {
    await Deno.remove(elsewhere, { recursive: true });
  }
  assert.equal(await localRun(run.paths.root, results, () => {}), run.paths.root);
});

mirrored("an address without a run is refused, and nothing is left behind", async ({ results, folder }) => {
  await folder.write("manifest.json", '{"schema":"other"}');
  await assert.rejects(
    localRun("s3://runs/sample/nothing", results, () => {}),
    /Cannot open the run "s3:\/\/runs\/sample\/nothing": there is no manifest.json/,
  );
  await assert.rejects(localRun(folder.address, results, () => {}), /manifest.json is none of this program/);
  await assert.rejects(localRun("s3://NO_BUCKET/x", results, () => {}), /can't be the name of a bucket/);
});
