/** A small config that is right in every respect, and a folder with the files it names. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError, loadConfig, type LoadedConfig, type LoadOptions } from "../../lib/config/mod.ts";

export const minimal = `general:
  name: small
s3_read_data:
  source_data_files: [rows.jsonl]
  prompt_template_file: ask.txt
experiments:
  - name: one
    simulate: { profile: sim-small }
    instance_type: sim.small
`;

/** Calls `work` with a new folder that holds `files`, and removes it. */
export async function inFolder(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = mkdtempSync("/tmp/config-test-");
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const data = { "rows.jsonl": '{"question": "1 + 1?"}\n', "ask.txt": "Answer: {question}\n" };

/** Loads a config text from a folder of its own, with data and template beside it. */
export async function load(
  text: string,
  options: LoadOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<LoadedConfig> {
  let loaded: LoadedConfig | undefined;
  await inFolder({ ...data, ...files, "c.yml": text }, async (folder) => {
    loaded = await loadConfig(join(folder, "c.yml"), { env: {}, tmpDir: folder, ...options });
  });
  return loaded!;
}

/** The faults of a config text, as lines without the path of its folder. */
export async function faultsOf(
  text: string,
  options: LoadOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  try {
    await load(text, options, files);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message.replace(/\/tmp\/config-test-\w+\//g, "").split("\n");
    }
    throw error;
  }
  return [];
}
