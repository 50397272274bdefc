import assert from "node:assert/strict";
import { join } from "node:path";
import { recordsOf } from "../../../lib/pipeline/steps/records.ts";
import { journal, record } from "../../analyze/generated_run.ts";
import { inProject, start } from "../made_up_project.ts";

Deno.test("the records of all journals come together; other files and torn last lines are left out", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    assert.deepEqual(await recordsOf(run), []);
    const at = (name: string) => join(run.paths.requests, name);
    await Deno.writeTextFile(
      at("s1-w0.jsonl"),
      journal([record({ request_id: "a" }), record({ request_id: "b" })]),
    );
    await Deno.writeTextFile(
      at("s1-w1.jsonl"),
      journal([record({ request_id: "c" })], "s1", "w1") + '{"request_id": "torn',
    );
    await Deno.writeTextFile(at("notes.txt"), "not a journal");
    assert.deepEqual((await recordsOf(run)).map(({ request_id }) => request_id).toSorted(), ["a", "b", "c"]);
  });
});
