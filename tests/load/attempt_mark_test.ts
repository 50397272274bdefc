import assert from "node:assert/strict";
import { readMarks } from "../../lib/load/mod.ts";
import { eachRecord } from "../../lib/storage/mod.ts";
import { record } from "./made_up.ts";

Deno.test("journals are read record by record, whoever wrote them, without their texts; a torn last line is left out", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const header = JSON.stringify({ schema: "fmbench.journal/1" });
    const line = (request_id: string) =>
      JSON.stringify(record({ request_id, completion: "é".repeat(100_000) }));
    await Deno.writeTextFile(
      `${folder}/s1-w0.jsonl`,
      [header, line("a"), line("b"), '{"request_id":"c'].join("\n"),
    );
    await Deno.writeTextFile(`${folder}/s2-w0.jsonl`, `${header}\n${line("d")}\n`);
    await Deno.writeTextFile(`${folder}/s3-w0.jsonl`, header);
    const marks = await readMarks(folder);
    assert.deepEqual(marks.map(({ request_id, attempt, status }) => [request_id, attempt, status]), [
      ["a", 1, "ok"],
      ["b", 1, "ok"],
      ["d", 1, "ok"],
    ]);
    assert.ok(JSON.stringify(marks).length < 1000);
    const [first] = await Array.fromAsync(eachRecord(`${folder}/s1-w0.jsonl`));
    assert.equal(first!.completion, "é".repeat(100_000));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.deepEqual(await readMarks(folder), []);
  await assert.rejects(Array.fromAsync(eachRecord(`${folder}/s1-w0.jsonl`)), /Cannot read the journal/);
});
