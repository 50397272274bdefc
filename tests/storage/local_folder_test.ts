import assert from "node:assert/strict";
import { localFolder } from "../../lib/storage/mod.ts";
import { UserError } from "../../lib/core/mod.ts";

async function inFolder(body: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a local folder gives back what was written, appended and listed", () =>
  inFolder(async (root) => {
    const storage = localFolder(root);
    await storage.write("b/two.txt", "zwei");
    await storage.append("a.log", "1\n");
    await storage.append("a.log", new TextEncoder().encode("2\n"));
    assert.equal(await storage.readText("b/two.txt"), "zwei");
    assert.equal(await storage.readText("a.log"), "1\n2\n");
    assert.deepEqual(await storage.list(), ["a.log", "b/two.txt"]);
    assert.deepEqual(await storage.list("b"), ["b/two.txt"]);
    assert.deepEqual(await storage.list("nothing"), []);
    assert.equal(await storage.exists("b/two.txt"), true);
    assert.equal(await storage.exists("b"), false);
    assert.equal(await storage.exists("c"), false);
  }));

Deno.test("a removed file takes along the folders that it leaves empty, and no others", () =>
  inFolder(async (root) => {
    const storage = localFolder(root);
    await storage.write("a/b/one.txt", "1");
    await storage.write("a/two.txt", "2");
    await storage.remove("a/b/one.txt");
    assert.deepEqual(Array.from(Deno.readDirSync(`${root}/a`), ({ name }) => name), ["two.txt"]);
    await storage.remove("a/two.txt");
    assert.deepEqual([...Deno.readDirSync(root)], []);
    await storage.remove("a/two.txt");
    await storage.remove("never/there.txt");
    assert.ok(Deno.statSync(root).isDirectory);
  }));

Deno.test("a missing file is one clear message", () =>
  inFolder(async (root) => {
    await assert.rejects(localFolder(root).read("gone.json"), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^Cannot read ".*gone\.json": there is no such file\./);
      return true;
    });
  }));

Deno.test("a path can't climb out of the folder", () =>
  inFolder(async (root) => {
    for (const path of ["../x", "a/../../x", "/etc/passwd"]) {
      await assert.rejects(async () => await localFolder(root).write(path, ""), UserError);
    }
  }));

Deno.test(
  "a mode given at writing is the file's mode",
  { ignore: Deno.build.os === "windows" },
  () =>
    inFolder(async (root) => {
      await localFolder(root).write("secret.json", "{}", { mode: 0o600 });
      assert.equal((await Deno.stat(`${root}/secret.json`)).mode! & 0o777, 0o600);
    }),
);
