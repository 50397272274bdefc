/** Names and answers full of markup and script: shown in JupyterLab, in the report in HTML and in the one in Markdown. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Lab } from "../lab.ts";
import { textOf } from "../notebook_page.ts";
import { waitForText } from "../run_folder.ts";
import { traces, watch } from "../watch.ts";
import { openSetup } from "./first_steps.ts";

const NAME = "hostile_text";
/** Raw HTML goes through, formulas are left to the page: the most trusting of viewers. */
const VIEWER = "import sys, mistune; " +
  "m = mistune.create_markdown(escape=False, plugins=['table', 'strikethrough', 'url']); " +
  "print('<!doctype html><meta charset=utf-8>' + m(sys.stdin.read()))";

/** Every fragment and every chart of the report, fed with hostile text: no dialog, no script, no request, no formula. */
export async function hostileText(lab: Lab): Promise<void> {
  const run = await openSetup(lab, { name: "hostile" });
  const notebook = await lab.open(`tests/testdata/notebooks/${NAME}.ipynb`);
  const { page } = notebook;
  const misdeeds = await watch(page.context(), page, [new URL(page.url()).origin]);
  await notebook.runAll();
  const cells = await notebook.cells();
  assert.match(textOf(cells[1]!), /onerror/);
  await notebook.picture(NAME);
  for (const y of [0, 0.25, 0.5, 0.75, 1]) {
    await page.locator(".jp-WindowedPanel-outer").first().evaluate(
      (panel, y) => panel.scrollTo(0, panel.scrollHeight * y),
      y,
    );
    await page.waitForTimeout(300);
    assert.deepEqual(await traces(page, ".jp-OutputArea-output"), [], `at ${y} of the notebook`);
    assert.equal(await page.locator(".jp-RenderedMarkdown mjx-container").count(), 0, "a text is no formula");
  }
  await notebook.save();
  const html = join(run, `report-${NAME}.html`), markdown = join(run, `report-${NAME}.md`);
  await waitForText(html, "</html>");
  await waitForText(markdown, "onerror");
  assert.deepEqual(misdeeds, { dialogs: [], requests: [], popups: [] });
  await page.context().unrouteAll();
  await notebook.close();

  const viewed = join(run, "viewed.html");
  await Deno.writeTextFile(viewed, await trusting(lab, await Deno.readTextFile(markdown)));
  for (const file of [html, viewed]) await assertHarmless(lab, file, run);
}

async function assertHarmless(lab: Lab, file: string, run: string): Promise<void> {
  const context = await lab.browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const misdeeds = await watch(context, page, [`file://${file}`, `file://${run}/charts/`]);
  await page.goto(`file://${file}`);
  await page.waitForTimeout(1000);
  assert.deepEqual(await traces(page, "body > :not(script)"), [], file);
  for (const summary of await page.locator("summary").all()) await summary.click();
  for (const mark of (await page.locator(".fmb-chart [data-about]").all()).slice(0, 40)) {
    await mark.dispatchEvent("pointermove", { clientX: 9, clientY: 9 });
  }
  assert.deepEqual(misdeeds, { dialogs: [], requests: [], popups: [] }, file);
  assert.equal(page.url(), `file://${file}`);
  await page.screenshot({ path: join(lab.screenshots, `${NAME}_${file.split("/").at(-1)}.png`) });
  await context.close();
}

async function trusting(lab: Lab, markdown: string): Promise<string> {
  const child = new Deno.Command(join(lab.copy.root, ".venv/bin/python"), {
    args: ["-c", VIEWER],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { success, stdout } = await child.output();
  assert.ok(success);
  return new TextDecoder().decode(stdout);
}
