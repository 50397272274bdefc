/** Type check of notebooks: the kernel checks no types and shows no syntax errors, so the compiler is asked beforehand. */

import { dirname, join } from "node:path";
import { type CellLine, extractScript, type NotebookFile } from "./diagnosis.ts";
import { denoPath } from "./project.ts";

/** One thing that the compiler finds wrong with a notebook. */
export interface NotebookFault {
  readonly notebook: string;
  readonly at: CellLine | null;
  readonly message: string;
}

/** `notebook.ipynb, code cell 2, line 3: message`. */
export function showNotebookFault({ notebook, at, message }: NotebookFault): string {
  const place = at === null ? "" : `, code cell ${at.codeCell}, line ${at.line}`;
  return `${notebook}${place}: ${message}`;
}

/**
 * Checks notebooks with `deno check`, as scripts extracted beside them (imports resolve as in the kernel).
 *
 * @param files paths of `.ipynb` files
 */
export async function checkNotebooks(files: readonly string[]): Promise<NotebookFault[]> {
  const scripts = new Map<string, { notebook: string; origin: CellLine[] }>();
  try {
    for (const [index, file] of files.entries()) {
      const { script, origin } = extractScript(JSON.parse(await Deno.readTextFile(file)) as NotebookFile);
      // The compiler names files as URLs: a name without characters that would be encoded is found again.
      const name = `.check-${Deno.pid}-${index}.ts`;
      scripts.set(name, { notebook: file, origin });
      await Deno.writeTextFile(join(dirname(file), name), script);
    }
    const { success, stderr } = await new Deno.Command(denoPath, {
      args: [
        "check",
        "--quiet",
        ...[...scripts].map(([name, { notebook }]) => join(dirname(notebook), name)),
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
    }).output();
    return success ? [] : faultsIn(new TextDecoder().decode(stderr), scripts);
  } finally {
    for (const [name, { notebook }] of scripts) {
      await Deno.remove(join(dirname(notebook), name)).catch(() => {});
    }
  }
}

/** The compiler prints a message, the line, and `at file:///path:line:column`; both syntax and type errors. */
function faultsIn(
  text: string,
  scripts: ReadonlyMap<string, { notebook: string; origin: readonly CellLine[] }>,
): NotebookFault[] {
  const faults: NotebookFault[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    const message = block.trim().split("\n")[0]!.replace(/^error: /, "").replace(/^TS\d+ \[ERROR\]: /, "");
    for (const [name, { notebook, origin }] of scripts) {
      const at = new RegExp(`${name.replaceAll(".", "\\.")}:(\\d+):\\d+`).exec(block);
      if (at) faults.push({ notebook, at: origin[Number(at[1]) - 1] ?? null, message });
    }
  }
  if (faults.length > 0) return faults;
  return [...scripts.values()].slice(0, 1).map(({ notebook }) => ({
    notebook,
    at: null,
    message: text.trim(),
  }));
}
