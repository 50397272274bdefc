import assert from "node:assert/strict";
import { join } from "node:path";
import { studyStep, UserError } from "../../lib/core/mod.ts";
import { findNotebooks } from "../../lib/pipeline/notebook_files.ts";
import { notebooksDir, projectRoot } from "../../lib/pipeline/project.ts";

const fixtures = join(projectRoot, "tests", "testdata", "notebooks");

Deno.test("shipped steps are found in notebooks/, a user's own beside the config, in the order asked for", async () => {
  const found = await findNotebooks(["6_cleanup", "throws", "0_setup"], join(fixtures, "fixtures.yml"));
  assert.deepEqual([...found], [
    ["6_cleanup", join(notebooksDir, "6_cleanup.ipynb")],
    ["throws", join(fixtures, "throws.ipynb")],
    ["0_setup", join(notebooksDir, "0_setup.ipynb")],
  ]);
});

Deno.test("the notebook of a study is found in notebooks/studies/", async () => {
  const found = await findNotebooks([studyStep], join(fixtures, "fixtures.yml"));
  assert.equal(found.get(studyStep), join(notebooksDir, "studies", "latency_study.ipynb"));
  assert.ok((await Deno.stat(found.get(studyStep)!)).isFile);
});

Deno.test("a file beside the config never stands in for a shipped step", async () => {
  const folder = await Deno.makeTempDir({ dir: join(projectRoot, "tests"), prefix: ".notebooks-" });
  try {
    await Deno.writeTextFile(join(folder, "6_cleanup.ipynb"), "{}");
    const found = await findNotebooks(["6_cleanup"], join(folder, "c.yml"));
    assert.equal(found.get("6_cleanup"), join(notebooksDir, "6_cleanup.ipynb"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an own notebook that is not beside the config is looked for in notebooks/", async () => {
  const place = join(notebooksDir, `own-${crypto.randomUUID()}.ipynb`);
  const name = place.slice(notebooksDir.length + 1, -".ipynb".length);
  await Deno.writeTextFile(place, "{}");
  try {
    assert.equal((await findNotebooks([name], join(fixtures, "fixtures.yml"))).get(name), place);
  } finally {
    await Deno.remove(place);
  }
});

Deno.test("one that is nowhere is named with the places where it was looked for", async () => {
  await assert.rejects(findNotebooks(["nowhere"], join(fixtures, "fixtures.yml")), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(
      error.message,
      `Cannot find the notebook "nowhere.ipynb": it is neither ${join(fixtures, "nowhere.ipynb")} nor ` +
        `${
          join(notebooksDir, "nowhere.ipynb")
        }; expected the notebook of a step that run_steps switches on. ` +
        "Correct its name under run_steps, or put it there.",
    );
    return true;
  });
});

Deno.test("one outside the project is refused: its imports could not be found", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "mine.ipynb"), "{}");
    await assert.rejects(
      findNotebooks(["mine"], join(folder, "c.yml")),
      (error) => error instanceof UserError && error.message.includes("lies outside the project"),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a notebook that an extended config names is the one beside that config", async () => {
  const beside = join(fixtures, "throws.ipynb");
  const found = await findNotebooks(["throws"], "/tmp/elsewhere/c.yml", { throws: beside });
  assert.equal(found.get("throws"), beside);
});
