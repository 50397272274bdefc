import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { definitions } from "../../lib/report/mod.ts";
import { tableCells } from "./rows.ts";

Deno.test("definitions() says which statistic the latency budget judges", () => {
  assert.match(definitions("p99"), /The latency budget judges its p99\./);
  assert.match(definitions(), /judges its p95\./);
});

Deno.test("definitions() names pages that there are", async () => {
  const [, ...lines] = tableCells(definitions());
  for (const page of new Set(lines.map((line) => line[2]!))) {
    const path = fileURLToPath(new URL(`../../docs/${page}`, import.meta.url));
    assert.ok((await Deno.stat(path)).isFile, page);
  }
});
