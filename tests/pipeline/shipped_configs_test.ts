import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { listConfigs } from "../../lib/pipeline/shipped_configs.ts";

Deno.test("every shipped config is listed once, with a purpose, and what is no config is not", async () => {
  const lines = (await listConfigs()).split("\n");
  const listed = lines.map((line) => line.split(/\s/)[0]!);
  assert.deepEqual(listed, [...new Set(listed)].toSorted());
  assert.ok(listed.includes("configs/demo.yml"));
  assert.ok(!listed.includes("configs/pricing.yml"));
  for (const line of lines) {
    const [path, purpose] = line.split(/\s+(.*)/);
    assert.ok((purpose ?? "").length > 20, `${path} has no purpose in its first line`);
    assert.ok((await Deno.stat(join(projectRoot, path!))).isFile);
  }
});
