/** The command line: `fmbench <command>`. */

import { Command, CommanderError, Option } from "commander";
import { resolve } from "node:path";
import { certify, wholeLadder } from "./certify/mod.ts";
import {
  type CertifyFlags,
  collect,
  displayFor,
  faultsOf,
  loadOptions,
  numbersOf,
  parametersOf,
  portOf,
  type RunFlags,
  secondsOf,
  type SimulateFlags,
} from "./cli_flags.ts";
import { formatNotices, loadConfig } from "./config/mod.ts";
import { messageOf, UserError, version } from "./core/mod.ts";
import { removeAll } from "./deploy/mod.ts";
import {
  checkNotebooks,
  describeMachine,
  describeOutcome,
  listConfigs,
  RESULTS_DIR,
  runLab,
  runSteps,
  showNotebookFault,
} from "./pipeline/mod.ts";
import { certificate as certificateStamp } from "./report/mod.ts";
import { openRun, readManifest } from "./run/mod.ts";
import { profileNames, serve } from "./simulate/mod.ts";

/** Ctrl-C and SIGTERM stop the run cleanly; the second one ends the program at once. */
function stopSignal(): AbortSignal {
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

/** The flags with what an earlier run was started with: its config, `-A` and `--set`. */
async function asStarted(run: string, flags: RunFlags): Promise<RunFlags> {
  const { config_file, parameters, sets } = await readManifest((await openRun(run)).paths.manifest);
  const A = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return {
    ...flags,
    configFile: config_file,
    A: [...A, ...flags.A ?? []],
    set: [...sets, ...flags.set ?? []],
  };
}

async function run(given: RunFlags): Promise<void> {
  const flags = given.resume === undefined ? given : await asStarted(given.resume, given);
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
  const loaded = await loadConfig(flags.configFile, load);
  if (!flags.quiet && loaded.notices.length > 0) console.error(formatNotices(loaded.notices));
  const outcome = await runSteps({
    loaded,
    load,
    resultsDir: resolve(flags.resultsDir),
    from: flags.from === undefined ? null : resolve(flags.from),
    resume: flags.resume === undefined ? null : resolve(flags.resume),
    display: displayFor(flags),
    silenceSeconds: flags.giveUpAfter,
    signal: stopSignal(),
  });
  const summary = await describeOutcome(outcome.run, outcome.manifest);
  if (flags.json) console.log(JSON.stringify(summary.facts));
  else if (!flags.quiet) console.error(summary.text);
}

/** The flags that `run` and `report` share. */
function withRunFlags(command: Command, example: string): Command {
  return command
    .option("--set <path=value>", `override one key, typed: --set ${example} (repeatable)`, collect)
    .addOption(
      new Option("--results-dir <dir>", "where run directories lie")
        .default(RESULTS_DIR, "results/ in the project"),
    )
    .option(
      "--give-up-after <seconds>",
      "give a step up that shows no sign of life for so long",
      secondsOf,
      3600,
    )
    .option("--json", "print the outcome as one JSON object on standard output")
    .option("--verbose", "show progress as plain lines, each second")
    .option("--quiet", "print nothing but errors");
}

function program(): Command {
  const fmbench = new Command("fmbench")
    .description("Benchmarks foundation models: latency, throughput, cost and accuracy, from one YAML file.")
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError("(`fmbench --help` lists the commands, `fmbench <command> --help` its flags)")
    .addHelpText("after", "\nFlags without a command are those of `run`: fmbench --config-file FILE");

  const runCommand = fmbench.command("run")
    .description("run the enabled steps of a config, headless")
    .option("--config-file <file>", "the config, a YAML file")
    .option("-A <key=value>", "fill {key} in the config (repeatable)", collect)
    .option("--resume <run>", "go on with an interrupted run: its open steps, its missing requests")
    .option("--steps <list>", "run these steps only: 5, 3-5, 0-3,6")
    .option("--from <run>", "run directory to read the output of steps that are switched off from")
    .addOption(
      new Option("--local-mode <yes|no>", "read and write local folders only").choices(["yes", "no"]),
    )
    .option("--write-bucket <bucket>", "fill {write_bucket} (`placeholder` is never contacted)")
    .option("--tmp-dir <dir>", "the folder above fmbench-read/, where data is looked for, too")
    .option("--role-arn <arn>", "fill {role_arn}");
  withRunFlags(runCommand, "load.requests=20").action(run);

  withRunFlags(fmbench.command("report <run>"), "report.latency_budget=0.5")
    .description("analyse a finished run again, with other budgets or prices, without a request")
    .action(async (path: string, flags: RunFlags) => {
      await run({ ...await asStarted(path, flags), from: path, steps: "5" });
    });

  fmbench.command("validate <files...>")
    .description("check configs; one line a fault")
    .option("-A <key=value>", "fill {key} in the configs (repeatable)", collect)
    .action(async (files: string[], flags: { A?: string[] }) => {
      let bad = 0;
      for (const file of files) {
        try {
          const { notices } = await loadConfig(file, {
            parameters: parametersOf(flags.A),
            profiles: profileNames,
          });
          if (notices.length > 0) console.error(formatNotices(notices));
          console.log(`${file}: ok`);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          bad++;
          console.log(error.message);
        }
      }
      if (bad > 0) throw new CommanderError(1, "fmbench.invalid", "");
    });

  fmbench.command("check <notebooks...>")
    .description("type-check notebooks; names cell and line")
    .action(async (notebooks: string[]) => {
      const faults = await checkNotebooks(notebooks);
      for (const fault of faults) console.log(showNotebookFault(fault));
      if (faults.length > 0) throw new CommanderError(1, "fmbench.invalid", "");
      console.log(
        `${notebooks.length === 1 ? "The notebook is" : `All ${notebooks.length} notebooks are`} fine.`,
      );
    });

  fmbench.command("configs")
    .description("list the shipped configs")
    .action(async () => console.log(await listConfigs()));

  fmbench.command("simulate")
    .description("serve the embedded endpoint until Ctrl-C")
    .option("--profile <name>", `timing model: ${profileNames.join(", ")}`, "sim-small")
    .option("--port <port>", "port to listen on; 0 = any free one", portOf, 8000)
    .option("--prompts <dir>", "payload files whose answers it knows")
    .option(
      "--faults <map>",
      "what goes wrong: {http_429: 0.05, stall: [3, 40]}; see docs/faults.md",
      faultsOf,
    )
    .option("--seed <number>", "which requests the faults strike", Number, 42)
    .option("--log <file>", "where to append what it really did and when")
    .action(async ({ profile, port, prompts, faults, seed, log }: SimulateFlags) => {
      const endpoint = await serve({
        profile,
        port,
        prompts_dir: prompts ?? null,
        faults: faults ?? null,
        seed,
        log_path: log ?? null,
      });
      console.error(`simulated endpoint (${profile}): ${endpoint.url}`);
      await new Promise<void>((done) => Deno.addSignalListener("SIGINT", done));
      await endpoint.close();
    });

  fmbench.command("certify")
    .description("measure this machine's own error as a client, on the embedded endpoint")
    .option("--seconds <number>", "for all of it; what is not done by then is cut", secondsOf, 30)
    .option("--streams <list>", "numbers of streams to try", numbersOf, [...wholeLadder.streams])
    .option("--rates <list>", "arrivals a second to try", numbersOf, [...wholeLadder.rates_rps])
    .option("--workers <number>", "load processes to share them", (text) => numbersOf(text)[0], 1)
    .option("--json", "print the certificate as JSON")
    .action(async ({ seconds, streams, rates, workers, json }: CertifyFlags) => {
      const found = await certify({
        ladder: { streams, rates_rps: rates },
        seconds,
        workers,
        planned_streams: null,
        planned_rate_rps: null,
        machine: describeMachine(),
        signal: stopSignal(),
      });
      console.log(json ? JSON.stringify(found, null, 2) : certificateStamp(found));
    });

  fmbench.command("cleanup <run>")
    .description("remove what a run created and has not removed")
    .action(async (path: string) => {
      const opened = await openRun(path);
      for (const line of await removeAll(opened.paths.root)) console.log(JSON.stringify(line));
      console.log(`Nothing that run ${opened.id} created is left.`);
    });

  fmbench.command("lab")
    .description("open JupyterLab on the notebooks")
    .argument("[args...]", "passed on to `jupyter lab`")
    .allowUnknownOption()
    .action(async (args: string[]) => {
      Deno.exitCode = await runLab(args, (line) => console.error(line));
    });
  return fmbench;
}

/** People type the flags of `run` from habit without the command. */
function withCommand(args: readonly string[]): string[] {
  const first = args[0] ?? "--help";
  return first.startsWith("-") && !["--help", "-h", "--version", "-V"].includes(first)
    ? ["run", ...args]
    : [...args];
}

/** The least Deno whose kernel this program copes with; 2.8.2 and 2.8.3 report errors as success. */
const LEAST_DENO = [2, 9] as const;

function checkDeno(): void {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  if (major > LEAST_DENO[0] || (major === LEAST_DENO[0] && minor >= LEAST_DENO[1])) return;
  throw new UserError({
    action: "run with",
    thing: `Deno ${Deno.version.deno}`,
    found: "its notebook kernel loses outputs",
    expected: `Deno ${LEAST_DENO.join(".")} or later`,
    remedy: "Upgrade it, or put `npx --yes deno@2.9.6` before `task`.",
  });
}

/** Runs the command line. @returns the exit code: 0 fine, 1 the user's input, 2 a step failed, 130 interrupted */
export async function main(args: readonly string[]): Promise<number> {
  try {
    checkDeno();
    await program().parseAsync(withCommand(args), { from: "user" });
    return Deno.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof UserError)) throw error;
    console.error(messageOf(error));
    return error.exitCode;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
