/** Reads a config: from the path of a YAML file to a checked, frozen value. */

import { tmpdir } from "node:os";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { type Prices, UserError } from "../core/mod.ts";
import { type Config, settleConfig } from "./config.ts";
import {
  checkDatasetOfInterest,
  checkEvaluation,
  checkFilters,
  checkIterations,
  checkTemplate,
} from "./data_check.ts";
import { readDocument } from "./document.ts";
import { dormantKeys } from "./dormancy.ts";
import {
  checkEndpoints,
  checkParameterSets,
  checkPayloadFiles,
  checkPrices,
  checkRepetitions,
} from "./experiment_check.ts";
import { ConfigError, type Notice } from "./fault.ts";
import { withBases } from "./extension.ts";
import { type ConfigFiles, findFiles, type FoundFiles, type Places } from "./file_check.ts";
import { type Findings, findingsIn } from "./finding.ts";
import { checkLimits } from "./limit_check.ts";
import { checkLoads } from "./load_check.ts";
import type { LookUp } from "./lookup.ts";
import { assumedRegion, maskPlaceholders, placeholderValues } from "./placeholder.ts";
import { type ReadPrices, readPrices, shippedPrices } from "./prices.ts";
import { settleMetrics } from "./relocation.ts";
import { settleRunSteps } from "./run_steps.ts";
import { configSchema, type WrittenConfig } from "./schema.ts";
import { applySetting } from "./setting.ts";
import { mostYamlBytes, readTextFile } from "./text_file.ts";
import { validate } from "./validation.ts";

/** What the command line and the surroundings add to a config file; all optional, and plain JSON. */
export interface LoadOptions {
  /** `-A key=value`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** `--set path=value`, as typed. */
  readonly sets?: readonly string[];
  /** `--local-mode`: no bucket is read from or written to, whatever the config says. */
  readonly localMode?: boolean;
  readonly writeBucket?: string;
  /** `--tmp-dir`; the folder above `fmbench-read`. @default the system's folder for temporary files */
  readonly tmpDir?: string;
  readonly roleArn?: string;
  /** @default the environment of this process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder to look for files in first. @default the folder of the config file */
  readonly beside?: string;
  /** Names that `simulate.profile` may have; not checked when left out. */
  readonly profiles?: readonly string[];
}

/** A config with where it came from and what there is to say about it. */
export interface LoadedConfig {
  readonly config: Config;
  /** Keys without effect, assumptions made; `formatNotices` shows them. */
  readonly notices: readonly Notice[];
  readonly files: ConfigFiles;
  readonly prices: Prices;
  /** Absolute path of the config file. */
  readonly file: string;
  /** The text of the config file. */
  readonly source: string;
  /** Which file won, for everything that was looked for. */
  readonly lookUps: readonly LookUp[];
}

/**
 * Reads and checks a config.
 *
 * @param path a YAML file; faults name it as it is given here
 * @throws {ConfigError} With every fault at once, each with line and column
 * @throws {UserError} If the file can't be read
 */
export function loadConfig(path: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  return new Promise((resolve) => resolve(readConfig(path, textOf(path), options)));
}

/**
 * Checks the text of a config that lies, or could lie, at `path`. Throws as `loadConfig` does.
 *
 * @param lookUps gets what was looked for and found, also when there are faults
 */
export function readConfig(
  path: string,
  source: string,
  options: LoadOptions = {},
  lookUps: LookUp[] = [],
): LoadedConfig {
  const file = resolve(path);
  const { parameters = {}, env = process.env, roleArn = null, writeBucket = null } = options;
  const tmpDir = options.tmpDir ?? tmpdir();
  const values = placeholderValues({ parameters, env, roleArn, writeBucket, tmpDir });
  const located = withBases(
    readDocument(path, source, values),
    file,
    options.beside ?? dirname(file),
    values,
  );
  if (located.value === null && located.faults.length > 0) throw new ConfigError(located.faults);
  settleRunSteps(located);
  settleMetrics(located);
  for (const setting of options.sets ?? []) applySetting(configSchema, located, setting);
  const { value, faults, tainted } = validate(configSchema, located);
  const findings = findingsIn(located);
  const localMode = options.localMode === true;
  const places = { beside: options.beside ?? dirname(file), tmpDir, localMode, lookUps };
  const checked = value && crossCheck(value, tainted, places, options.profiles ?? null, findings);
  const all = [...located.faults, ...faults, ...findings.faults];
  if (all.length > 0 || checked === null) throw new ConfigError(all);
  const { config, found, prices } = checked;
  return {
    config,
    notices: [
      ...located.notices,
      ...assumptions(path, source, options),
      ...dormantKeys(configSchema, located),
      ...findings.notices,
      ...prices.notices,
    ].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line),
    files: {
      source_data: found.sourceData.map((each) => each!.path),
      prompt_template: found.template!.path,
      pricing: ownPrices(found),
      tokenizer: found.tokenizer?.path ?? null,
      experiments: found.experiments.map(({ template, tokenizer }) => ({
        prompt_template: template?.path ?? null,
        tokenizer: tokenizer?.path ?? null,
      })),
      notebooks: found.notebooks,
    },
    prices: prices.prices,
    file,
    source,
    lookUps,
  };
}

interface Checked {
  readonly config: Config;
  readonly found: FoundFiles;
  readonly prices: ReadPrices;
}

/** All checks that look at more than one key. Those that need a section in which something is faulty are left out. */
function crossCheck(
  written: WrittenConfig,
  tainted: ReadonlySet<string>,
  places: Places,
  profiles: readonly string[] | null,
  findings: Findings,
): Checked {
  const found = findFiles(written, places, findings);
  const config = settleConfig(written, {
    source_data_files: found.sourceData.map((file, index) =>
      file?.name ?? written.s3_read_data.source_data_files[index]!
    ),
    prompt_template_file: found.template?.name ?? written.s3_read_data.prompt_template_file,
    tokenizer_prefix: found.tokenizer?.name ?? null,
    pricing: found.pricing?.name ?? written.pricing,
    trace_files: {
      run: found.traces.run?.path ?? null,
      experiments: found.traces.experiments.map((trace) => trace?.path ?? null),
    },
    slots: found.template?.slots ?? [],
    experiments: found.experiments.map(({ template, tokenizer }) => ({
      prompt_template_file: template?.name ?? null,
      tokenizer_prefix: tokenizer?.name ?? null,
      slots: template?.slots ?? [],
    })),
  });
  const prices = pricesOf(found, findings);
  const sound = (...sections: string[]) => !sections.some((section) => tainted.has(section));

  if (sound("experiments")) {
    checkRepetitions(written, findings);
    checkEndpoints(written, profiles, findings);
  }
  if (sound("experiments") && prices !== null) checkPrices(config, prices.prices, findings);
  if (sound("experiments", "limits") && prices !== null) checkLimits(config, prices.prices, findings);
  if (sound("experiments", "inference_parameters")) checkParameterSets(written, findings);
  if (sound("experiments", "datasets")) checkPayloadFiles(config, findings);
  if (sound("datasets")) checkFilters(config, findings);
  if (sound("datasets", "load")) checkIterations(written, findings);
  if (sound("experiments", "load")) checkLoads(written, config, findings);
  if (sound("datasets", "run_steps", "report")) checkEvaluation(written, config, findings);
  if (sound("datasets", "metrics")) checkDatasetOfInterest(written, config, findings);
  if (sound("datasets", "s3_read_data") && found.template !== null) {
    checkTemplate(written, found.template, findings);
  }
  return { config, found, prices: prices ?? { prices: noPrices, notices: [] } };
}

const noPrices: Prices = {
  meta: { region: null, currency: "USD", date: null, source: null },
  instance_based: {},
  token_based: {},
};

/** The user's own price file, if it is one. */
function ownPrices({ pricing }: FoundFiles): string | null {
  return pricing === null || pricing.path === shippedPrices ? null : pricing.path;
}

/** The prices, or null when there are none to check against; the faults of the price file are faults of the config. */
function pricesOf(found: FoundFiles, findings: Findings): ReadPrices | null {
  if (found.pricing === null) return null;
  try {
    return readPrices(ownPrices(found));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.faults.push(...error.faults);
    return null;
  }
}

/** What was assumed because neither the config nor its surroundings say it. */
function assumptions(
  file: string,
  source: string,
  { parameters = {}, env = process.env }: LoadOptions,
): Notice[] {
  const notices: Notice[] = [];
  const masked = maskPlaceholders(source);
  const region = masked.indexOf(maskPlaceholders("{region}"));
  for (const name of Object.keys(parameters)) {
    if (masked.includes(maskPlaceholders(`{${name}}`))) continue;
    notices.push({ file, line: 1, key: `-A ${name}`, text: `has no effect: the config has no {${name}}` });
  }
  if (region !== -1 && !parameters["region"] && !env["AWS_REGION"] && !env["AWS_DEFAULT_REGION"]) {
    const line = source.slice(0, region).split("\n").length;
    notices.push({
      file,
      line,
      key: "aws.region",
      text: `is taken for ${assumedRegion}: AWS_REGION is not set`,
    });
  }
  return notices;
}

/** Everything that a config, faulty or not, is looked for: for fetching it first. Throws UserError if it can't be read. */
export function lookUpsOf(path: string, options: LoadOptions = {}): readonly LookUp[] {
  const lookUps: LookUp[] = [];
  const source = textOf(path);
  try {
    readConfig(path, source, options, lookUps);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  return lookUps;
}

function textOf(path: string): string {
  if (/^(s3|https?):/.test(path)) {
    const found = "it lies elsewhere";
    const expected = "the path of a file; `fmbench run` and `validate` fetch addresses";
    throw new UserError({ action: "read the config", thing: path, found, expected });
  }
  const read = readTextFile(path, mostYamlBytes);
  if ("text" in read) return read.text;
  const remedy = read.expected.includes("UTF-8")
    ? "Save it as UTF-8."
    : "Correct the path; `fmbench configs` lists those that ship.";
  const expected = read.expected === "a text file" ? "a YAML file" : read.expected;
  throw new UserError({ action: "read the config", thing: path, found: read.found, expected, remedy });
}
