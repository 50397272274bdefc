import assert from "node:assert/strict";
import { relative } from "node:path";
import { runPaths } from "../../lib/run/mod.ts";

Deno.test("the names of the run directory are those that people and other programs rely on", () => {
  const paths = runPaths("/results/demo/r1");
  const names = Object.fromEntries(
    Object.entries(paths).map(([key, path]) => [key, relative(paths.root, path)]),
  );
  const documented = {
    ...{
      root: "",
      manifest: "manifest.json",
      config: "config.yml",
      prices: "prices.yml",
      notebooks: "notebooks",
    },
    ...{ prompts: "data/prompts", endpoints: "models/endpoints.json", ledger: "models/ledger.jsonl" },
    ...{ plan: "plan.jsonl", requests: "requests", parquet: "requests.parquet", progress: "progress.jsonl" },
    ...{ log: "run.log", metrics: "metrics", evaluations: "evaluations", charts: "charts" },
    ...{ verdicts: "evaluations/verdicts.jsonl", report: "report.md", reportHtml: "report.html" },
  };
  for (const [key, name] of Object.entries(documented)) assert.equal(names[key], name, key);
});

Deno.test("no two things share a place, and none lies outside the run", () => {
  const { root, ...paths } = runPaths("/results/demo/r1");
  const places = Object.values(paths);
  assert.equal(new Set(places).size, places.length);
  for (const place of places) assert.ok(place.startsWith(root + "/"), place);
});
