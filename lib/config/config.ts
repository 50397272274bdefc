/** The config as the program works with it: every default in place, what follows from other keys worked out, frozen. */

import type { ProtocolOptions, ServiceLevel } from "../core/mod.ts";
import { defaults } from "./defaults.ts";
import { capacityOf } from "./experiment_price.ts";
import { settleAddress } from "./experiment_address.ts";
import { settleProtocol } from "./experiment_protocol.ts";
import { type Evaluation, settleEvaluation } from "./evaluation.ts";
import { type Filter, filtersOf } from "./filter.ts";
import { type Load, type OwnLoad, settleLoad, settleRunLoad } from "./load.ts";
import type { ModelEvaluations } from "./model_evaluations.ts";
import { allSteps, studySteps } from "./run_steps.ts";
import type { WrittenConfig } from "./schema.ts";
import { settleStudy, type Study } from "./study.ts";
import { type AskedWorkload, askedWorkload, serviceLevelOf } from "./service_level.ts";

/** A value of which nothing can be changed. */
export type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

type With<T, Settled> = Omit<T, keyof Settled> & Settled;

type Written = WrittenConfig["experiments"][number];

type Faults = NonNullable<NonNullable<Written["simulate"]>["faults"]>;

/** One entry of `experiments`. */
export type Experiment = With<Written, {
  model_id: string;
  model_name: string;
  /** Base URL of the endpoint, or its name or ARN where it goes by one; for one that this run starts, its name. */
  ep_name: string;
  /** For AWS the region that is called: the experiment's, that of its ARN, the run's, the environment's; the first there is. */
  region: string | null;
  /** How the endpoint is spoken to: the name of a protocol, or the absolute path of the user's own module. */
  predictor: string;
  /** What the protocol has to be told. */
  protocol_options: ProtocolOptions;
  /** The price key. */
  instance_type: string;
  /** Instances, or model units of provisioned throughput. */
  instance_count: number;
  /** Whether this run starts it. */
  deploy: boolean;
  inference_spec: With<Written["inference_spec"], {
    parameter_set: string | null;
    /** The parameter set with the experiment's own parameters laid over it: what is sent with each request. */
    parameters: Record<string, unknown>;
    /** Whether answers come piece by piece: where the protocol can, unless the config says no. */
    stream: boolean;
    /** Name of the environment variable that holds the API key. */
    api_key_env: string | null;
  }>;
  payload_files: string[];
  concurrency_levels: number[];
  /** A model of the Hub whose tokenizer counts; null = the run's does. */
  hf_tokenizer_model_id: string | null;
  /** Its own folder with `tokenizer.json`, which comes before `hf_tokenizer_model_id`; null = none. */
  tokenizer_prefix: string | null;
  /** Its own prompt template; null = the run's. */
  prompt_template_file: string | null;
  /** Columns that fill its slots. */
  prompt_template_keys: string[];
  /** Set for the embedded endpoint. */
  simulate: {
    profile: string;
    accuracy: number;
    seed: number;
    optimized?: { ttft_factor: number; speed_factor: number } | undefined;
    faults: Faults | null;
  } | null;
  load: OwnLoad;
}>;

/** What a run may take at most; it stops, and can be resumed, when one of them is reached. null = no limit. */
export interface Limits {
  /** In the currency of the price file: tokens by the token, instances by the hour while load is sent. */
  readonly dollars: number | null;
  /** Attempts sent, over all starts of the run. */
  readonly requests: number | null;
  /** Minutes of sending load, over all starts of the run. */
  readonly minutes: number | null;
}

/** FMBench's YAML keys, plus `load`, `certify` and `experiments[].simulate`. */
export type Config = Frozen<
  With<WrittenConfig, {
    general: { name: string; model_name: string };
    aws: With<WrittenConfig["aws"], { region: string | null }>;
    s3_read_data: With<WrittenConfig["s3_read_data"], {
      /** Absolute paths, but for shipped files, which stand as paths below the project's `source_data/`. */
      source_data_files: string[];
      tokenizer_prefix: string | null;
    }>;
    /** Steps by name, without `.ipynb`, in the order in which they run; a user's own notebook is a step, too. */
    run_steps: Record<string, boolean>;
    datasets: With<WrittenConfig["datasets"], {
      /** Columns that fill the template's slots. */
      prompt_template_keys: string[];
      filters: Filter[];
      ground_truth_col_key: string | null;
      question_col_key: string | null;
      image_col: string | null;
    }>;
    metrics: With<WrittenConfig["metrics"], {
      /** Name of one payload file. */
      dataset_of_interest: string;
    }>;
    experiments: Experiment[];
    load: Load;
    /** A latency study; null: a benchmark at given loads. */
    study: Study | null;
    limits: Limits;
    /** FMBench's file of judges; null: nothing names it. */
    model_evaluations: string | null;
    evaluation: Evaluation;
    report: With<WrittenConfig["report"], {
      accuracy_budget: number | null;
      /** Greatest fraction of answers without a verdict. */
      accuracy_error_rate_budget: number | null;
      cosine_similarity_budget: number | null;
      cost_per_10k_txn_budget: number | null;
      /** What a request must keep to count as good; the latency budget where nothing else is asked for. */
      objectives: ServiceLevel;
      /** null: the load that was measured. */
      workload: AskedWorkload | null;
    }>;
  }>
>;

/**
 * Which payload files `metrics.dataset_of_interest` names: the one it names in full (`payload_en_1-500.jsonl`, or the part
 * between `payload_` and `.jsonl`), else all whose names contain it.
 */
export function payloadFilesOfInterest(wanted: string, payloadFiles: readonly string[]): string[] {
  const exact = payloadFiles.filter((file) => file === wanted || file === `payload_${wanted}.jsonl`);
  return exact.length > 0 ? exact : payloadFiles.filter((file) => file.includes(wanted));
}

/** The parameter set that an experiment uses when it names none: the only one there is. */
function parameterSetOf({ inference_spec }: Written, sets: readonly string[]): string | null {
  return inference_spec.parameter_set ?? (sets.length === 1 ? sets[0]! : null);
}

function settleExperiment(
  written: Written,
  config: WrittenConfig,
  payloadFiles: readonly string[],
  own: OwnFiles,
  runKeys: readonly string[],
  region: string | null,
): Experiment {
  const { inference_spec, simulate } = written;
  const set = parameterSetOf(written, Object.keys(config.inference_parameters));
  const { stream, parameters, predictor, protocol_options } = settleProtocol(
    written,
    { ...(set === null ? undefined : config.inference_parameters[set]), ...inference_spec.parameters },
  );
  const address = settleAddress(written, predictor, { run: config.aws.region ?? null, surroundings: region });
  return {
    ...written,
    ...address,
    predictor,
    protocol_options,
    model_name: written.model_name ?? address.model_id,
    ...capacityOf(written, address),
    deploy: written.deploy ?? simulate !== undefined,
    inference_spec: {
      ...inference_spec,
      parameter_set: set,
      parameters,
      stream,
      api_key_env: inference_spec.api_key_env ?? null,
    },
    payload_files: written.payload_files ?? [...payloadFiles],
    hf_tokenizer_model_id: written.hf_tokenizer_model_id ?? null,
    tokenizer_prefix: own.tokenizer_prefix,
    prompt_template_file: own.prompt_template_file,
    prompt_template_keys: written.prompt_template_keys ??
      [...own.prompt_template_file === null ? runKeys : own.slots],
    concurrency_levels: written.concurrency_levels ?? [...defaults.experiment.concurrency_levels],
    simulate: simulate === undefined ? null : {
      ...simulate,
      seed: simulate.seed ?? config.load.seed,
      faults: simulate.faults ?? null,
    },
    load: settleLoad(config, written.load),
  };
}

/** The template and tokenizer of one experiment; null = the run's. */
interface OwnFiles {
  readonly prompt_template_file: string | null;
  readonly tokenizer_prefix: string | null;
  /** Slots of its own template. */
  readonly slots: readonly string[];
}

/** What was found on disk, in the form in which the config names it: absolute paths, short ones for shipped files. */
export interface SettledFiles {
  readonly source_data_files: readonly string[];
  readonly prompt_template_file: string;
  readonly tokenizer_prefix: string | null;
  readonly pricing: string;
  /** Name and content of FMBench's file of judges; null: nothing names it, or it is faulty. */
  readonly model_evaluations: string | null;
  readonly judges: ModelEvaluations | null;
  /** Of the run and of each experiment; null = none. */
  readonly trace_files: { readonly run: string | null; readonly experiments: readonly (string | null)[] };
  /** Slots of the template: the columns when `datasets.prompt_template_keys` is absent. */
  readonly slots: readonly string[];
  readonly experiments: readonly OwnFiles[];
  /** Absolute path of the scenario file of a study; null: there is no study, or no such file. */
  readonly scenarios: string | null;
}

/**
 * Works out what follows from other keys.
 *
 * @param region the region that the surroundings name, for endpoints of AWS that say none; null = they name none
 */
export function settleConfig(asWritten: WrittenConfig, files: SettledFiles, region: string | null): Config {
  const written = withTraces(asWritten, files.trace_files);
  const { general, aws, s3_read_data, datasets, metrics, report } = written;
  const filters = filtersOf(datasets);
  const payloadFiles = filters.map(({ payload_file }) => payload_file);
  const keys = datasets.prompt_template_keys ?? files.slots;
  const wanted = metrics.dataset_of_interest;
  const ofInterest = wanted === undefined ? undefined : payloadFilesOfInterest(wanted, payloadFiles)[0];
  return frozen({
    ...written,
    general: { name: general.name, model_name: general.model_name ?? general.name },
    aws: { ...aws, region: aws.region ?? null },
    s3_read_data: {
      ...s3_read_data,
      source_data_files: [...files.source_data_files],
      prompt_template_file: files.prompt_template_file,
      tokenizer_prefix: files.tokenizer_prefix,
    },
    pricing: files.pricing,
    run_steps: written.run_steps ?? (written.study === undefined ? allSteps() : studySteps()),
    datasets: {
      ...datasets,
      prompt_template_keys: [...keys],
      filters,
      ground_truth_col_key: datasets.ground_truth_col_key ?? null,
      question_col_key: datasets.question_col_key ?? null,
      image_col: datasets.image_col ?? null,
    },
    metrics: { ...metrics, dataset_of_interest: ofInterest ?? payloadFiles[0]! },
    experiments: written.experiments.map((experiment, index) =>
      settleExperiment(experiment, written, payloadFiles, files.experiments[index]!, keys, region)
    ),
    load: settleRunLoad(written),
    study: settleStudy(written.study, files.scenarios),
    model_evaluations: files.model_evaluations,
    evaluation: settleEvaluation(written, files.judges, aws.region ?? region),
    limits: {
      dollars: written.limits.dollars ?? null,
      requests: written.limits.requests ?? null,
      minutes: written.limits.minutes ?? null,
    },
    report: {
      ...report,
      accuracy_budget: report.accuracy_budget ?? null,
      accuracy_error_rate_budget: report.accuracy_error_rate_budget ?? null,
      cosine_similarity_budget: report.cosine_similarity_budget ?? null,
      cost_per_10k_txn_budget: report.cost_per_10k_txn_budget ?? null,
      objectives: serviceLevelOf(report),
      workload: askedWorkload(report),
    },
  });
}

function withTraces(
  written: WrittenConfig,
  { run, experiments }: SettledFiles["trace_files"],
): WrittenConfig {
  const put = <L extends WrittenConfig["load"] | Written["load"]>(
    load: L,
    trace_file: string | null | undefined,
  ) => load === undefined || !trace_file ? load : { ...load, trace_file };
  return {
    ...written,
    load: put(written.load, run),
    experiments: written.experiments.map((one, index) => {
      const load = put(one.load, experiments[index]);
      return load === undefined ? one : { ...one, load };
    }),
  };
}

function frozen<T>(value: T): Frozen<T> {
  if (value !== null && typeof value === "object") {
    for (const item of Object.values(value)) frozen(item);
    Object.freeze(value);
  }
  return value as Frozen<T>;
}
