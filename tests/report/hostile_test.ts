import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { codeCell, display, renderCells, shown, trustingViewer } from "./executed_notebook.ts";
import { attacks, hostileReport } from "./hostile.ts";

/** What an element must not be or have to be able to act or to load. */
function harmful(markup: string, ownScripts: number): string[] {
  const { document } = new JSDOM(markup).window;
  const found: string[] = [];
  const scripts = document.querySelectorAll("script").length;
  if (scripts !== ownScripts) found.push(`${scripts} scripts`);
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName.toLowerCase();
    if (
      /^(iframe|object|embed|link|base|form|button|input|image|use|animate|set|foreignobject|math|body)$/
        .test(name) &&
      element !== document.body
    ) found.push(name);
    for (const { name: attribute, value } of element.attributes) {
      if (/^on/i.test(attribute)) found.push(`${name} ${attribute}`);
      const loads = /^(src|href|xlink:href|srcset|action|data|poster|srcdoc)$/i.test(attribute);
      const harmless = name === "a" ? /^(https?:\/\/|#)/ : /^(data:image\/|#|charts\/)/;
      if (loads && !harmless.test(value)) found.push(`${name} ${attribute}=${value}`);
    }
    if (name === "meta" && /refresh/i.test(element.getAttribute("http-equiv") ?? "")) found.push("refresh");
  }
  return found;
}

Deno.test("a report full of hostile text", async (t) => {
  const folder = await Deno.makeTempDir();
  const pieces = hostileReport();
  const { markdown, html } = await renderCells([codeCell(...shown(pieces))], folder);

  await t.step("is harmless HTML: one script, ours, and nothing that acts or loads", () => {
    assert.deepEqual(harmful(html, 1), []);
  });

  await t.step("is harmless Markdown, even for a viewer that lets raw HTML through", async () => {
    assert.deepEqual(harmful(await trustingViewer(markdown), 0), []);
  });

  await t.step(
    "is harmless before anything is filtered: JupyterLab shows the fragments as they are",
    async () => {
      const fragments = pieces.map((piece) => typeof piece === "string" ? piece : piece.caption);
      assert.deepEqual(harmful(await trustingViewer(fragments.join("\n\n")), 0), []);
    },
  );

  await t.step("has all charts in line, so hostile names don't cost the reader the hover", () => {
    const charts = pieces.filter((piece) => typeof piece !== "string").length;
    assert.equal(html.match(/<svg[^>]*class="fmb-chart"/g)!.length, charts);
  });

  await t.step("still says what the hostile text was", () => {
    const { document } = new JSDOM(html).window;
    const text = document.body.textContent.replace(/\s+/g, " ");
    for (const attack of attacks.slice(0, 19)) {
      assert.ok(text.includes(attack.replace(/\s+/g, " ")), attack);
    }
  });

  await t.step("keeps its tables: every row has as many cells as the header", () => {
    const { document } = new JSDOM(html).window;
    for (const table of document.querySelectorAll("table")) {
      const [head, ...rows] = [...table.querySelectorAll("tr")].map((row) => row.children.length);
      assert.ok(rows.length > 0 && rows.every((cells) => cells === head), table.textContent.slice(0, 200));
    }
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an own notebook that shows hostile text as it is gets a harmless report too", async () => {
  const folder = await Deno.makeTempDir();
  const svg = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" class="fmb-chart">${inside}</svg>`;
  const own = { fmbench: { file: "charts/own.svg", alt: attacks.join(" ") } };
  const fences = [
    "a\n```\nb\n\n```\n\n<img src=x onerror=1>\n\n```",
    "> ```\n\n```\n\n<img src=x onerror=1>\n\n```",
  ];
  const joined = [" ", "\n", "\n\n", "\n```\n", "\n```\n\n"].map((between) => attacks.join(between));
  const { markdown, html } = await renderCells([
    ...[...fences, ...joined, ...attacks].map((attack) =>
      codeCell(
        display({ "text/markdown": attack }),
        display({ "text/html": `<p>${attack}</p>` }),
        display({ "text/plain": attack }),
        display({ "image/svg+xml": svg(attack) }, own),
        { output_type: "error", ename: attack, evalue: attack, traceback: [attack] },
      )
    ),
  ], folder);
  assert.deepEqual(harmful(html, 1), []);
  assert.deepEqual(harmful(await trustingViewer(markdown), 0), []);
  await Deno.remove(folder, { recursive: true });
});
