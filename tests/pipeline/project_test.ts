import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { denoPath, notebooksDir, pathWithDeno, projectRoot } from "../../lib/pipeline/project.ts";

Deno.test("the project is the folder of deno.json, whatever the working folder", async () => {
  assert.ok((await Deno.stat(`${projectRoot}/deno.json`)).isFile);
  assert.ok(!projectRoot.endsWith("/"), projectRoot);
  assert.equal(basename(notebooksDir), "notebooks");
  assert.ok((await Deno.stat(`${notebooksDir}/0_setup.ipynb`)).isFile);
});

Deno.test("on the path of a kernel the running Deno comes first", async () => {
  const folders = pathWithDeno().split(":");
  assert.equal(folders[0], dirname(denoPath));
  assert.deepEqual(folders.slice(1), (Deno.env.get("PATH") ?? "").split(":"));
  const { stdout } = await new Deno.Command(denoPath, { args: ["--version"] }).output();
  assert.ok(new TextDecoder().decode(stdout).startsWith(`deno ${Deno.version.deno} `));
});
