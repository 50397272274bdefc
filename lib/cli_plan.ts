/** The command `plan`: how many of what serve a workload. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { runFolder } from "./cli_run.ts";
import { UserError } from "./core/mod.ts";
import { planRun, RESULTS_DIR } from "./pipeline/mod.ts";
import { planTable } from "./report/mod.ts";

/** What `plan` is told. */
interface PlanFlags {
  readonly requestsPerMinute?: number;
  readonly users?: number;
  readonly requestsPerUser?: number;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  readonly latencySeconds?: number;
  readonly payloadFile?: string;
  readonly resultsDir: string;
  readonly json?: boolean;
}

/** Adds `plan` to the command line. */
export function addPlanCommand(program: Command): void {
  program.command("plan <run>")
    .description(
      "say how many of each instance type serve a workload, and what that costs, without a request",
    )
    .option(
      "--requests-per-minute <number>",
      "the rate; default: what the run's report.workload says",
      amountOf,
    )
    .addOption(
      new Option("--users <number>", "the same as people ...").argParser(amountOf)
        .conflicts("requestsPerMinute"),
    )
    .addOption(
      new Option("--requests-per-user <number>", "... times requests a minute of each").argParser(amountOf)
        .conflicts("requestsPerMinute"),
    )
    .option("--prompt-tokens <number>", "mean length of a prompt", amountOf)
    .option("--output-tokens <number>", "mean length of an answer", amountOf)
    .option("--latency-seconds <number>", "L; default: the run's latency budget", amountOf)
    .option("--payload-file <name>", "which measured prompts speak for the workload; default: the nearest")
    .addOption(
      new Option("--results-dir <dir>", "where runs of a bucket are brought")
        .default(RESULTS_DIR, "results/ in the project"),
    )
    .option("--json", "print the plan as one JSON object")
    .action(plan);
}

async function plan(named: string, flags: PlanFlags): Promise<void> {
  const { promptTokens, outputTokens, latencySeconds, payloadFile } = flags;
  const rate = rateOf(flags);
  const folder = await runFolder(named, { resultsDir: flags.resultsDir });
  const { plan, currency } = await planRun(folder, {
    ...rate === undefined ? {} : { requests_per_minute: rate },
    ...promptTokens === undefined ? {} : { prompt_tokens: promptTokens },
    ...outputTokens === undefined ? {} : { output_tokens: outputTokens },
    ...latencySeconds === undefined ? {} : { latency_seconds: latencySeconds },
    ...payloadFile === undefined ? {} : { payload_file: payloadFile },
  });
  console.log(flags.json ? JSON.stringify({ ...plan, currency }) : planTable(plan, currency));
}

function rateOf({ requestsPerMinute, users, requestsPerUser }: PlanFlags): number | undefined {
  if (users === undefined && requestsPerUser === undefined) return requestsPerMinute;
  if (users !== undefined && requestsPerUser !== undefined) return users * requestsPerUser;
  const [given, missing] = users === undefined
    ? [`--requests-per-user ${requestsPerUser}`, "--users"]
    : [`--users ${users}`, "--requests-per-user"];
  throw new UserError({
    action: "plan for",
    thing: given,
    found: `${missing} is not there`,
    expected: "both: their product is the rate",
  });
}

/** A number above 0. */
function amountOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}
