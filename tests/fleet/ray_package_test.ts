import assert from "node:assert/strict";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { packageFiles, packageName } from "../../lib/fleet/ray/package_files.ts";
import { packageZip } from "../../lib/fleet/ray/package_zip.ts";

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "package-" });
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${dir}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${dir}/${path}`, text, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
  }
  return dir;
}

Deno.test("the same files have the same name and the same bytes, whenever and wherever they were written", async () => {
  const a = await folder({ "b/run.sh": "run", "a.txt": "text", ".git/config": "x", "c/__pycache__/y": "z" });
  const b = await folder({ "a.txt": "text", "b/run.sh": "run" });
  await Deno.utime(`${b}/a.txt`, 1, 1);
  const [first, second] = [await packageFiles(a), await packageFiles(b)];
  assert.deepEqual(first.map(({ path, executable }) => [path, executable]), [["a.txt", false], [
    "b/run.sh",
    true,
  ]]);
  assert.match(await packageName(first), /^_ray_pkg_[0-9a-f]{32}\.zip$/);
  assert.equal(await packageName(first), await packageName(second));
  assert.deepEqual(await packageZip(a, first), await packageZip(b, second));
  for (const dir of [a, b]) await Deno.remove(dir, { recursive: true });
});

Deno.test("another content, another path and another right are another package", async () => {
  const dirs = await Promise.all([
    folder({ "a.txt": "text" }),
    folder({ "a.txt": "texts" }),
    folder({ "b.txt": "text" }),
    folder({ "a.txt": "text" }),
  ]);
  await Deno.chmod(`${dirs[3]}/a.txt`, 0o755);
  const names = await Promise.all(dirs.map(async (dir) => await packageName(await packageFiles(dir))));
  assert.equal(new Set(names).size, 4);
  for (const dir of dirs) await Deno.remove(dir, { recursive: true });
});

Deno.test("the zip file has the content and the right to run it", async () => {
  const dir = await folder({ "b/run.sh": "run it", "a.txt": "" });
  const bytes = await packageZip(dir, await packageFiles(dir));
  const entries = await new ZipReader(new Uint8ArrayReader(bytes), { useWebWorkers: false }).getEntries();
  const found = await Promise.all(entries.map(async (entry) => {
    const content = entry.directory ? new Uint8Array() : await entry.getData(new Uint8ArrayWriter());
    return [entry.filename, entry.externalFileAttributes >>> 16, new TextDecoder().decode(content)];
  }));
  assert.deepEqual(found, [["a.txt", 0o100644, ""], ["b/run.sh", 0o100755, "run it"]]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a folder that is not there, or has nothing in it, is refused", async () => {
  const dir = await folder({ ".git/config": "x" });
  for (const wrong of [dir, `${dir}/none`]) {
    await assert.rejects(
      packageFiles(wrong),
      /Cannot send the package ".*": there is no file in it, or no such folder/,
    );
  }
  await Deno.remove(dir, { recursive: true });
});
