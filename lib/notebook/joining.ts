/** Which run and which config a notebook works with: told by the runner, or found by hand. */

import { resolve } from "node:path";
import { loadConfig, type LoadedConfig } from "../config/mod.ts";
import { UserError } from "../core/mod.ts";
import { optionsFromEnvironment, RESULTS_DIR, startRun } from "../pipeline/mod.ts";
import { profileNames } from "../simulate/mod.ts";
import { currentRun, latestCurrentRun, openRun, readManifest, type Run, setCurrentRun } from "../run/mod.ts";

/** What the first code cell may say. Headless, the environment wins. */
export interface OpenOptions {
  /** The config, relative to the notebook. Step 0 needs it; later steps take that of the run they join. */
  readonly config?: string;
  /** `latest` (the run that step 0 started last) or a run directory. Step 0 always starts a run of its own. */
  readonly run?: string;
  /** What `-A key=value` is on the command line; step 0 only. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What `--set path=value` is there; step 0 only. */
  readonly sets?: readonly string[];
  /** Where run directories lie. @default `results/` in the project */
  readonly resultsDir?: string;
}

/** A run with the config it works with. */
export interface Joined {
  readonly run: Run;
  readonly loaded: LoadedConfig;
}

/** The run of the headless runner, from `FMBENCH_RUN`, `FMBENCH_CONFIG` and `FMBENCH_OPTIONS`. */
export async function joinHeadless(): Promise<Joined> {
  const { config, run, load } = optionsFromEnvironment();
  return { run: await openRun(run), loaded: await loadConfig(config, load) };
}

/** Step 0 opened by hand: a new run, which later notebooks join. */
export async function startByHand(options: OpenOptions): Promise<Joined> {
  if (options.config === undefined) {
    throw new UserError({
      action: "open step",
      thing: "0_setup",
      found: "no config is named",
      expected: '`openStep("0_setup", { config: "../configs/demo.yml" })`',
    });
  }
  const { parameters = {}, sets = [], resultsDir = RESULTS_DIR } = options;
  const loaded = await loadConfig(resolve(options.config), { parameters, sets, profiles: profileNames });
  const run = await startRun({ loaded, parameters, sets, resultsDir, from: null, now: new Date() });
  await setCurrentRun({ resultsDir, name: loaded.config.general.name }, run);
  return { run, loaded };
}

/** A later step opened by hand: joins the run that step 0 started last, or the one that is named. */
export async function joinByHand(name: string, options: OpenOptions): Promise<Joined> {
  const wanted = options.run ?? "latest";
  const run = wanted === "latest" ? await latestRun(options) : await openRun(wanted);
  if (run === null) {
    throw new UserError({
      action: "open step",
      thing: name,
      found: "no run has been started by hand" + (options.config ? ` with ${options.config}` : ""),
      expected: "a run to join",
      remedy: "Run notebooks/0_setup.ipynb first.",
    });
  }
  const manifest = await readManifest(run.paths.manifest);
  const file = options.config === undefined ? manifest.config_file : resolve(options.config);
  return { run, loaded: await loadConfig(file, { parameters: manifest.parameters, sets: manifest.sets }) };
}

async function latestRun(options: OpenOptions): Promise<Run | null> {
  if (options.config === undefined) return await latestCurrentRun(RESULTS_DIR);
  const { config } = await loadConfig(resolve(options.config), { parameters: options.parameters ?? {} });
  return await currentRun({ resultsDir: RESULTS_DIR, name: config.general.name });
}
