/** The flags of the command line: what they come in as, and what they mean to the program. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { LoadOptions } from "./config/mod.ts";
import { UserError } from "./core/mod.ts";
import {
  carriedConfig,
  PlainDisplay,
  quietDisplay,
  RESULTS_DIR,
  type RunDisplay,
  stepOverrides,
  TerminalDisplay,
} from "./pipeline/mod.ts";
import { openRun, readManifest } from "./run/mod.ts";
import { type FaultOptions, profileNames } from "./simulate/mod.ts";

/** What the flags of all commands that read a config come in as. */
export interface ConfigFlags {
  localMode?: "yes" | "no";
  writeBucket?: string;
  tmpDir?: string;
  roleArn?: string;
  A?: string[];
}

/** What the flags of `run` come in as. */
export interface RunFlags extends ConfigFlags {
  configFile?: string;
  set?: string[];
  resultsDir: string;
  from?: string;
  resume?: string;
  steps?: string;
  dryRun?: boolean;
  /** false: `--no-preflight`. */
  preflight?: boolean;
  giveUpAfter: number;
  json?: boolean;
  verbose?: boolean;
  quiet?: boolean;
}

/** Gathers the values of a flag that may be repeated. */
export const collect = (value: string, previous: string[] = []) => [...previous, value];

/** A number of seconds above 0. */
export function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError("Expected a number of seconds above 0.");
}

/** A port; 0 = any free one. */
export function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 0 to 65535.");
}

/** What `simulate` is told. */
export interface SimulateFlags {
  readonly profile: string;
  readonly port: number;
  readonly prompts?: string;
  readonly faults?: FaultOptions;
  readonly seed: number;
  readonly log?: string;
}

/** A map in YAML's or JSON's short form; the endpoint checks what is in it. */
export function faultsOf(text: string): FaultOptions {
  try {
    const faults: unknown = parse(text);
    if (typeof faults === "object" && faults !== null && !Array.isArray(faults)) return faults;
  } catch {
    // The message below says what is expected.
  }
  throw new InvalidArgumentError("Expected a map such as '{http_429: 0.05}'.");
}

/** What `certify` is told. */
export interface CertifyFlags {
  readonly seconds: number;
  readonly streams: readonly number[];
  readonly rates: readonly number[];
  readonly workers: number;
  readonly json?: boolean;
}

/** Numbers of streams, or rates: `1,16,64`. */
export function numbersOf(text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number >= 1 && number <= 10_000)) return numbers;
  throw new InvalidArgumentError("Expected whole numbers from 1 to 10000, separated by commas.");
}

/** `key=value` texts as a map. */
export function parametersOf(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) {
      throw new UserError({
        action: "read",
        thing: `-A ${pair}`,
        found: "there is no `=`",
        expected: "-A key=value",
      });
    }
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

/**
 * The flags with what an earlier run was started with: its config, `-A` and `--set`; or, where that config is not on this
 * machine, the one that the run carries.
 *
 * @param brought whether the run was brought here from a bucket
 */
export async function asStarted(root: string, flags: RunFlags, brought: boolean): Promise<RunFlags> {
  const { config_file, parameters = {}, sets = [] } = await readManifest(
    (await openRun(root)).paths.manifest,
  );
  const carried = carriedConfig(root);
  if ((brought || !existsSync(config_file)) && existsSync(carried)) return { ...flags, configFile: carried };
  const A = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return {
    ...flags,
    configFile: config_file,
    A: [...A, ...flags.A ?? []],
    set: [...sets, ...flags.set ?? []],
  };
}

/** What the flags say about reading the config. */
export function loadOptions(
  flags: ConfigFlags & Pick<Partial<RunFlags>, "set" | "steps" | "preflight">,
): LoadOptions {
  return {
    parameters: withOwnScenarios(parametersOf(flags.A)),
    profiles: profileNames,
    sets: [
      ...(flags.set ?? []).map(withOwnScenarioFile),
      ...stepOverrides(flags.steps),
      ...flags.preflight === false ? ["preflight=no"] : [],
    ],
    ...(flags.localMode === undefined ? {} : { localMode: flags.localMode === "yes" }),
    ...(flags.writeBucket === undefined ? {} : { writeBucket: flags.writeBucket }),
    ...(flags.tmpDir === undefined ? {} : { tmpDir: flags.tmpDir }),
    ...(flags.roleArn === undefined ? {} : { roleArn: flags.roleArn }),
  };
}

/** A scenario file of the working folder by its whole path: steps, and whoever resumes the run, have another one. */
function withOwnScenarios({ scenarios, ...parameters }: Record<string, string>): Record<string, string> {
  return scenarios === undefined ? parameters : { ...parameters, scenarios: wholePath(scenarios) };
}

function withOwnScenarioFile(setting: string): string {
  const [, key, name] = /^(study\.scenarios=)(.+)$/.exec(setting) ?? [];
  return key === undefined || name === undefined ? setting : key + wholePath(name);
}

function wholePath(name: string): string {
  return existsSync(name) ? resolve(name) : name;
}

/** How the run shows itself. */
export function displayFor(flags: RunFlags): RunDisplay {
  if (flags.quiet) return quietDisplay;
  if (Deno.stderr.isTerminal() && !flags.verbose) return new TerminalDisplay();
  return new PlainDisplay((line) => console.error(line), flags.verbose ? 1000 : 5000);
}

/** The flags that `run` and `validate` share: they fill in a config. */
export function withConfigFlags(command: Command): Command {
  return command
    .option("-A <key=value>", "fill {key} in the config (repeatable)", collect)
    .addOption(
      new Option("--local-mode <yes|no>", "yes: no bucket is read from or written to").choices(["yes", "no"]),
    )
    .option(
      "--write-bucket <bucket>",
      "mirror the run directory there; fills {write_bucket} (`placeholder` is never contacted)",
    )
    .option("--tmp-dir <dir>", "the folder above fmbench-read/, where data is looked for, too")
    .option("--role-arn <arn>", "fill {role_arn}");
}

/** The flags that `run` and `report` share. */
export function withRunFlags(command: Command, example: string): Command {
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
