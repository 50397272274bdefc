/** Reads a config: from the path of a YAML file to a checked, frozen value. */

import { tmpdir } from "node:os";
import { dirname, resolve } from "node:path";
import type { Prices, Scenario } from "../core/mod.ts";
import { assemble, textOf } from "./assembly.ts";
import { assumptions, unplaced } from "./assumption.ts";
import { type Config, settleConfig } from "./config.ts";
import { checkDatasetOfInterest, checkFilters, checkIterations, checkTemplate } from "./data_check.ts";
import { markOf } from "./document.ts";
import { dormantKeys } from "./dormancy.ts";
import { checkEvaluation } from "./evaluation_check.ts";
import {
  checkEndpoints,
  checkParameterSets,
  checkPayloadFiles,
  checkRepetitions,
} from "./experiment_check.ts";
import { ConfigError, type Notice, type Path } from "./fault.ts";
import { type ConfigFiles, findFiles, type FoundFiles, type Places } from "./file_check.ts";
import { type Findings, findingsIn } from "./finding.ts";
import { checkLimits } from "./limit_check.ts";
import { givenPrices, withGivenPrices } from "./given_price.ts";
import { type LoadOptions, surroundingsOf } from "./load_options.ts";
import { checkLoads } from "./load_check.ts";
import { checkJudgeTexts } from "./judge_text_check.ts";
import type { LookUp } from "./lookup.ts";
import { type ModelEvaluations, readModelEvaluations } from "./model_evaluations.ts";
import { type AwsIdentity, namedRegion } from "./placeholder.ts";
import { checkOwnPrices, checkPriceRegions, checkPrices } from "./price_check.ts";
import { type ReadPrices, readPrices, shippedPrices } from "./prices.ts";
import { checkProtocols } from "./protocol_check.ts";
import { configSchema, type WrittenConfig } from "./schema.ts";
import { checkQuotas, checkStudy } from "./study_check.ts";
import { validate } from "./validation.ts";
import { checkWorkload } from "./workload_check.ts";

/** A config with where it came from and what there is to say about it. */
export interface LoadedConfig {
  readonly config: Config;
  /** Keys without effect, assumptions made; `formatNotices` shows them. */
  readonly notices: readonly Notice[];
  readonly files: ConfigFiles;
  /** What the scenario file of a study asks for, in its order; none without a study. */
  readonly scenarios: readonly Scenario[];
  readonly prices: Prices;
  /** Absolute path of the config file. */
  readonly file: string;
  /** The text of the config file. */
  readonly source: string;
  /** Which file won, for everything that was looked for. */
  readonly lookUps: readonly LookUp[];
  /** What AWS was asked for the names of buckets; null: it was not asked. */
  readonly identity: AwsIdentity | null;
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
  const beside = options.beside ?? dirname(file);
  const { localMode = false } = options;
  const { located, folders, study } = assemble(path, source, options);
  if (study?.lookUp) lookUps.push(study.lookUp);
  if (located.value === null && located.faults.length > 0) throw new ConfigError(located.faults);
  const { value, faults, tainted } = validate(configSchema, located);
  const findings = findingsIn(located);
  const folderOf = (at: Path) => folders.get(markOf(located, at).file) ?? beside;
  const places = { beside, folderOf, tmpDir: options.tmpDir ?? tmpdir(), localMode, lookUps };
  const checked = value &&
    crossCheck(
      value,
      tainted,
      places,
      namedRegion(surroundingsOf(options)),
      options.profiles ?? null,
      unplaced(source, options),
      study?.file ?? null,
      findings,
    );
  const all = [...located.faults, ...faults, ...findings.faults];
  if (all.length > 0 || checked === null) throw new ConfigError(all);
  const { config, found, prices, givenUsed } = checked;
  return {
    config,
    notices: [
      ...located.notices,
      ...assumptions(path, source, options, givenUsed),
      ...dormantKeys(configSchema, located),
      ...findings.notices,
      ...prices.notices,
    ].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line),
    files: {
      source_data: found.sourceData.map((each) => each!.path),
      prompt_template: found.template!.path,
      pricing: ownPrices(found),
      tokenizer: found.tokenizer?.path ?? null,
      experiments: found.experiments.map(({ template, tokenizer, inference_script, deployment_script }) => ({
        prompt_template: template?.path ?? null,
        tokenizer: tokenizer?.path ?? null,
        inference_script: inference_script?.path ?? null,
        deployment_script: deployment_script?.path ?? null,
      })),
      notebooks: found.notebooks,
      scenario_images: study?.images ?? [],
    },
    scenarios: study?.scenarios ?? [],
    prices: prices.prices,
    file,
    source,
    lookUps,
    identity: options.identity ?? null,
  };
}

interface Checked {
  readonly config: Config;
  readonly found: FoundFiles;
  readonly prices: ReadPrices;
  /** Whether the prices among `-A` are those of any experiment. */
  readonly givenUsed: boolean;
}

/** All checks that look at more than one key. Those that need a section in which something is faulty are left out. */
function crossCheck(
  asWritten: WrittenConfig,
  tainted: ReadonlySet<string>,
  places: Places,
  region: string | null,
  profiles: readonly string[] | null,
  parameters: Readonly<Record<string, string>>,
  scenarios: string | null,
  findings: Findings,
): Checked {
  const found = findFiles(asWritten, places, findings);
  const written = withOwnScripts(asWritten, found);
  const judges = judgesOf(written, found, findings);
  const settled = settleConfig(written, {
    source_data_files: found.sourceData.map((file, index) =>
      file?.name ?? written.s3_read_data.source_data_files[index]!
    ),
    prompt_template_file: found.template?.name ?? written.s3_read_data.prompt_template_file,
    tokenizer_prefix: found.tokenizer?.name ?? null,
    pricing: found.pricing?.name ?? written.pricing,
    model_evaluations: found.judges?.name ?? written.model_evaluations ?? null,
    judges,
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
    scenarios,
  }, region);
  const read = pricesOf(found, findings);
  const given = givenPrices(parameters, findings);
  const { config, prices, used: givenUsed } = withGivenPrices(settled, read?.prices ?? noPrices, given);
  const sound = (...sections: string[]) => !sections.some((section) => tainted.has(section));

  if (sound("experiments")) {
    checkRepetitions(written, findings);
    checkEndpoints(written, config, profiles, findings);
  }
  if (sound("experiments", "inference_parameters")) checkProtocols(written, config, findings);
  if (sound("experiments")) checkOwnPrices(written, findings);
  if (sound("experiments") && read !== null) {
    checkPriceRegions(config, prices, findings);
    if (sound("report")) checkPrices(written, config, prices, findings);
    if (sound("limits")) checkLimits(config, prices, findings);
  }
  if (sound("experiments", "inference_parameters")) checkParameterSets(written, findings);
  if (sound("experiments", "datasets")) checkPayloadFiles(config, findings);
  if (sound("datasets")) checkFilters(config, findings);
  if (sound("datasets", "load")) checkIterations(written, findings);
  if (sound("experiments", "load")) checkLoads(written, config, findings);
  if (sound("study", "load")) checkStudy(written, findings);
  if (sound("study", "experiments")) checkQuotas(written, findings);
  if (sound("datasets", "run_steps", "report", "experiments", "evaluation")) {
    checkEvaluation(written, config, findings);
  }
  if (sound("run_steps", "experiments", "evaluation", "s3_read_data")) {
    checkJudgeTexts(written, config, places.beside, findings);
  }
  if (sound("datasets", "report")) checkWorkload(written, config, findings);
  if (sound("datasets", "metrics")) checkDatasetOfInterest(written, config, findings);
  if (sound("datasets", "s3_read_data") && found.template !== null) {
    checkTemplate(written, found.template, findings);
  }
  return { config, found, prices: { prices, notices: read?.notices ?? [] }, givenUsed };
}

/** With the user's own modules by their absolute paths: that is how later steps get at them. */
function withOwnScripts(written: WrittenConfig, { experiments, judgeModules }: FoundFiles): WrittenConfig {
  const { evaluation } = written;
  const judges = evaluation.judges?.map((one, index) => {
    const module = judgeModules[index] ?? null;
    return module === null ? one : { ...one, inference_script: module.path };
  });
  return {
    ...written,
    evaluation: { ...evaluation, ...(judges === undefined ? {} : { judges }) },
    experiments: written.experiments.map((one, index) => {
      const { inference_script: predictor = null, deployment_script: deployer = null } = experiments[index] ??
        {};
      return {
        ...one,
        ...(predictor === null ? {} : { inference_script: predictor.path }),
        ...(deployer === null ? {} : { deployment_script: deployer.path }),
      };
    }),
  };
}

const noPrices: Prices = {
  meta: { region: null, currency: "USD", date: null, source: null },
  instance_based: {},
  token_based: {},
  provisioned_based: {},
};

/** FMBench's file of judges, or null when nothing names it; its faults are faults of the config. */
function judgesOf(
  { datasets }: WrittenConfig,
  { judges }: FoundFiles,
  findings: Findings,
): ModelEvaluations | null {
  if (judges === null) return null;
  try {
    const { evaluations, notices } = readModelEvaluations(judges.path, judges.name, {
      ground_truth: datasets.ground_truth_col_key ?? null,
      question: datasets.question_col_key ?? null,
    });
    findings.notices.push(...notices);
    return evaluations;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.faults.push(...error.faults);
    return null;
  }
}

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
