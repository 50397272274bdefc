import assert from "node:assert/strict";
import { join } from "node:path";
import { columnsPage, schemaFile } from "../docs/generate.ts";
import { projectRoot } from "../lib/pipeline/project.ts";

Deno.test("docs/columns.md says what lib/core/columns.ts says (`deno task docs` writes it)", async () => {
  assert.equal(await Deno.readTextFile(join(projectRoot, "docs", "columns.md")), columnsPage());
});

Deno.test("configs/schema.json says what the config's schema says (`deno task docs` writes it)", async () => {
  assert.equal(await Deno.readTextFile(join(projectRoot, "configs", "schema.json")), await schemaFile());
});

Deno.test("every file that the README and CONTRIBUTING link to is there", async () => {
  for (const page of ["README.md", "CONTRIBUTING.md"]) {
    const text = await Deno.readTextFile(join(projectRoot, page));
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      await assert.doesNotReject(Deno.stat(join(projectRoot, target!)), `${page}: ${target}`);
    }
    for (
      const [, path] of text.matchAll(
        /`((?:lib|configs|tests|docs|notebooks|source_data|prompt_templates)\/[\w./-]+)`/g,
      )
    ) {
      await assert.doesNotReject(Deno.stat(join(projectRoot, path!)), `${page}: ${path}`);
    }
  }
});
