import assert from "node:assert/strict";
import { configSection } from "../../lib/report/mod.ts";
import { escapeMarkdown } from "../../lib/core/mod.ts";
import { everyChart } from "../chart/every_chart.ts";
import { codeCell as code, display, renderCells } from "./executed_notebook.ts";

const hostile = [
  `<script>document.title="owned"</script>`,
  `<img src=x onerror='document.title="owned"'>`,
  `[link](javascript:alert(1))`,
  `[data](data:text/html,x)`,
  `![out](http://127.0.0.1:9/pixel.png)`,
  `<a href="javas&#99;ript:alert(1)">x</a>`,
  `<iframe src="http://127.0.0.1:9"></iframe>`,
  `<style>body{display:none}</style>`,
  `<svg onload=alert(1)></svg>`,
  `<details open ontoggle=alert(1)>d</details>`,
].join(" ");

const [chart] = everyChart(1, 2, 1);
const badSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>`;
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const cells = [
  code(
    { output_type: "stream", name: "stderr", text: "theStderr" },
    { output_type: "stream", name: "stdout", text: "theLog" },
    display({ "text/markdown": "# Report of A \\& B\n\n| a | b |\n| :-- | --: |\n| 1 \\| x | 2 |" }),
  ),
  code(
    display({ "image/svg+xml": chart!.svg }, { fmbench: { file: "charts/x.svg", alt: "What [it] costs" } }),
  ),
  code(
    display({ "text/markdown": `raw ${hostile}` }),
    display({ "text/markdown": escapeMarkdown(hostile) }),
  ),
  code(display({ "text/html": `<table onclick="x()"><tr><td>frame</td></tr></table>${hostile}` })),
  code(display({ "image/svg+xml": badSvg }), display({ "image/png": pixel, "text/plain": "a <pixel>" })),
  code(display({ "image/svg+xml": badSvg }, { "image/svg+xml": { fmbench: { file: "charts/bad.svg" } } })),
  code({
    output_type: "execute_result",
    execution_count: 1,
    data: { "text/plain": "```<b>" },
    metadata: {},
  }),
  code({ output_type: "error", ename: "Error", evalue: "<i>bad</i>", traceback: ["theTrace"] }),
  { ...code(display({ "text/markdown": "theHidden" })), metadata: { tags: ["report-hide"] } },
  code(display({ "text/markdown": configSection("a: 1") })),
  code(display({ "text/markdown": "from <span>\\$</span>1 to <span>\\$</span>2" })),
];

Deno.test("templates", async (t) => {
  const folder = await Deno.makeTempDir();
  const { markdown, html } = await renderCells(cells, folder);

  await t.step("code, logs, stderr, traces and hidden cells are in neither report", () => {
    assert.doesNotMatch(markdown + html, /theSource|theStderr|theLog|theTrace|theHidden/);
    for (const report of [markdown, html]) assert.match(report, /This cell failed:.* Error: &lt;i&gt;bad/);
  });

  await t.step("what keeps prices from being formulas in JupyterLab is in neither report", () => {
    assert.match(markdown, /^from \\\$1 to \\\$2$/m);
    assert.match(html, /<p>from \$1 to \$2<\/p>/);
  });

  await t.step("Markdown refers to the chart's own file with its text", () => {
    assert.match(markdown, /^!\[What \\\[it\\\] costs\]\(charts\/x\.svg\)$/m);
  });

  await t.step("Markdown refers to extracted files for other pictures", async () => {
    const files = [...markdown.matchAll(/\]\((report_files\/[^)]+)\)/g)].map((match) => match[1]!);
    assert.deepEqual(files.map((file) => file.split(".").at(-1)), ["svg", "png"]);
    for (const file of files) assert.ok((await Deno.stat(`${folder}/${file}`)).size > 0);
    assert.equal([...Deno.readDirSync(`${folder}/report_files`)].length, 2);
  });

  await t.step("Markdown keeps tables, folds and fences, and makes other HTML text", () => {
    assert.match(markdown, /^\| 1 \\\| x \| 2 \|$/m);
    assert.match(markdown, /^<details>\n<summary>/m);
    assert.match(markdown, /^````text\n```<b>\n````$/m);
    const text = markdown.replace(/````[^]*?````/g, "");
    assert.doesNotMatch(text, /<(script|iframe|style|svg)\b|<\w+[^>]*\s(on\w+|href|src)\s*=/i);
    assert.match(markdown, /^<div>\n<table><tbody><tr><td>frame<\/td>/m);
    const outsideHtml = text.replace(/<div>[^]*?<\/div>/g, "");
    assert.doesNotMatch(outsideHtml, /(?<!\\)\]\((javascript|data):/);
  });

  await t.step("HTML runs nothing but the script for hovering, which its policy names by hash", async () => {
    const [script, ...others] = [...html.matchAll(/<script[^>]*>([^]*?)<\/script>/gi)].map((match) =>
      match[1]!
    );
    assert.deepEqual(others, []);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
    assert.ok(html.includes(`default-src 'none'; script-src 'sha256-${hash}'; style-src`));
  });

  await t.step("HTML loads nothing", () => {
    const pure = html.replace(/base64,[A-Za-z0-9+/=]+/g, "").replace(/<script>[^]*?<\/script>/, "");
    assert.doesNotMatch(pure, /<(script|iframe|link|object|embed|base|form)\b/i);
    const [head, ...tags] = pure.match(/<[a-z][^>]*>/gi)!;
    assert.equal(head, `<html lang="en">`);
    for (const tag of tags) {
      assert.doesNotMatch(tag, /\son\w+\s*=|javascript:/i, tag);
      assert.doesNotMatch(tag, /\s(src|href|xlink:href|srcset)\s*=\s*["'](?!data:image\/|#)/i, tag);
    }
    assert.match(pure, /default-src 'none'/);
    assert.equal(pure.match(/url\(/g)!.length, 2);
  });

  await t.step("HTML has our chart in line, the others as pictures that can't act", () => {
    assert.equal(html.match(/<svg[^>]*class="fmb-chart"/g)!.length, 1);
    assert.equal(html.match(/<img[^>]*src="data:image\/svg\+xml;base64,/g)!.length, 2);
    assert.match(html, /<img alt="a &lt;pixel&gt;" src="data:image\/png;base64,/);
  });

  await t.step("HTML has title, tables in boxes that scroll, and figures that stand right", () => {
    assert.match(html, /<title>Report of A &amp; B<\/title>/);
    assert.match(html, /<div class="table" tabindex="0"><table>/);
    assert.match(html, /<td style="text-align: ?right;?">2<\/td>/);
    assert.match(html, /<summary>Configuration of this run<\/summary>/);
  });

  await Deno.remove(folder, { recursive: true });
});
