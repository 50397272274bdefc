/** Why a notebook failed, in words that name notebook, cell, line and reason. */

import { basename, join } from "node:path";
import { denoPath, projectRoot } from "./project.ts";
import type { NotebookEvent } from "./nbconvert/session.ts";

/** The part of a notebook file that matters here. */
export interface NotebookFile {
  readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
}

/** The source of a cell as one text. */
export function cellSource(cell: NotebookFile["cells"][number]): string {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

/** Where a line of the extracted script comes from. */
export interface CellLine {
  /** Position among the code cells, from 1, as a reader counts them. */
  readonly codeCell: number;
  /** From 1. */
  readonly line: number;
}

/** The code cells as one TypeScript module (imports first, as the kernel sees them), with the origin of each line. */
export function extractScript(notebook: NotebookFile): { script: string; origin: CellLine[] } {
  const lines: string[] = [];
  const origin: CellLine[] = [];
  let codeCell = 0;
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") continue;
    codeCell++;
    for (const [index, text] of cellSource(cell).split("\n").entries()) {
      lines.push(text);
      origin.push({ codeCell, line: index + 1 });
    }
    lines.push("");
    origin.push({ codeCell, line: 0 });
  }
  return { script: lines.join("\n") + "\nexport {};\n", origin };
}

/** Position of a cell among the code cells, from 1; cells are numbered from 0 over all kinds in the file. */
export function codeCellNumber(notebook: NotebookFile, cell: number): number {
  return notebook.cells.slice(0, cell + 1).filter(({ cell_type }) => cell_type === "code").length;
}

/**
 * The syntax error of one cell, which the kernel keeps to itself: the cell is given to the compiler.
 *
 * @returns `line L: reason`, or null when the cell can be parsed
 */
export async function syntaxErrorOf(source: string): Promise<string | null> {
  const file = await Deno.makeTempFile({ prefix: "fmbench-cell-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, source);
    const { stderr } = await new Deno.Command(denoPath, {
      args: ["lint", "--no-config", file],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
    }).output();
    const found = /SyntaxError: (.+)[\s\S]*?:(\d+):\d+\s/.exec(new TextDecoder().decode(stderr) + "\n");
    return found ? `line ${found[2]}: ${found[1]}` : null;
  } finally {
    await Deno.remove(file);
  }
}

/** `name.ipynb, code cell 2`; without the cell while none has started. */
export async function placeOf(notebookPath: string, cell: number | null): Promise<string> {
  const name = basename(notebookPath);
  if (cell === null) return name;
  const notebook = JSON.parse(await Deno.readTextFile(notebookPath)) as NotebookFile;
  return `${name}, code cell ${codeCellNumber(notebook, cell)}`;
}

/** One sentence about a notebook that did not get through, and what the reader should look at. */
export async function describeFailure(
  event: Extract<NotebookEvent, { event: "failed" | "died" | "broken" }>,
  notebookPath: string,
): Promise<string> {
  const place = await placeOf(notebookPath, event.cell);
  if (event.event === "died") {
    return `${place}: the kernel ended while the cell ran (Deno.exit, a crash, or out of memory)`;
  }
  if (event.event === "broken") return `${place}: ${event.reason}`;
  const notebook = JSON.parse(await Deno.readTextFile(notebookPath)) as NotebookFile;
  const source = cellSource(notebook.cells[event.cell]!);
  if (event.evalue === "Execution failed") {
    const reason = await syntaxErrorOf(source) ?? await importError(source);
    return `${place}${reason ? `, ${reason}` : ": the kernel refused the cell without a reason"}`;
  }
  return `${place}: ${event.ename}: ${event.evalue}`;
}

/** What the compiler says of a cell that parses but that the kernel refuses: an import outside the lock file, mostly. */
async function importError(source: string): Promise<string | null> {
  const file = join(projectRoot, "notebooks", `.check-${crypto.randomUUID().slice(0, 8)}.ts`);
  try {
    await Deno.writeTextFile(file, source);
    const { stderr, success } = await new Deno.Command(denoPath, {
      args: ["cache", "--quiet", file],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
    }).output();
    if (success) return null;
    return new TextDecoder().decode(stderr).trim().split("\n")[0]!.replace(/^error: /, "");
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}
