/** The command `search`: the highest rate that keeps the objectives. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { resolve } from "node:path";
import { collect, displayFor, loadOptions, type RunFlags, secondsOf } from "./cli_flags.ts";
import { stopSignal } from "./cli_run.ts";
import { formatNotices } from "./config/mod.ts";
import { showDuration, showNumber, showPercent, UserError } from "./core/mod.ts";
import { loadConfigFrom, RESULTS_DIR, searchLoad, type SearchOutcome } from "./pipeline/mod.ts";
import { objectiveWords } from "./report/mod.ts";

/** What `search` is told. */
interface SearchFlags extends RunFlags {
  readonly experiment?: string;
  readonly payloadFile?: string;
  readonly fromRps: number;
  readonly toRps: number;
  readonly trialSeconds: number;
  readonly trials: number;
}

/** Adds `search` to the command line. */
export function addSearchCommand(program: Command): void {
  program.command("search")
    .description("find the highest rate of one experiment at which enough requests meet the objectives")
    .requiredOption("--config-file <file>", "the config; what is asked for stands in report.objectives")
    .option("--experiment <name>", "which of its experiments; default: the only one")
    .option("--payload-file <name>", "which of its payload files; default: the data set of interest")
    .option("--from-rps <number>", "arrivals a second to begin with", amountOf, 1)
    .option("--to-rps <number>", "the most to try", amountOf, 200)
    .option("--trial-seconds <seconds>", "length of a trial, after 5 s of warm-up", secondsOf, 30)
    .option("--trials <number>", "most trials", countOf, 20)
    .option("-A <key=value>", "fill {key} in the config (repeatable)", collect)
    .option("--set <path=value>", "override one key, typed: --set load.seed=1 (repeatable)", collect)
    .addOption(
      new Option("--results-dir <dir>", "where run directories lie")
        .default(RESULTS_DIR, "results/ in the project"),
    )
    .option("--no-preflight", "send load without asking the endpoint once before")
    .option("--give-up-after <seconds>", "give a step up without a sign of life", secondsOf, 3600)
    .option("--json", "print the outcome as one JSON object on standard output")
    .option("--verbose", "show progress as plain lines, each second")
    .option("--quiet", "print nothing but the outcome and errors")
    .action(search);
}

async function search(flags: SearchFlags): Promise<void> {
  const { configFile, fromRps, toRps, trialSeconds, trials, experiment, payloadFile } = flags;
  if (fromRps >= toRps) {
    throw new UserError({
      action: "search from",
      thing: `--from-rps ${fromRps}`,
      found: `--to-rps is ${toRps}`,
      expected: "a rate below it",
    });
  }
  const load = loadOptions(flags);
  const loaded = await loadConfigFrom(configFile!, load);
  if (!flags.quiet && loaded.notices.length > 0) console.error(formatNotices(loaded.notices));
  const limit_ms = Math.max(0, ...Object.values(loaded.config.report.objectives.objectives));
  if (!flags.quiet && limit_ms > trialSeconds * 1000 * mostOfTrial) console.error(shortTrials(limit_ms));
  const outcome = await searchLoad({
    ...{ loaded, load, trials, from_rps: fromRps, to_rps: toRps, trial_seconds: trialSeconds },
    ...experiment === undefined ? {} : { experiment },
    ...payloadFile === undefined ? {} : { payload_file: payloadFile },
    resultsDir: resolve(flags.resultsDir),
    display: displayFor({ ...flags, quiet: !flags.verbose }),
    silenceSeconds: flags.giveUpAfter,
    signal: stopSignal(),
    onTrial({ rate_rps, good, finished }, { rate_rps: { value, low, high }, trials }) {
      if (flags.quiet) return;
      const known = value === null ? "" : `; limit about ${range(value, low, high)}`;
      const share = showPercent(good / finished);
      console.error(
        `trial ${trials.length}: ${
          showNumber(rate_rps)
        }/s, ${share} of ${finished} requests were good${known}`,
      );
    },
  });
  console.log(flags.json ? JSON.stringify(outcome) : outcomeWords(outcome));
}

/** A limit longer than this part of a trial: requests of a queue that grows all the time may still keep it. */
const mostOfTrial = 0.1;

function shortTrials(limit_ms: number): string {
  return `Trials are short for a limit of ${
    showDuration(limit_ms)
  }: a queue that keeps growing may not reach it, and the rate come out ` +
    `too high. --trial-seconds ${Math.ceil(limit_ms / 1000 / mostOfTrial)} is safe.`;
}

/** The answer in words. */
export function outcomeWords(
  { found, rate_rps, service_level, experiment_name, payload_file, trials, prepared_by }: SearchOutcome,
): string {
  const { value, low, high, flagged } = rate_rps;
  const bound = showNumber(found === "below" ? high : value);
  const answer = {
    between: `${range(value ?? NaN, low, high)} arrivals a second`,
    at_least: `at least ${bound} arrivals a second, the most that was to be tried`,
    below: `less than ${bound} arrivals a second, where the search began`,
    unknown: "not known: there was no trial",
  }[found];
  return [
    `${experiment_name}, ${payload_file}: the highest load at which ${
      showPercent(service_level.share)
    } of the requests have ` +
    `${objectiveWords(service_level.objectives)} is ${answer}.`,
    found === "between" && flagged
      ? "The interval is wider than 5 %: more or longer trials (--trials, --trial-seconds) narrow it."
      : null,
    `${trials.length} trials, ${
      showNumber(rate_rps.n, 12)
    } requests; every trial and its run: ${prepared_by}/search.json`,
  ].filter((line) => line !== null).join("\n");
}

function range(value: number, low: number | null, high: number | null): string {
  return `${showNumber(value)} (95 % interval ${showNumber(low)} to ${showNumber(high)})`;
}

function amountOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}

function countOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 6 && value <= 100) return value;
  throw new InvalidArgumentError("Expected a whole number from 6 to 100.");
}
