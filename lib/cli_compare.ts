/** The command `compare`: runs, or experiments, side by side. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { resolve } from "node:path";
import { collect } from "./cli_flags.ts";
import { runFolder } from "./cli_run.ts";
import { type LatencyStatistic, UserError } from "./core/mod.ts";
import { compareRuns, RESULTS_DIR } from "./pipeline/mod.ts";
import { comparisonReport } from "./report/mod.ts";

/** What `compare` is told. */
interface CompareFlags {
  readonly across?: "models";
  readonly pair?: string[];
  readonly minEffect?: number;
  readonly strict?: boolean;
  readonly statistic?: LatencyStatistic;
  readonly resultsDir: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** The exit code of a regression. */
const REGRESSION = 3;

/** Adds `compare` to the command line. */
export function addCompareCommand(program: Command): void {
  program.command("compare <runs...>")
    .description("compare finished runs with the first one; exit code 3 when the latency became worse")
    .addOption(
      new Option("--across <what>", "compare every experiment with the first one, also within one run")
        .choices(["models"]),
    )
    .option(
      "--pair <alpha=beta>",
      "compare these two experiments, of two runs or of one (repeatable)",
      collect,
    )
    .option("--min-effect <percent>", "a smaller change is no regression: 5%, or 0.05", fractionOf)
    .option("--strict", "exit code 3 also when any other figure became worse")
    .addOption(
      new Option(
        "--statistic <name>",
        "what of the response time decides; default: what the baseline's report says",
      )
        .choices(["p50", "p95", "p99", "mean"]),
    )
    .addOption(
      new Option("--results-dir <dir>", "where runs of a bucket are brought")
        .default(RESULTS_DIR, "results/ in the project"),
    )
    .option("--json", "print the comparison as one JSON object")
    .option("--output <file>", "write the Markdown to a file as well")
    .action(compare);
}

async function compare(named: string[], flags: CompareFlags): Promise<void> {
  const runs: string[] = [];
  for (const run of named) runs.push(await runFolder(run, { resultsDir: flags.resultsDir }));
  const comparison = await compareRuns({
    runs,
    acrossModels: flags.across === "models",
    experiments: (flags.pair ?? []).map(pairOf),
    ...(flags.minEffect === undefined ? {} : { minEffect: flags.minEffect }),
    ...(flags.statistic === undefined ? {} : { statistic: flags.statistic }),
    strict: flags.strict ?? false,
  });
  const text = comparisonReport(comparison);
  if (flags.output !== undefined) await write(resolve(flags.output), text + "\n");
  console.log(flags.json ? JSON.stringify(comparison) : text);
  if (comparison.regression) Deno.exitCode = REGRESSION;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (error) {
    throw new UserError({
      action: "write the comparison to",
      thing: path,
      found: error instanceof Deno.errors.NotFound ? "there is no such folder" : String(error),
      expected: "a file in a folder that exists",
    }, { cause: error });
  }
}

function pairOf(text: string): readonly [string, string] {
  const [alpha, beta, ...more] = text.split("=");
  if (alpha && beta && more.length === 0) return [alpha, beta];
  throw new UserError({
    action: "read",
    thing: `--pair ${text}`,
    found: "these are not two names",
    expected: "--pair alpha=beta, two experiments",
  });
}

/** `5%` and `0.05` are the same. */
function fractionOf(text: string): number {
  const percent = /^(.*\S)\s*%$/.exec(text.trim());
  const value = percent === null ? Number(text) : Number(percent[1]) / 100;
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a part of the baseline, such as 5% or 0.05.");
}
