import assert from "node:assert/strict";
import { readPlan, writePlan } from "../../lib/load/mod.ts";
import { planOf, spec } from "./made_up.ts";

Deno.test("a plan survives the way through its file: a header, then one line a request", async () => {
  const root = await Deno.makeTempDir();
  try {
    const plan = planOf([spec()]);
    await writePlan(`${root}/plan.jsonl`, plan);
    assert.deepEqual(await readPlan(`${root}/plan.jsonl`), plan);
    const lines = (await Deno.readTextFile(`${root}/plan.jsonl`)).trimEnd().split("\n");
    assert.equal(lines.length, 5);
    assert.equal(JSON.parse(lines[0]!).schema, "fmbench.plan/1");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a file that is no plan is refused", async () => {
  const path = await Deno.makeTempFile();
  try {
    await assert.rejects(readPlan(path), /Cannot read the plan .*first line is no plan header/);
  } finally {
    await Deno.remove(path);
  }
});
