/** What a study's scenario file asks for, put into the document as if it were written there. */

import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { messageOf, redact, type Scenario } from "../core/mod.ts";
import { cacheFolder } from "../storage/mod.ts";
import { defaults } from "./defaults.ts";
import { type Located, markOf, pathKey } from "./document.ts";
import type { Path } from "./fault.ts";
import { section } from "./field.ts";
import { simulate } from "./experiment_schema.ts";
import { readBucketOf } from "./file_check.ts";
import { describePlaces, findFile, type LookUp } from "./lookup.ts";
import { copyOf, isAddress } from "./remote_copy.ts";
import { readScenarios, type ScenarioFile } from "./scenario_file.ts";
import { derivedExperiment, experimentMarks, type Section, sectionIn } from "./study_experiment.ts";
import { study as studySchema } from "./study_schema.ts";
import { readTextFile } from "./text_file.ts";
import { validate } from "./validation.ts";

/** The payload file of every study. */
export const scenarioPayloads = "payload_scenarios.jsonl";

/** What a scenario file may hold, in bytes. */
const mostBytes = 256 << 20;

/** The scenario file of a config, and what is in it. */
export interface FoundStudy {
  /** Absolute; null: it is nowhere. */
  readonly file: string | null;
  readonly scenarios: readonly Scenario[];
  /** Absolute paths of the images that it names. */
  readonly images: readonly string[];
  /** null: it goes by an address, or has no name. */
  readonly lookUp: LookUp | null;
}

/** Where a scenario file is looked for. */
export interface StudyPlaces {
  /** Folder of the config. */
  readonly beside: string;
  /** The folder of each file of the config, by the name that marks give it; gets that of the scenario file. */
  readonly folders: Map<string, string>;
  readonly tmpDir: string;
  readonly localMode: boolean;
}

/**
 * Reads the scenario file that `study` names and puts experiments, data and prompts into the document, each marked with the line
 * of the scenario that it comes from. What stands there by hand beside a study is a fault. Without a study nothing is done; one
 * that names no file is none where experiments are written out.
 *
 * @returns null: there is no study
 */
export function deriveStudy(located: Located, places: StudyPlaces): FoundStudy | null {
  const root = located.value as Section;
  const study = sectionIn(root, "study");
  if (study === null) return null;
  if ((study["scenarios"] ?? null) === null && (root["experiments"] ?? null) !== null) {
    const { file, line } = markOf(located, ["study"], "key");
    located.notices.push({ file, line, key: "study", text: "has no effect: it names no `scenarios`" });
    located.faults.push(...faultsIn(located, study));
    delete root["study"];
    return null;
  }
  if (study["derived"] === true) forgetDerived(root);
  else checkAlone(located, root);
  const { file, lookUp } = findScenarios(located, study, root, places);
  const found = file === null ? null : readFile(file, located, study, places);
  if (found === null || found.faults.length > 0) located.unfilled.add("experiments").add("datasets");
  located.faults.push(...found?.faults ?? []);
  located.notices.push(...found?.notices ?? []);
  putInto(located, root, withSoundSimulate(located, study), file, found);
  return { file, scenarios: found?.scenarios ?? [], images: found?.images ?? [], lookUp };
}

/**
 * What is wrong in a section that is not used: its keys are checked all the same, but for what it has from further up by an alias, which
 * is checked there.
 */
function faultsIn(located: Located, study: Section) {
  const value = { study: { ...study, scenarios: "none" } };
  const { line } = markOf(located, ["study"], "key");
  return validate(section({ study: studySchema }), { ...located, value }).faults.filter((fault) =>
    fault.line >= line
  );
}

/** What a study takes the place of. */
const replaced: readonly Path[] = [
  ["experiments"],
  ["datasets"],
  ["s3_read_data", "source_data_files"],
  ["s3_read_data", "prompt_template_file"],
];

/** A run's own `config.yml` holds what was derived, for its readers; it is derived again. */
function forgetDerived(root: Section): void {
  for (const path of replaced) {
    const parent = path.length === 1 ? root : sectionIn(root, String(path[0]));
    if (parent !== null) delete parent[String(path.at(-1))];
  }
}

function checkAlone(located: Located, root: Section): void {
  for (const path of replaced) {
    const parent = path.length === 1 ? root : sectionIn(root, String(path[0]));
    if (parent === null || (parent[String(path.at(-1))] ?? null) === null) continue;
    const name = path.join(".");
    const text =
      `"${name}" stands beside "study", whose scenario file says what is asked of whom; expected one of ` +
      `the two: remove "${name}", or "study"`;
    located.faults.push({ ...markOf(located, path, "key"), text });
  }
}

/** Without an embedded endpoint that is faulty: its faults are named where it is written, and not at every experiment again. */
function withSoundSimulate(located: Located, study: Section): Section {
  const written = sectionIn(study, "simulate");
  if (written === null) return study;
  const { faults } = validate(simulate, { ...located, value: written, sources: new Map() });
  if (faults.length === 0) return study;
  located.unfilled.add("experiments");
  return { ...study, simulate: { profile: "none" } };
}

const at = ["study", "scenarios"];

function findScenarios(
  located: Located,
  study: Section,
  root: Section,
  { beside, folders, tmpDir, localMode }: StudyPlaces,
): Pick<FoundStudy, "file" | "lookUp"> {
  const name = study["scenarios"];
  const nowhere = { file: null, lookUp: null };
  const unknown = located.missing.some(({ path }) => pathKey(path) === pathKey(at));
  if (typeof name !== "string" || name === "" || unknown) return nowhere;
  const fault = (text: string) => located.faults.push({ ...markOf(located, at), text });
  try {
    if (isAddress(name)) {
      const file = copyOf(name);
      if (existsSync(file)) return { file, lookUp: null };
      fault(
        `there is no copy of "${
          redact(name)
        }" here; expected one that \`fmbench run\` or \`validate\` has fetched`,
      );
      return nowhere;
    }
    const read = sectionIn(root, "s3_read_data") ?? {};
    const own = folders.get(markOf(located, at).file) ?? beside;
    const bucket = localMode ? null : readBucketOf(read);
    const search = {
      kind: "source_data" as const,
      name,
      ...own === beside ? { beside } : { beside: own, besideTop: beside },
      readFolder: textOr(read["local_file_system_path"], join(tmpDir, "fmbench-read")),
      ...bucket === null ? {} : { bucketFolder: join(cacheFolder("s3"), bucket) },
      prefix: textOr(read["source_data_prefix"], defaults.s3_read_data.source_data_prefix),
    };
    const found = findFile(search);
    if (found === null) fault(`there is no file "${name}"; expected it in ${describePlaces(search, bucket)}`);
    return { file: found?.path ?? null, lookUp: { search, bucket, found } };
  } catch (error) {
    fault(messageOf(error));
    return nowhere;
  }
}

const textOr = (value: unknown, otherwise: string) =>
  typeof value === "string" && value !== "" ? value : otherwise;

function readFile(
  path: string,
  located: Located,
  study: Section,
  { folders }: StudyPlaces,
): ScenarioFile | null {
  const read = readTextFile(path, mostBytes);
  const fault = (text: string) => {
    located.faults.push({ ...markOf(located, at), text });
    return null;
  };
  const name = String(study["scenarios"]);
  if (!("text" in read)) return fault(`"${name}" can't be read: ${read.found}; expected ${read.expected}`);
  const shown = shownName(path, name);
  folders.set(shown, dirname(path));
  const found = readScenarios(read.text, { path, shown, simulated: sectionIn(study, "simulate") !== null });
  return found.scenarios.length === 0 && found.faults.length === 0
    ? fault(`"${name}" holds no scenario; expected one JSON object a line`)
    : found;
}

/** As a shell in the working folder would name it. */
function shownName(path: string, name: string): string {
  if (isAddress(name)) return redact(name);
  const below = relative(resolve("."), path);
  return below.startsWith("..") ? path : below;
}

function putInto(
  located: Located,
  root: Section,
  study: Section,
  file: string | null,
  found: ScenarioFile | null,
): void {
  const mark = markOf(located, at);
  const variants = found?.variants ?? [];
  const judged = found?.scenarios.some(({ prompt }) => prompt.ground_truth !== null) ?? false;
  for (const path of replaced) {
    located.keyMarks.set(pathKey(path), mark);
    located.valueMarks.set(pathKey(path), mark);
  }
  // What can't be known stands for itself, so that it is not said to be missing as well.
  root["experiments"] = variants.length === 0
    ? [{ name: "none", inference_script: "bedrock", model_id: "none" }]
    : variants.map((variant) => derivedExperiment(variant, study, scenarioPayloads));
  for (const [index, variant] of variants.entries()) experimentMarks(located, index, variant);
  root["datasets"] = {
    filters: [{ payload_file: scenarioPayloads }],
    ...judged ? { ground_truth_col_key: "expected_answer", question_col_key: "text_prompt" } : {},
  };
  root["s3_read_data"] = {
    ...sectionIn(root, "s3_read_data"),
    ...file === null ? { source_data_files: ["trading_post_qa.jsonl"] } : { source_data_files: [file] },
    prompt_template_file: "question_only.txt",
  };
  // An outage of an hour must not end a study of weeks.
  root["load"] = { stop_error_rate: 1, ...sectionIn(root, "load") };
}
