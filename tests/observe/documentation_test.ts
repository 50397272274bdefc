import assert from "node:assert/strict";
import { useMetrics, useName } from "../../lib/core/mod.ts";

Deno.test("docs/utilisation.md has a line for every metric, with its unit, its kind and its definition", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/utilisation.md", import.meta.url));
  const lines = page.split("\n").filter((line) => /^\| `\w+\.\w+` \|/.test(line));
  assert.deepEqual(
    lines,
    useMetrics.map((metric) =>
      `| \`${useName(metric)}\` | ${metric.unit} | ${metric.kind} | ${metric.copies} | ${metric.doc} |`
    ),
  );
});

Deno.test("no metric is listed twice", () => {
  assert.equal(new Set(useMetrics.map(useName)).size, useMetrics.length);
});
