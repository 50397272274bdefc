/** Finds the files that a config names; what is nowhere is a fault. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isStepName, messageOf } from "../core/mod.ts";
import { templateSlots } from "./data_check.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { describePlaces, type FileKind, findFile, type FoundFile } from "./lookup.ts";
import { nearestStep } from "./run_steps.ts";
import type { WrittenConfig } from "./schema.ts";

/** The files behind a config, by absolute path. */
export interface ConfigFiles {
  readonly source_data: readonly string[];
  readonly prompt_template: string;
  /** A user's own price file; null = the shipped one only. */
  readonly pricing: string | null;
  /** Folder with `tokenizer.json`; null = the shipped tokenizer. */
  readonly tokenizer: string | null;
  /** Notebooks of the user's own steps, by step name. */
  readonly notebooks: Readonly<Record<string, string>>;
}

/** What is nowhere is null here, and a fault. */
export interface FoundFiles {
  readonly sourceData: readonly (FoundFile | null)[];
  readonly template: FoundFile & { readonly slots: readonly string[] } | null;
  readonly pricing: FoundFile | null;
  readonly tokenizer: FoundFile | null;
  readonly notebooks: Readonly<Record<string, string>>;
  readonly traces: { readonly run: FoundFile | null; readonly experiments: readonly (FoundFile | null)[] };
}

/** Where to look. */
export interface Places {
  /** Folder of the config file. */
  readonly beside: string;
  /** `/tmp` by default. */
  readonly tmpDir: string;
}

/** Looks for every file that a config names. */
export function findFiles(
  written: WrittenConfig,
  { beside, tmpDir }: Places,
  findings: Findings,
): FoundFiles {
  const { s3_read_data: read } = written;
  const readFolder = read.local_file_system_path ?? join(tmpDir, "fmbench-read");

  function search(kind: FileKind, name: string, prefix: string, path: Path, needed = true): FoundFile | null {
    const query = { kind, name, beside, readFolder, prefix };
    try {
      const found = findFile(query);
      if (found !== null || !needed) return found;
      const step = kind === "notebook" ? nearestStep(name) : null;
      const advice = step === null ? `expected it in ${describePlaces(query)}` : `did you mean "${step}"?`;
      findings.fault(path, `there is no file "${name}"; ${advice}`);
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
      if (name.startsWith("hf:")) {
        findings.fault(
          path,
          `"${name}" can't be fetched in this version; expected the path of a JSON Lines file`,
        );
        return null;
      }
      return search("source_data", name, read.source_data_prefix, path);
    }),
    template: withSlots(
      search("prompt_template", read.prompt_template_file, read.prompt_template_dir, [
        "s3_read_data",
        "prompt_template_file",
      ]),
    ),
    pricing: search("configs", written.pricing, read.configs_prefix, ["pricing"]),
    tokenizer: findTokenizer(read.tokenizer_prefix, search, findings),
    notebooks: findNotebooks(written, search),
    traces: {
      run: trace(written.load.trace_file, ["load", "trace_file"]),
      experiments: written.experiments.map(({ load }, index) =>
        trace(load?.trace_file, ["experiments", index, "load", "trace_file"])
      ),
    },
  };
}

type SearchFunction = (
  kind: FileKind,
  name: string,
  prefix: string,
  path: Path,
  needed?: boolean,
) => FoundFile | null;

function withSlots(found: FoundFile | null): FoundFiles["template"] {
  return found === null ? null : { ...found, slots: templateSlots(readFileSync(found.path, "utf8")) };
}

function findTokenizer(
  prefix: string | undefined,
  search: SearchFunction,
  { notice }: Findings,
): FoundFile | null {
  if (prefix === undefined) return null;
  const path = ["s3_read_data", "tokenizer_prefix"];
  if (search("tokenizer", join(prefix, "tokenizer.json"), "", path, false) !== null) {
    return search("tokenizer", prefix, "", path, false);
  }
  notice(
    path,
    `is "${prefix}", where there is no tokenizer.json: tokens are counted by the shipped tokenizer`,
  );
  return null;
}

function findNotebooks(written: WrittenConfig, search: SearchFunction): Record<string, string> {
  const own = Object.keys(written.run_steps ?? {}).filter((name) => !isStepName(name));
  const found = own.map((name): [string, string | undefined] => [
    name,
    search("notebook", `${name}.ipynb`, "", ["run_steps", name])?.path,
  ]);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
