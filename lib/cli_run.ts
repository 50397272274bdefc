/** The commands `run` and `report`: from flags to the outcome. */

import { resolve } from "node:path";
import { asStarted, displayFor, loadOptions, type RunFlags } from "./cli_flags.ts";
import { formatNotices } from "./config/mod.ts";
import { UserError } from "./core/mod.ts";
import {
  describeOutcome,
  dryRun,
  type FinishedRun,
  loadConfigFrom,
  localRun,
  mirrorLine,
  runSteps,
} from "./pipeline/mod.ts";
import { isS3Address } from "./storage/mod.ts";

/** Ctrl-C and SIGTERM stop the run cleanly; the second one ends the program at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(130);
    console.error("Stopping: the step writes down what it has. Press Ctrl-C again to end at once.");
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
  return controller.signal;
}

const toStderr = (line: string) => console.error(line);

/** A RUN that a user names, as a folder of this machine. */
export async function runFolder(run: string, { resultsDir, quiet }: Pick<RunFlags, "resultsDir" | "quiet">) {
  return resolve(await localRun(run, resolve(resultsDir), quiet ? () => {} : toStderr));
}

/** The flags with the runs that they name on this machine, and with what the run to resume was started with. */
async function settled(given: RunFlags): Promise<RunFlags> {
  const from = given.from === undefined ? {} : { from: await runFolder(given.from, given) };
  if (given.resume === undefined) return { ...given, ...from };
  const resume = await runFolder(given.resume, given);
  return { ...await asStarted(resume, given, isS3Address(given.resume)), ...from, resume };
}

/** Runs what the flags say, to its end. */
export async function run(given: RunFlags): Promise<void> {
  const flags = await settled(given);
  if (flags.configFile === undefined) {
    throw new UserError({
      action: "run",
      thing: "fmbench",
      found: "no config is named",
      expected: "--config-file FILE",
      remedy: "`fmbench configs` lists those that ship.",
    });
  }
  const load = loadOptions(flags);
  const loaded = await loadConfigFrom(flags.configFile, load);
  if (!flags.quiet && loaded.notices.length > 0) console.error(formatNotices(loaded.notices));
  if (flags.dryRun) {
    const { from = null } = flags;
    const { forecast, deployment } = await dryRun({
      ...{ loaded, resultsDir: resolve(flags.resultsDir), from },
      ...flags.json ? {} : { show: (part: string) => console.log(`${part}\n`) },
    });
    if (flags.json) console.log(JSON.stringify({ ...forecast, deployment }));
    if ((deployment?.refusals.length ?? 0) > 0) Deno.exitCode = 1;
    return;
  }
  const outcome = await runSteps({
    loaded,
    load,
    resultsDir: resolve(flags.resultsDir),
    from: flags.from ?? null,
    resume: flags.resume ?? null,
    display: displayFor(flags),
    silenceSeconds: flags.giveUpAfter,
    signal: stopSignal(),
  });
  await tellOutcome(outcome, flags);
}

/** Says how a run ended; exit code 2 where its bucket lacks a part of it. */
export async function tellOutcome(
  outcome: FinishedRun,
  flags: Pick<RunFlags, "json" | "quiet">,
): Promise<void> {
  const summary = await describeOutcome(outcome);
  if (flags.json) console.log(JSON.stringify(summary.facts));
  else if (!flags.quiet) console.error(summary.text);
  if (outcome.mirror === null || outcome.mirror.failure === null) return;
  if (flags.json || flags.quiet) console.error(mirrorLine(outcome.mirror, outcome.run.paths.root));
  Deno.exitCode = 2;
}
