import { deepEqual, equal, throws } from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import { type FileKind, findFile, projectFolder } from "../../lib/config/mod.ts";
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
