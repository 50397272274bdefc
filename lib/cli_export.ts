/** The command `export`: a run in another program's layout. */

import { type Command, Option } from "commander";
import { resolve } from "node:path";
import { runFolder } from "./cli_run.ts";
import { RESULTS_DIR } from "./pipeline/mod.ts";
import { exportRun } from "./pipeline/export.ts";
import { openRun } from "./run/mod.ts";

interface ExportFlags {
  layout: "fmbench";
  output?: string;
}

/** Adds `fmbench export RUN --layout fmbench [--output DIR]`. */
export function addExportCommand(program: Command): void {
  program.command("export <run>")
    .description("write an analysed run in the files and folders of FMBench")
    .addOption(
      new Option("--layout <name>", "whose files: fmbench").choices(["fmbench"]).makeOptionMandatory(),
    )
    .option("--output <dir>", "an empty folder, or a new one (default: fmbench-<general.name> here)")
    .action(async (path: string, { output }: ExportFlags) => {
      const run = await openRun(await runFolder(path, { resultsDir: RESULTS_DIR }));
      const { folder, results, requests, chunks } = await exportRun(run, output ?? null);
      console.log(
        `${resolve(folder)}: ${requests} requests in ${chunks} chunks; tables and report in ${results}`,
      );
    });
}
