/** The command `study`: a latency study from a scenario file, or the analysis of an older one. */

import { type Command, InvalidArgumentError } from "commander";
import { basename, resolve } from "node:path";
import { displayFor, loadOptions, type RunFlags, withConfigFlags, withRunFlags } from "./cli_flags.ts";
import { run, stopSignal, tellOutcome } from "./cli_run.ts";
import { formatNotices } from "./config/mod.ts";
import { importStudy, loadConfigFrom, projectRoot, runSteps } from "./pipeline/mod.ts";

/** What `study` is told beside the flags of `run`. */
interface StudyFlags extends RunFlags {
  readonly rounds?: number;
  readonly invocations?: number;
  readonly pause?: number;
  readonly parallel?: number;
  readonly duration?: string;
  readonly callsPerMinute?: number;
  readonly precision?: number;
  readonly stopWhenPrecise?: true;
  readonly dollars?: number;
  readonly simulate?: true;
}

const realConfig = `${projectRoot}/configs/bedrock/latency-study.yml`;
const simulatedConfig = `${projectRoot}/configs/latency-study-demo.yml`;

/** Adds `study` to the command line. */
export function addStudyCommand(program: Command): void {
  const command = program.command("study <file>")
    .description(
      "compare models and latency profiles over hours or days; FILE holds scenarios, or is a CSV file or folder of an older study",
    )
    .option("--config-file <file>", "another config with a `study` section")
    .option("--simulate", "on the embedded endpoint, with short pauses: costs nothing and takes a minute")
    .option("--rounds <number>", "how often all scenarios are gone through", amountOf)
    .option("--invocations <number>", "calls of a scenario in each round", amountOf)
    .option("--pause <seconds>", "between two calls of a scenario", amountOf)
    .option("--parallel <number>", "most calls in flight", amountOf)
    .option("--duration <time>", "go on for so long: 90m, 24h, 2w")
    .option("--calls-per-minute <number>", "calls have due times, in place of pauses", amountOf)
    .option("--precision <share>", "how well the change of TTFT is to be known: 0.05 is ±5 %", amountOf)
    .option("--stop-when-precise", "end the study when it is")
    .option("--dollars <amount>", "end the study when it has cost so much", amountOf)
    .option("--no-preflight", "make the calls without asking every endpoint once before")
    .option("--dry-run", "say what would be called and paid, and do none of it");
  withRunFlags(withConfigFlags(command), "study.jitter=0.2").action(study);
}

async function study(file: string, flags: StudyFlags): Promise<void> {
  if (await isOldStudy(file)) return await showOldStudy(file, flags);
  const address = /^(s3|https?):/.test(file) ? file : resolve(file);
  await run({
    ...flags,
    configFile: flags.configFile ?? (flags.simulate ? simulatedConfig : realConfig),
    set: [`study.scenarios=${JSON.stringify(address)}`, ...settingsOf(flags), ...flags.set ?? []],
  });
}

/** What the flags say, as `--set` does. */
function settingsOf(flags: StudyFlags): string[] {
  const keys = {
    "study.rounds": flags.rounds,
    "study.invocations_per_scenario": flags.invocations,
    "study.sleep_between_invocations": flags.pause,
    "study.parallel_calls": flags.parallel,
    "study.duration": flags.duration,
    "study.calls_per_minute": flags.callsPerMinute,
    "study.precision": flags.precision,
    "study.stop_when_precise": flags.stopWhenPrecise && "yes",
    "limits.dollars": flags.dollars,
  };
  return Object.entries(keys).flatMap(([key, value]) => value === undefined ? [] : [`${key}=${value}`]);
}

/** A folder, or a CSV file, is what the notebook of AWS leaves. */
async function isOldStudy(path: string): Promise<boolean> {
  if (path.endsWith(".csv")) return true;
  return await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
}

async function showOldStudy(path: string, flags: StudyFlags): Promise<void> {
  const { config, load, run: imported } = await importStudy({
    path: resolve(path),
    name: `imported-${basename(resolve(path)).replace(/\.csv$/, "")}`,
    config: flags.configFile ?? realConfig,
    resultsDir: resolve(flags.resultsDir),
    load: loadOptions(flags),
  });
  const loaded = await loadConfigFrom(config, load);
  if (!flags.quiet && loaded.notices.length > 0) console.error(formatNotices(loaded.notices));
  const outcome = await runSteps({
    ...{ loaded, load, from: null, resume: imported.paths.root },
    resultsDir: resolve(flags.resultsDir),
    display: displayFor(flags),
    silenceSeconds: flags.giveUpAfter,
    signal: stopSignal(),
  });
  await tellOutcome(outcome, flags);
}

function amountOf(text: string): number {
  const amount = Number(text);
  if (text.trim() === "" || !Number.isFinite(amount) || amount < 0) {
    throw new InvalidArgumentError("Expected a number, 0 or more.");
  }
  return amount;
}
