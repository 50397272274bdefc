/** Starts a run: its directory, its manifest, the config and prices it works with. */

import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import {
  configHash,
  formatNotices,
  inputsFingerprint,
  type LoadedConfig,
  pricesYaml,
  resolvedYaml,
} from "../config/mod.ts";
import { isSecretName, isStepName, redact, redactDeep, sha256, stepNames, version } from "../core/mod.ts";
import {
  createRun,
  type Manifest,
  openRun,
  pendingStep,
  type Run,
  RunLog,
  type StepEntry,
} from "../run/mod.ts";
import { machineRegion, unknownRegion } from "./machine_region.ts";
import { projectRoot } from "./project.ts";
import { findSources, missingSteps, optionalSteps } from "./sources.ts";

export interface NewRunOptions {
  readonly loaded: LoadedConfig;
  /** `-A key=value`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `--set path=value`. */
  readonly sets: readonly string[];
  readonly resultsDir: string;
  /** `--from RUN`. */
  readonly from: string | null;
  readonly now: Date;
}

/** Names of the enabled steps in the order of the YAML. */
export function enabledSteps(loaded: LoadedConfig): string[] {
  return Object.entries(loaded.config.run_steps).filter(([, on]) => on).map(([name]) => name);
}

/**
 * Creates the run directory. Nothing is created when a step is switched off and no earlier run can stand in for it.
 *
 * @throws {UserError} as `findSources` does
 */
export async function startRun(options: NewRunOptions): Promise<Run> {
  const { loaded, parameters, sets, resultsDir, from, now } = options;
  const { config } = loaded;
  const family = { resultsDir, name: config.general.name };
  const enabled = enabledSteps(loaded);
  const sources = await findSources(
    missingSteps(enabled),
    config,
    family,
    from,
    optionalSteps(enabled),
  );
  const named = from === null ? null : (await openRun(from)).paths.root;
  const { prices } = loaded;
  const steps: StepEntry[] = [
    ...stepNames.filter((name) => !enabled.includes(name)).map((name): StepEntry => ({
      ...pendingStep(name),
      status: "skipped",
      source: sources.get(name) ?? null,
    })),
    ...enabled.map(pendingStep),
  ].sort(byStepOrder(enabled));

  const run = await createRun(family, now, (run_id): Manifest => ({
    schema: "fmbench.manifest/1",
    run_id,
    name: config.general.name,
    status: "running",
    created_at: now.toISOString(),
    versions: {
      fmbench: version,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      typescript: Deno.version.typescript,
      packages: lockedPackages(),
    },
    machine: describeMachine(),
    seed: config.load.seed,
    config_file: loaded.file,
    config_hash: configHash(config),
    parameters: redactDeep(parameters),
    sets: sets.map(redactSetting),
    fingerprints: inputsFingerprint(config),
    price_date: prices.meta.date,
    price_region: prices.meta.region,
    simulated: config.experiments.some((experiment) => experiment.simulate !== null),
    ...(named === null ? {} : { from: named }),
    steps,
  }));
  await Deno.writeTextFile(run.paths.config, resolvedYaml(config));
  await Deno.writeTextFile(run.paths.prices, pricesYaml(prices));
  const log = new RunLog(run.paths.log);
  log.write("info", "run", `run ${run.id} of "${config.general.name}" started with ${loaded.file}`);
  for (const notice of loaded.notices) log.write("notice", "config", formatNotices([notice]));
  for (const [step, root] of sources) {
    log.write("notice", "run", `step ${step} is off: its output is read from ${root}`);
  }
  return run;
}

/** `--set path=value` without secrets: the value of a key that names one goes wholly, also within `{a: map}`. */
function redactSetting(setting: string): string {
  const at = setting.indexOf("=");
  const [path, value] = [setting.slice(0, at), setting.slice(at + 1)];
  if (isSecretName(/([\w-]+)\W*$/.exec(path)?.[1] ?? "")) return `${path}="[redacted]"`;
  const inner = value.replace(
    /([\w-]+)(["']?\s*:\s*)[^,{}[\]]+/g,
    (whole, key: string, colon: string) => isSecretName(key) ? `${key}${colon}"[redacted]"` : whole,
  );
  return redact(`${path}=${inner}`);
}

/** Shipped steps by number, a user's own notebook where the YAML has it. */
function byStepOrder(enabled: readonly string[]): (a: StepEntry, b: StepEntry) => number {
  const place = (name: string): number => {
    if (isStepName(name)) return stepNames.indexOf(name);
    const before = enabled.slice(0, enabled.indexOf(name)).filter(isStepName).at(-1);
    return (before === undefined ? -1 : stepNames.indexOf(before)) + (enabled.indexOf(name) + 1) / 1000;
  };
  return (a, b) => place(a.name) - place(b.name);
}

/** Which versions of all packages: the hash of the lock file. */
function lockedPackages(): string {
  try {
    return `deno.lock ${sha256(Deno.readFileSync(join(projectRoot, "deno.lock"))).slice(0, 16)}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "not locked";
    throw error;
  }
}

/** The machine in words and numbers, for the manifest and the certificate. */
export function describeMachine(): Record<string, string | number> {
  return {
    system: `${Deno.build.os} ${Deno.osRelease()}`,
    architecture: Deno.build.arch,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    region: machineRegion() ?? unknownRegion,
  };
}
