/** Runs the command line as a user does: another process, its own results folder. */

import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { type Manifest, readManifest } from "../../lib/run/mod.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The arguments that start the command line with the permissions of the README's commands. */
export const commandLine: readonly string[] = [
  ...[
    "run",
    "--no-prompt",
    "--quiet",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-run",
    "--allow-sys",
    "--allow-ffi=node_modules",
  ],
  ...["--allow-net=127.0.0.1", join(projectRoot, "lib", "cli.ts")],
];

/** Runs `fmbench` to its end. */
export async function fmbench(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...commandLine, ...args],
    cwd: projectRoot,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Calls `work` with a results folder of its own, and removes it. */
export async function inResults(work: (results: string) => Promise<void>): Promise<void> {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    await work(results);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
}

/** The only run below a results folder, with its manifest. */
export async function onlyRun(
  resultsDir: string,
  name: string,
): Promise<{ root: string; manifest: Manifest }> {
  const runs: string[] = [];
  for await (const entry of Deno.readDir(join(resultsDir, name))) {
    if (entry.isDirectory) runs.push(entry.name);
  }
  if (runs.length !== 1) {
    throw new Error(`expected one run in ${resultsDir}/${name}, found ${runs.join(", ")}`);
  }
  const root = join(resultsDir, name, runs[0]!);
  return { root, manifest: await readManifest(join(root, "manifest.json")) };
}

/** An executed notebook: its code cells with their outputs. */
export interface ExecutedCell {
  readonly source: string;
  readonly outputs: readonly { output_type: string; text?: string[]; data?: Record<string, unknown> }[];
}

/** The code cells of an executed notebook of a run. */
export async function executedCells(root: string, notebook: string): Promise<ExecutedCell[]> {
  const { cells } = JSON.parse(await Deno.readTextFile(join(root, "notebooks", `${notebook}.ipynb`))) as {
    cells: { cell_type: string; source: string | string[]; outputs: ExecutedCell["outputs"] }[];
  };
  return cells.filter((cell) => cell.cell_type === "code")
    .map(({ source, outputs }) => ({ source: [source].flat().join(""), outputs }));
}

/** Everything that the outputs of a cell say, as one text. */
export function outputText(cell: ExecutedCell): string {
  return cell.outputs.flatMap(({ text, data }) => text ?? Object.values(data ?? {}).flat()).join("");
}
