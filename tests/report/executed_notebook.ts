/** Notebooks as the kernel leaves them, and what nbconvert makes of them. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Chart } from "../../lib/chart/mod.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The outputs that `show()` sends for these. */
export function shown(pieces: readonly (string | Chart)[]): unknown[] {
  return pieces.flatMap((piece) => {
    if (typeof piece === "string") return [display({ "text/markdown": piece })];
    const file = `charts/${piece.name}.svg`;
    return [
      display({ "image/svg+xml": piece.svg, "text/plain": piece.title }, {
        fmbench: { file, alt: piece.title },
      }),
      display({ "text/markdown": `*${piece.caption}*` }),
    ];
  });
}

export function display(data: Record<string, string>, metadata: Record<string, unknown> = {}) {
  return { output_type: "display_data", data, metadata };
}

/** A code cell with these outputs. */
export function codeCell(...outputs: readonly unknown[]) {
  return {
    cell_type: "code",
    id: crypto.randomUUID().slice(0, 8),
    execution_count: 1,
    metadata: {},
    source: "theSource()",
    outputs,
  };
}

const nbconfig = `
import sys
sys.path.insert(0, ${JSON.stringify(`${root}lib/pipeline/nbconvert`)})
import report_filters
report_filters.configure(get_config())
`;

/** Writes the cells as `in.ipynb` into a folder and renders them to `report.md` and `report.html` beside it. */
export async function renderCells(
  cells: readonly unknown[],
  folder: string,
): Promise<{ markdown: string; html: string }> {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
    cells,
  };
  await Deno.writeTextFile(`${folder}/in.ipynb`, JSON.stringify(notebook));
  await Deno.writeTextFile(`${folder}/nbconfig.py`, nbconfig);
  return { markdown: await render("markdown", folder), html: await render("html", folder) };
}

async function render(format: "markdown" | "html", folder: string): Promise<string> {
  const { success, stderr } = await new Deno.Command(`${root}.venv/bin/jupyter`, {
    args: ["nbconvert", "--config", "nbconfig.py", "--to", format, "--output", "report", "in.ipynb"],
    cwd: folder,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return await Deno.readTextFile(`${folder}/report.${format === "html" ? "html" : "md"}`);
}

/** The Markdown as HTML in the most trusting of viewers: one that lets raw HTML through. */
export async function trustingViewer(markdown: string): Promise<string> {
  const child = new Deno.Command(`${root}.venv/bin/python`, {
    args: [
      "-c",
      "import sys, mistune; m = mistune.create_markdown(escape=False, plugins=['table', 'strikethrough', 'url', 'math']); " +
      "print(m(sys.stdin.read()))",
    ],
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
