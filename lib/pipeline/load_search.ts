/** `fmbench search`: the highest rate that keeps the objectives, found by trials of one experiment. */

import { dirname, join, resolve } from "node:path";
import { type Config, type LoadedConfig, type LoadOptions, resolvedYaml } from "../config/mod.ts";
import { type Objectives, type ServiceLevel, UserError } from "../core/mod.ts";
import { removeAll } from "../deploy/mod.ts";
import { finalAttempts, type LoadFound, LoadSearch, meets, type Trial } from "../metrics/mod.ts";
import type { Run } from "../run/mod.ts";
import { writeAtomic } from "../storage/mod.ts";
import { loadConfigFrom } from "./remote_config.ts";
import type { RunDisplay } from "./run_display.ts";
import { runSteps } from "./runner.ts";
import { stepOverrides } from "./step_choice.ts";
import { recordsOf } from "./steps/records.ts";
import { removersFor } from "./removers.ts";

/** Warm-up before each trial, in seconds of load. */
const warmUpSeconds = 5;

export interface LoadSearchRequest {
  readonly loaded: LoadedConfig;
  /** How the config was read; `sets` and `-A` are settled in it by then. */
  readonly load: LoadOptions;
  /** @default the only one */
  readonly experiment?: string;
  /** @default the data set of interest, else the experiment's first */
  readonly payload_file?: string;
  readonly from_rps: number;
  readonly to_rps: number;
  readonly trial_seconds: number;
  /** Most trials. */
  readonly trials: number;
  readonly resultsDir: string;
  readonly display: RunDisplay;
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
  /** Called after each trial with what is known by then. */
  readonly onTrial: (trial: TrialRun, found: LoadFound) => void;
}

/** A trial and the run directory with its requests. */
export interface TrialRun extends Trial {
  readonly run: string;
}

/** What `search.json` in the directory of the run that prepared the search holds. */
export interface SearchOutcome extends Omit<LoadFound, "trials"> {
  readonly schema: "fmbench.search/1";
  readonly experiment_name: string;
  readonly payload_file: string;
  readonly service_level: ServiceLevel;
  readonly trial_seconds: number;
  /** The run that made data and endpoints. */
  readonly prepared_by: string;
  readonly trials: readonly TrialRun[];
}

/**
 * Makes data and endpoints in one run (steps 0 to 2), then sends each trial in a run of its own (step 3) that reads them, with Poisson
 * arrivals. All runs are named `<general.name>-search`, and work with `<general.name>-search.yml` in the results folder. What the first run
 * created is removed at the end, also after a failure; `search.json` is written after every trial.
 *
 * @throws {UserError} for an experiment or payload file that is not there; and as `runSteps` does
 */
export async function searchLoad(request: LoadSearchRequest): Promise<SearchOutcome> {
  const { loaded, from_rps, to_rps, trial_seconds } = request;
  const { report } = loaded.config;
  const config = searchConfig(request);
  const { name: experiment_name, payload_files: [payload_file] } = config.experiments[0]!;
  const search = new LoadSearch({
    ...{ from_rps, to_rps, share: report.objectives.share },
    trials: request.trials,
  });
  const file = join(resolve(request.resultsDir), `${config.general.name}.yml`);
  await Deno.mkdir(dirname(file), { recursive: true });
  await writeAtomic(file, resolvedYaml(config));
  let prepared: Run | null = null;
  try {
    prepared = await runOf(request, file, { steps: "0-2", rate_rps: to_rps, from: null });
    const trials: TrialRun[] = [];
    const outcome = (): SearchOutcome => ({
      ...{ schema: "fmbench.search/1", experiment_name, payload_file: payload_file! },
      ...{ service_level: report.objectives, trial_seconds, prepared_by: prepared!.paths.root },
      ...search.result(),
      trials,
    });
    for (let rate_rps = search.ask(); rate_rps !== null; rate_rps = search.ask()) {
      const run = await runOf(request, file, { steps: "3", rate_rps, from: prepared.paths.root });
      const counts = await countGood(run, report.objectives.objectives);
      if (counts.finished === 0) throw nothingFinished(run, rate_rps);
      const trial = { rate_rps, ...counts };
      search.tell(trial);
      trials.push({ ...trial, run: run.paths.root });
      request.onTrial(trials.at(-1)!, search.result());
      await writeAtomic(join(prepared.paths.root, "search.json"), JSON.stringify(outcome(), null, 2) + "\n");
    }
    return outcome();
  } finally {
    if (prepared !== null) await removeAll(prepared.paths.root, { removers: removersFor() });
  }
}

/** The config with one experiment, one payload file and a load of Poisson arrivals. */
function searchConfig(
  { loaded: { config }, experiment: wanted, payload_file: file, to_rps, trial_seconds }: LoadSearchRequest,
): Config {
  const experiment = chosen(config.experiments, wanted);
  const interesting = experiment.payload_files.find((one) =>
    one.includes(config.metrics.dataset_of_interest)
  );
  const payload_file = file ?? interesting ?? experiment.payload_files[0]!;
  if (!experiment.payload_files.includes(payload_file)) {
    throw new UserError({
      action: "search the load of",
      thing: payload_file,
      found: `"${experiment.name}" has no such payload file`,
      expected: experiment.payload_files.join(", "),
      remedy: "Name one of these with --payload-file.",
    });
  }
  const open = {
    mode: "open",
    arrival: "poisson",
    rates_rps: [to_rps],
    burstiness: null,
    trace_file: null,
    time_scale: null,
    requests: null,
    duration_seconds: trial_seconds,
    ci_width: null,
  } as const;
  return {
    ...config,
    general: { ...config.general, name: `${config.general.name}-search` },
    load: { ...config.load, ...open, rates_rps: [to_rps] },
    experiments: [{ ...experiment, payload_files: [payload_file], load: { ...experiment.load, ...open } }],
  };
}

function chosen(
  experiments: Config["experiments"],
  wanted: string | undefined,
): Config["experiments"][number] {
  const found = wanted === undefined ? experiments : experiments.filter(({ name }) => name === wanted);
  if (found.length === 1) return found[0]!;
  throw new UserError({
    action: "search the load of",
    thing: wanted ?? "the config",
    found: wanted === undefined ? `it has ${experiments.length} experiments` : "there is no such experiment",
    expected: experiments.map(({ name }) => name).join(", "),
    remedy: "Name one of these with --experiment.",
  });
}

/** Runs some steps of the search's config at a rate. */
async function runOf(
  { load, resultsDir, display, silenceSeconds, signal }: LoadSearchRequest,
  file: string,
  { steps, rate_rps, from }: { steps: string; rate_rps: number; from: string | null },
): Promise<Run> {
  const rates = `load.rates_rps=[${rate_rps}]`;
  const warmUp = `load.warmup_requests=${Math.ceil(rate_rps * warmUpSeconds)}`;
  const sets = [rates, warmUp].flatMap((one) => [one, `experiments[0].${one}`]);
  const options: LoadOptions = { ...load, parameters: {}, sets: [...sets, ...stepOverrides(steps)] };
  const { run } = await runSteps({
    loaded: await loadConfigFrom(file, options),
    load: options,
    resultsDir: resolve(resultsDir),
    ...{ from, display, silenceSeconds, signal, createsForCaller: true },
  });
  return run;
}

async function countGood(run: Run, objectives: Objectives): Promise<{ good: number; finished: number }> {
  const records = await recordsOf(run);
  const finished = finalAttempts(records.filter(({ phase }) => phase === "measure"))
    .filter(({ status }) => status === "ok" || status === "error");
  return { good: finished.filter((one) => meets(one, objectives)).length, finished: finished.length };
}

function nothingFinished(run: Run, rate_rps: number): UserError {
  return new UserError({
    action: "search the load with",
    thing: `${rate_rps} arrivals/s`,
    found: `no request of the trial finished; see ${run.paths.root}`,
    remedy: "Begin at a higher --from-rps, or make trials longer: --trial-seconds.",
  });
}
