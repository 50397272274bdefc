/** The command line: `fmbench <command>`. */

import { Command, CommanderError } from "commander";
import { certify, wholeLadder } from "./certify/mod.ts";
import {
  asStarted,
  type CertifyFlags,
  type ConfigFlags,
  faultsOf,
  loadOptions,
  numbersOf,
  portOf,
  type RunFlags,
  secondsOf,
  type SimulateFlags,
  withConfigFlags,
  withRunFlags,
} from "./cli_flags.ts";
import { run, runFolder, stopSignal } from "./cli_run.ts";
import { addCleanupCommand } from "./cli_cleanup.ts";
import { addCompareCommand } from "./cli_compare.ts";
import { addExportCommand } from "./cli_export.ts";
import { addPlanCommand } from "./cli_plan.ts";
import { addSearchCommand } from "./cli_search.ts";
import { addStudyCommand } from "./cli_study.ts";
import { describeLookUp, formatNotices } from "./config/mod.ts";
import { messageOf, studyStep, UserError, version } from "./core/mod.ts";
import {
  checkDeployments,
  checkNotebooks,
  type ConfigFilter,
  describeMachine,
  listConfigs,
  loadConfigFrom,
  runLab,
  sendMirror,
  showNotebookFault,
  studyWords,
} from "./pipeline/mod.ts";
import { certificate as certificateStamp } from "./report/mod.ts";
import { openRun, readManifest, stepEntry } from "./run/mod.ts";
import { profileNames, serve } from "./simulate/mod.ts";
import { isS3Address } from "./storage/mod.ts";

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
    .option("--config-file <file>", "the config, a YAML file: a path, s3://bucket/key or https://...")
    .option("--no-preflight", "send load without asking every endpoint once before")
    .option("--dry-run", "say what would be deployed, sent and paid, and do none of it")
    .option(
      "--resume <run>",
      "go on with an interrupted run: its open steps, its missing requests; a folder or s3://...",
    )
    .option("--steps <list>", "run these steps only: 5, 3-5, 0-3,6")
    .option("--from <run>", "run directory to read the output of steps that are switched off from");
  withRunFlags(withConfigFlags(runCommand), "load.requests=20").action(run);

  withRunFlags(fmbench.command("report <run>"), "report.latency_budget=0.5")
    .description("analyse a finished run again, with other budgets or prices, without a request")
    .action(async (path: string, flags: RunFlags) => {
      const folder = await runFolder(path, flags);
      const { steps } = await readManifest((await openRun(folder)).paths.manifest);
      const analysis = stepEntry({ steps }, studyStep) === undefined ? "5" : "study";
      await run({ ...await asStarted(folder, flags, isS3Address(path)), from: folder, steps: analysis });
    });

  addSearchCommand(fmbench);
  addStudyCommand(fmbench);
  addPlanCommand(fmbench);
  addExportCommand(fmbench);
  addCompareCommand(fmbench);

  withConfigFlags(fmbench.command("validate <files...>"))
    .description("check configs; one line a fault")
    .option("-v, --verbose", "print which file won, for every file that is looked for")
    .action(async (files: string[], flags: ConfigFlags & { verbose?: boolean }) => {
      let bad = 0;
      for (const file of files) {
        try {
          const loaded = await loadConfigFrom(file, loadOptions(flags));
          const { notices, lookUps, config } = loaded;
          if (notices.length > 0) console.error(formatNotices(notices));
          for (const each of flags.verbose ? lookUps : []) console.log(describeLookUp(each));
          if (config.run_steps["2_deploy_model"]) await checkDeployments(loaded, "validate");
          const study = studyWords(loaded);
          console.log(`${file}: ok${study === null ? "" : ` (${study})`}`);
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
    .description("list the shipped configs by platform, with their models and instance types")
    .option("--platform <name>", "those of a platform: bedrock, sagemaker, ec2, ...")
    .option("--model <name>", "those with a model whose id has this in it")
    .option("--instance <type>", "those with an instance type that has this in it")
    .action(async (filter: ConfigFilter) => console.log(await listConfigs(filter)));

  fmbench.command("simulate")
    .description(
      "serve the embedded endpoint until Ctrl-C: OpenAI, Bedrock, SageMaker, DJL, TGI, Triton, Ollama, llama.cpp, Ray Serve",
    )
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

  fmbench.command("mirror <run>")
    .description("send what its bucket lacks of a run that is over")
    .option("--write-bucket <bucket>", "mirror it there from now on")
    .action(async (path: string, { writeBucket }: { writeBucket?: string }) => {
      console.log(await sendMirror(await openRun(path), writeBucket));
    });

  addCleanupCommand(fmbench);

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

/** Runs the command line. @returns the exit code: 0 fine, 1 the user's input, 2 a step failed, 3 a regression, 130 interrupted */
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
