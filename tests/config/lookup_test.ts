import { deepEqual, equal, throws } from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import {
  type FileKind,
  findFile,
  placesBeforeBucket,
  placesOf,
  projectFolder,
} from "../../lib/config/mod.ts";
import { inFolder } from "./minimal.ts";

const find = (folder: string, name: string, kind: FileKind = "source_data") =>
  findFile({ kind, name, beside: join(folder, "c"), readFolder: join(folder, "read"), prefix: "p" });

Deno.test("a file beside the config wins over the read folder, and that over the shipped one", async () => {
  await inFolder({ "c/a": "", "c/p/b": "", "read/p/a": "", "read/p/b": "", "read/p/c": "" }, (folder) => {
    deepEqual(["a", "b", "c"].map((name) => find(folder, name)?.path), [
      join(folder, "c/a"),
      join(folder, "c/p/b"),
      join(folder, "read/p/c"),
    ]);
    equal(find(folder, "nowhere"), null);
  });
});

Deno.test("a shipped file keeps its short name, any other gets its absolute path", async () => {
  await inFolder({ "c/a": "" }, (folder) => {
    deepEqual(find(folder, "pricing.yml", "configs"), {
      path: join(projectFolder, "configs/pricing.yml"),
      name: "pricing.yml",
    });
    equal(find(folder, "a")?.name, join(folder, "c/a"));
  });
});

Deno.test("source data may lie anywhere; other files may not be reached by ..", async () => {
  await inFolder({ "c/x": "", "rows": "" }, (folder) => {
    equal(find(folder, "../rows")?.path, join(folder, "rows"));
    equal(find(folder, join(folder, "rows"))?.path, join(folder, "rows"));
    equal(find(folder, join(folder, "rows"), "prompt_template")?.path, join(folder, "rows"));
    for (const kind of ["prompt_template", "configs", "notebook", "tokenizer"] as const) {
      throws(() => find(folder, "../rows", kind), UserError);
    }
  });
});

Deno.test("a prefix that leads out of its folder is refused", () => {
  const search = {
    kind: "source_data",
    name: "rows",
    beside: "/c",
    readFolder: "/read",
    prefix: "../..",
  } as const;
  throws(() => findFile(search), /"\.\.\/\.\." *|leads out of its folder/);
});

Deno.test("a relative path of source data is also looked for from the project's folder", () => {
  equal(find("/none", "configs/../configs/pricing.yml")?.path, join(projectFolder, "configs/pricing.yml"));
});

Deno.test("a link that stays in the folder is followed, one that leads out of it is refused", async () => {
  await inFolder({ "c/rows": "", "read/p/rows": "", "secret": "" }, (folder) => {
    symlinkSync("rows", join(folder, "c/inside"));
    equal(find(folder, "inside")?.path, join(folder, "c/inside"));
    symlinkSync(join(folder, "secret"), join(folder, "c/out"));
    symlinkSync(join(folder, "secret"), join(folder, "read/p/far"));
    symlinkSync(folder, join(folder, "c/up"));
    for (const name of ["out", "far", "up/secret", "up/read/p/rows"]) {
      throws(
        () => find(folder, name),
        /^UserError: Cannot read "[^"]+": \S+ is a link that leads out of its folder; expected/,
        name,
      );
    }
    // By its absolute path the user says so himself.
    equal(find(folder, join(folder, "c/out"))?.path, join(folder, "c/out"));
  });
});

Deno.test("the folder that is searched may itself be a link, and so may a tokenizer", async () => {
  await inFolder({ "disk/rows": "", "disk/tokenizer.json": "", "c/x": "" }, (folder) => {
    symlinkSync(join(folder, "disk"), join(folder, "c/p"));
    equal(find(folder, "rows")?.path, join(folder, "c/p/rows"));
    symlinkSync(join(folder, "disk/tokenizer.json"), join(folder, "c/tokenizer.json"));
    equal(find(folder, "tokenizer.json", "tokenizer")?.path, join(folder, "c/tokenizer.json"));
  });
});

Deno.test("the folder of the config that names a file comes before that of the config that extends it", async () => {
  await inFolder(
    { "base/a": "", "base/p/b": "", "top/a": "", "top/p/b": "", "top/c": "", "read/p/c": "" },
    (folder) => {
      const search = (name: string) => ({
        kind: "source_data",
        name,
        beside: join(folder, "base"),
        besideTop: join(folder, "top"),
        readFolder: join(folder, "read"),
        bucketFolder: join(folder, "bucket"),
        prefix: "p",
      } as const);
      deepEqual(["a", "b", "c"].map((name) => findFile(search(name))?.path), [
        join(folder, "base/a"),
        join(folder, "base/p/b"),
        join(folder, "top/c"),
      ]);
      deepEqual(placesBeforeBucket(search("a")).map((place) => place.replace(`${folder}/`, "")), [
        "base/a",
        "base/p/a",
        "top/a",
        "top/p/a",
        "read/p/a",
      ]);
      equal(placesOf(search("a"))[5], join(folder, "bucket/p/a"));
    },
  );
});

Deno.test("a module of the user's own is found beside the config, in the read folder, in the bucket's copy: in this order", async () => {
  const places = { "c/mine.ts": "", "c/p/mine.ts": "", "read/p/mine.ts": "", "bucket/p/mine.ts": "" };
  await inFolder(places, (folder) => {
    for (const place of Object.keys(places)) {
      const found = findFile({
        kind: "script",
        name: "mine.ts",
        beside: join(folder, "c"),
        readFolder: join(folder, "read"),
        bucketFolder: join(folder, "bucket"),
        prefix: "p",
      });
      equal(found?.path, join(folder, place));
      rmSync(join(folder, place));
    }
  });
});
