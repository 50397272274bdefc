/** The command `cleanup`: what one run has left behind, or what carries our tags anywhere. */

import { type Command, Option } from "commander";
import { collect, loadOptions } from "./cli_flags.ts";
import { runFolder } from "./cli_run.ts";
import { UserError } from "./core/mod.ts";
import {
  findTagged,
  type OrphanScope,
  reasonToKeep,
  removeAll,
  removeTagged,
  runningCosts,
} from "./deploy/mod.ts";
import {
  loadConfigFrom,
  removalTable,
  removersFor,
  resourcesLeft,
  RESULTS_DIR,
  sendMirror,
  stepHasEnded,
} from "./pipeline/mod.ts";
import { openRun, readManifest, runnerState } from "./run/mod.ts";

interface CleanupFlags {
  readonly resultsDir: string;
  readonly orphans?: boolean;
  readonly configFile?: string;
  readonly region?: string[];
  readonly owner?: string;
  readonly runId?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function addCleanupCommand(fmbench: Command): void {
  fmbench.command("cleanup [run]")
    .description("remove what a run created and has not removed; or what no run looks after any more")
    .option("--orphans", "look for everything with our tags, and remove what has expired")
    .option(
      "--region <name>",
      "orphans: a region of AWS to look in (repeatable; default AWS_REGION)",
      collect,
    )
    .option("--config-file <file>", "orphans: also load processes on the fleet of this config (load.fleet)")
    .option("--owner <name>", "orphans: of this owner only")
    .option("--run-id <id>", "orphans: all of this run, expired or not")
    .option("--dry-run", "say what would be removed, and remove nothing")
    .option("--force", "also while the run is still running")
    .option("--json", "print one JSON object a line")
    .addOption(
      new Option("--results-dir <dir>", "where run directories lie")
        .default(RESULTS_DIR, "results/ in the project"),
    )
    .action(async (path: string | undefined, flags: CleanupFlags) => {
      if (flags.orphans) await cleanOrphans(flags);
      else if (path !== undefined) await cleanRun(path, flags);
      else throw nothingNamed();
    });
}

function nothingNamed(): UserError {
  return new UserError({
    action: "clean up",
    thing: "nothing",
    found: "no run is named",
    expected: "a run directory, or --orphans",
  });
}

async function cleanRun(path: string, { resultsDir, dryRun, force, json }: CleanupFlags): Promise<void> {
  const run = await openRun(await runFolder(path, { resultsDir }));
  const runner = await runnerState(run.paths.runner);
  if (!force && runner !== null && runner.state !== "gone") throw stillRunning(run.paths.root, runner);
  if (!force && !await stepHasEnded(run, runner === null ? 0 : undefined)) throw stepRuns(run.paths.root);
  const removed = dryRun ? [] : await removeAll(run.paths.root, {
    log: (line) => console.error(line),
    removers: removersFor(),
  });
  if (dryRun) return console.log(resourcesLeft(run) ?? `Nothing that run ${run.id} created is left.`);
  if (json) { for (const line of removed) console.log(JSON.stringify(line)); }
  else if (removed.length > 0) console.log(removalTable(removed, runningCosts(run.paths.root, new Date())));
  if ((await readManifest(run.paths.manifest)).mirror !== undefined) await sendMirror(run);
  console.log(`Nothing that run ${run.id} created is left.`);
}

function stillRunning(
  thing: string,
  { state, pid, host }: { state: string; pid: number; host: string },
): UserError {
  return new UserError({
    action: "clean up",
    thing,
    found: state === "elsewhere"
      ? `a process of the machine ${host} drives it, of which nothing can be said from here`
      : `it is still running (process ${pid})`,
    remedy: "Stop it with Ctrl-C, or clean up all the same with --force.",
  });
}

function stepRuns(thing: string): UserError {
  return new UserError({
    action: "clean up",
    thing,
    found: "one of its steps is being worked on in a notebook",
    remedy: "Stop it (interrupt its kernel), or clean up all the same with --force.",
  });
}

async function cleanOrphans({ region, owner, runId, dryRun, json, configFile }: CleanupFlags): Promise<void> {
  const removers = removersFor(
    configFile === undefined ? null : (await loadConfigFrom(configFile, loadOptions({}))).config,
  );
  const env = Deno.env.toObject();
  const home = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const scope: OrphanScope = {
    regions: region ?? (home === undefined ? [] : [home]),
    env,
    log: (line) => console.error(line),
  };
  if (scope.regions.length === 0) {
    console.error("No region of AWS is named (--region): only this machine and the cluster are searched.");
  }
  const { found, failures: unseen } = await findTagged(scope, removers);
  const failures = [...unseen];
  const choice = {
    now: new Date(),
    ...owner === undefined ? {} : { owner },
    ...runId === undefined ? {} : { run_id: runId },
  };
  for (const resource of found) {
    const kept = reasonToKeep(resource, choice);
    const say = (outcome: string) => {
      const { kind, name, id, ownership, description } = resource;
      console.log(
        json ? JSON.stringify({ kind, name, id, ...ownership, outcome }) : `${description}: ${outcome}`,
      );
    };
    if (kept !== null) say(`kept, ${kept}`);
    else if (dryRun) say("would be removed");
    else {
      try {
        say(await removeTagged(resource, scope, removers));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        failures.push(error.message);
      }
    }
  }
  if (found.length === 0 && failures.length === 0) console.log("Nothing with the tags of fmbench was found.");
  if (failures.length > 0) throw new UserError(failures.join("\n"));
}
