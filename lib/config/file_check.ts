/** Finds the files that a config names; what is nowhere is a fault. */

import { join } from "node:path";
import { isShippedStep, messageOf } from "../core/mod.ts";
import { cacheFolder, isBucketName } from "../storage/mod.ts";
import {
  type HubSource,
  hubSource,
  isRemoteSource,
  isSyntheticSource,
  parseSyntheticName,
} from "../data/mod.ts";
import { templateSlots } from "./data_check.ts";
import { defaults } from "./defaults.ts";
import { deployerOf } from "./deployment_script.ts";
import { namesJudges } from "./evaluation.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { describePlaces, type FileKind, findFile, type FoundFile, type LookUp } from "./lookup.ts";
import { predictorOf } from "./inference_script.ts";
import { likelyStep } from "./run_steps.ts";
import { readTextFile } from "./text_file.ts";
import type { WrittenConfig } from "./schema.ts";
import type { Script } from "./script.ts";

/** The files behind a config, by absolute path. */
export interface ConfigFiles {
  readonly source_data: readonly string[];
  readonly prompt_template: string;
  /** A user's own price file; null = the shipped one only. */
  readonly pricing: string | null;
  /** Folder with `tokenizer.json`; null = the shipped tokenizer. */
  readonly tokenizer: string | null;
  /** Each experiment's own; null = the run's. */
  readonly experiments: readonly {
    readonly prompt_template: string | null;
    readonly tokenizer: string | null;
    /** The user's own modules; null = one of ours. */
    readonly inference_script: string | null;
    readonly deployment_script: string | null;
  }[];
  /** Notebooks of the user's own steps, by step name. */
  readonly notebooks: Readonly<Record<string, string>>;
  /** Images that the scenarios of a study name. */
  readonly scenario_images: readonly string[];
}

/** What is nowhere is null here, and a fault. */
export interface FoundFiles {
  readonly sourceData: readonly (FoundFile | null)[];
  readonly template: FoundFile & { readonly slots: readonly string[] } | null;
  readonly pricing: FoundFile | null;
  /** FMBench's file of judges: the config's, else the one beside it or the shipped one; null: nothing asks for judges. */
  readonly judges: FoundFile | null;
  /** The user's own modules among `evaluation.judges`, in their order; null = a protocol of ours. */
  readonly judgeModules: readonly (FoundFile | null)[];
  readonly tokenizer: FoundFile | null;
  readonly experiments: readonly ({
    readonly template: FoundFiles["template"];
    readonly tokenizer: FoundFile | null;
  } & FoundScripts)[];
  readonly notebooks: Readonly<Record<string, string>>;
  readonly traces: { readonly run: FoundFile | null; readonly experiments: readonly (FoundFile | null)[] };
}

/** The modules of the user's own that an experiment names; null = it names one of ours, or none. */
export interface FoundScripts {
  readonly inference_script: FoundFile | null;
  readonly deployment_script: FoundFile | null;
}

/** Where to look. */
export interface Places {
  /** Folder of the config file. */
  readonly beside: string;
  /** Folder of the file in which the value at a path is written: that of the config, or of one that it extends. */
  readonly folderOf: (path: Path) => string;
  /** `/tmp` by default. */
  readonly tmpDir: string;
  /** Whether no bucket is read from, whatever the config says. */
  readonly localMode: boolean;
  /** Gets an entry for everything that is looked for. */
  readonly lookUps: LookUp[];
}

/** Looks for every file that a config names. */
export function findFiles(
  written: WrittenConfig,
  { beside, folderOf, tmpDir, localMode, lookUps }: Places,
  findings: Findings,
): FoundFiles {
  const { s3_read_data: read } = written;
  const readFolder = read.local_file_system_path ?? join(tmpDir, "fmbench-read");
  const bucket = localMode ? null : readBucketOf(read);
  const bucketFolder = bucket === null ? {} : { bucketFolder: join(cacheFolder("s3"), bucket) };

  function search(kind: FileKind, name: string, prefix: string, path: Path, needed = true): FoundFile | null {
    const own = folderOf(path);
    const folders = own === beside ? { beside } : { beside: own, besideTop: beside };
    const query = { kind, name, ...folders, readFolder, ...bucketFolder, prefix };
    try {
      const found = findFile(query);
      lookUps.push({ search: query, bucket, found });
      if (found !== null || !needed) return found;
      const step = kind === "notebook" ? likelyStep(name) : null;
      const advice = step ?? `expected it in ${describePlaces(query, bucket)}`;
      const part = kind === "notebook" ? "key" : "value";
      findings.fault(path, `there is no file "${name}"; ${advice}`, part);
    } catch (error) {
      findings.fault(path, messageOf(error));
    }
    return null;
  }

  const trace = (name: string | undefined, path: Path) =>
    name === undefined ? null : search("source_data", name, read.source_data_prefix, path);

  return {
    sourceData: read.source_data_files.map((name, index) => {
      const path = ["s3_read_data", "source_data_files", index];
      if (isRemoteSource(name)) return remote(name);
      if (isSyntheticSource(name)) return synthetic(name, path, findings);
      const known = hubSource(name);
      const found = search("source_data", name, read.source_data_prefix, path, known === null);
      if (found !== null || known === null) return found;
      const lack = columnsLacking(written, known);
      findings.notice(path, `is "${name}", a file that is nowhere here: taken from ${known.source}${lack}`);
      return remote(known.source);
    }),
    template: findTemplate(
      read.prompt_template_file,
      read.prompt_template_dir,
      ["s3_read_data"],
      search,
      findings,
    ),
    pricing: search("configs", written.pricing, read.configs_prefix, ["pricing"]),
    judges: namesJudges(written)
      ? search("configs", written.model_evaluations ?? defaults.model_evaluations, read.configs_prefix, [
        "model_evaluations",
      ])
      : null,
    judgeModules: (written.evaluation.judges ?? []).map(({ inference_script }, index) =>
      findModule(
        predictorOf(inference_script),
        read.scripts_prefix,
        ["evaluation", "judges", index, "inference_script"],
        search,
      )
    ),
    tokenizer: findTokenizer(
      read.tokenizer_prefix,
      ["s3_read_data"],
      shippedUnless(written.experiments[0]?.hf_tokenizer_model_id),
      search,
      findings,
    ),
    experiments: written.experiments.map((experiment, index) => {
      const { prompt_template_file, tokenizer_prefix } = experiment;
      const section = ["experiments", index];
      return {
        ...findScripts(experiment, read.scripts_prefix, section, search),
        template: prompt_template_file === undefined
          ? null
          : findTemplate(prompt_template_file, read.prompt_template_dir, section, search, findings),
        tokenizer: findTokenizer(tokenizer_prefix, section, "the run's tokenizer", search, findings),
      };
    }),
    notebooks: findNotebooks(written, search),
    traces: {
      run: trace(written.load.trace_file, ["load", "trace_file"]),
      experiments: written.experiments.map(({ load }, index) =>
        trace(load?.trace_file, ["experiments", index, "load", "trace_file"])
      ),
    },
  };
}

/** The bucket that files are looked for in; null: none is named, or the config reads from local folders only. */
export function readBucketOf(
  { read_bucket, s3_or_local_file_system }: {
    readonly read_bucket?: unknown;
    readonly s3_or_local_file_system?: unknown;
  },
): string | null {
  const named = typeof read_bucket === "string" && isBucketName(read_bucket) && read_bucket !== "placeholder";
  return named && s3_or_local_file_system !== "local" ? read_bucket : null;
}

/** What counts tokens when the run has no folder with a tokenizer. */
function shippedUnless(model_id: string | undefined): string {
  return model_id === undefined ? "the shipped tokenizer" : `the tokenizer of ${model_id}`;
}

function synthetic(name: string, path: Path, { fault }: Findings): FoundFile | null {
  try {
    parseSyntheticName(name);
    return { path: name, name };
  } catch (error) {
    fault(path, messageOf(error));
    return null;
  }
}

/** What a set of the Hub has not of the columns that the prompts need; the file made from it may have had them. */
function columnsLacking({ datasets }: WrittenConfig, { columns }: HubSource): string {
  const lacking = datasets.prompt_template_keys?.filter((key) => !(columns ?? [key]).includes(key)) ?? [];
  if (columns === null || lacking.length === 0) return "";
  const names = lacking.map((key) => `"${key}"`).join(" and ");
  return `, which has no column ${names} (its columns: ${
    columns.join(", ")
  }); put the file into source_data, or ` +
    "rename the columns by bring_your_own_dataset.ipynb";
}

/** What is fetched when prompts are made goes by its name until then. */
const remote = (name: string): FoundFile => ({ path: name, name });

function findScripts(
  { inference_script, deployment_script }: WrittenConfig["experiments"][number],
  prefix: string,
  section: Path,
  search: SearchFunction,
): FoundScripts {
  const find = (script: Script | null, key: string) => findModule(script, prefix, [...section, key], search);
  return {
    inference_script: find(predictorOf(inference_script), "inference_script"),
    deployment_script: find(deployerOf(deployment_script ?? ""), "deployment_script"),
  };
}

function findModule(
  script: Script | null,
  prefix: string,
  path: Path,
  search: SearchFunction,
): FoundFile | null {
  return script?.own ? search("script", script.module, prefix, path) : null;
}

type SearchFunction = (
  kind: FileKind,
  name: string,
  prefix: string,
  path: Path,
  needed?: boolean,
) => FoundFile | null;

function findTemplate(
  name: string,
  prefix: string,
  section: Path,
  search: SearchFunction,
  { fault }: Findings,
): FoundFiles["template"] {
  const path = [...section, "prompt_template_file"];
  const found = search("prompt_template", name, prefix, path);
  if (found === null) return null;
  const read = readTextFile(found.path);
  if ("text" in read) return { ...found, slots: templateSlots(read.text) };
  fault(path, `"${name}" can't be read: ${read.found}; expected ${read.expected}`);
  return null;
}

function findTokenizer(
  prefix: string | undefined,
  section: Path,
  otherwise: string,
  search: SearchFunction,
  { notice }: Findings,
): FoundFile | null {
  if (prefix === undefined) return null;
  const path = [...section, "tokenizer_prefix"];
  if (search("tokenizer", join(prefix, "tokenizer.json"), "", path, false) !== null) {
    return search("tokenizer", prefix, "", path, false);
  }
  notice(path, `is "${prefix}", where there is no tokenizer.json: tokens are counted by ${otherwise}`);
  return null;
}

function findNotebooks(written: WrittenConfig, search: SearchFunction): Record<string, string> {
  const own = Object.keys(written.run_steps ?? {}).filter((name) => !isShippedStep(name));
  const found = own.map((name): [string, string | undefined] => [
    name,
    search("notebook", `${name}.ipynb`, "", ["run_steps", name])?.path,
  ]);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
