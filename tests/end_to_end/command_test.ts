import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { commandLine } from "./command.ts";

Deno.test("these tests give the command line the rights that `deno task fmbench` gives it, but for other hosts", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(projectRoot, "deno.json")));
  const rights = (words: readonly string[]) => words.filter((word) => word.startsWith("--allow-")).toSorted();
  const given: string[] = tasks.fmbench.command.split(" ");
  assert.deepEqual(
    rights(commandLine),
    rights(given.map((word) => word === "--allow-net" ? "--allow-net=127.0.0.1" : word)),
  );
});
