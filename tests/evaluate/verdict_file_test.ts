import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError, type Verdict } from "../../lib/core/mod.ts";
import { readVerdicts, writeVerdicts } from "../../lib/evaluate/mod.ts";

const verdict: Verdict = {
  request_id: "0123456789abcdef",
  experiment_name: "small\nand odd \u2028",
  payload_file: "p.jsonl",
  payload_id: "fedcba9876543210",
  concurrency: null,
  method: "contains",
  verdict: "no_ground_truth",
};

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await run(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

Deno.test("readVerdicts reads what writeVerdicts wrote, in order; nothing else is left in the folder", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "evaluations", "verdicts.jsonl");
    const verdicts = Array.from({ length: 300 }, (_, i) => ({ ...verdict, concurrency: i }));
    await writeVerdicts(path, verdicts);
    assert.deepEqual(await readVerdicts(path), verdicts);
    await writeVerdicts(path, [verdict]);
    assert.deepEqual(await readVerdicts(path), [verdict]);
    await writeVerdicts(path, []);
    assert.deepEqual(await readVerdicts(path), []);
    assert.deepEqual(Array.from(Deno.readDirSync(join(folder, "evaluations")), ({ name }) => name), [
      "verdicts.jsonl",
    ]);
  });
});

Deno.test("readVerdicts says what is wrong with a file, and in which line", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "verdicts.jsonl");
    const fails = (message: RegExp) =>
      assert.rejects(
        readVerdicts(path),
        (error) => error instanceof UserError && message.test(error.message),
      );
    await fails(/there is no such file; expected what 4_get_evaluations writes/);
    await Deno.writeTextFile(path, `${JSON.stringify(verdict)}\n{"a":\n`);
    await fails(/verdicts.jsonl:2": the line is not JSON/);
    await Deno.writeTextFile(path, JSON.stringify({ ...verdict, verdict: "perhaps" }));
    await fails(/verdicts.jsonl:1": the line is not a verdict/);
  });
});
