/** FMBench's own configs, where they are at hand: `FMBENCH_SHARED` names the folder with `data/fmbench_configs`. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { loadConfig, type LoadedConfig, type LoadOptions, projectFolder } from "../../lib/config/mod.ts";

const shared = process.env["FMBENCH_SHARED"] ?? join(projectFolder, "..", "shared");
export const fmbenchFolder: string = join(shared, "data", "fmbench_configs");

/** Whether they are there; tests that need them are skipped where not. */
export const fmbenchAtHand: boolean = existsSync(fmbenchFolder);
if (!fmbenchAtHand) {
  console.warn(`skipped: FMBench's configs are not at ${fmbenchFolder}; set FMBENCH_SHARED`);
}

const others = ["pricing.yml", "pricing_fallback.yml", "model_eval_all_info.yml"];

/** Data that FMBench's bucket has and the Hub has not: put into the read folder, as its users have it. */
const dataFiles = [
  "500_token_prompts_synthetic_data.jsonl",
  "just_text.jsonl",
  "synthetic_data_large_prompts.jsonl",
];

/** What the two generic configs leave to the command line. */
const parameters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "deepseek/config-deepseek-r1-ollama.yml": {
    results_dir: "ollama",
    model_id: "deepseek-r1:8b",
    instance_type: "g6e.2xlarge",
  },
};

/** A config of FMBench's: its path below the folder, and a way to read it. */
export interface FmbenchConfig {
  readonly name: string;
  readonly path: string;
  /** With FMBench's data in the read folder and no environment. @throws {ConfigError} as `loadConfig` does */
  load(options?: LoadOptions): Promise<LoadedConfig>;
}

/** Calls `body` with all of them, sorted by name. */
export async function withFmbenchConfigs(
  body: (configs: readonly FmbenchConfig[]) => Promise<void>,
): Promise<void> {
  const tmpDir = mkdtempSync("/tmp/fmbench-configs-test-");
  try {
    for (const name of dataFiles) {
      const path = join(tmpDir, "fmbench-read", "source_data", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "{}\n");
    }
    const names = readdirSync(fmbenchFolder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yml") && !others.includes(name) && !name.startsWith("eks_manifests"));
    await body(
      names.sort().map((name) => ({
        name,
        path: join(fmbenchFolder, name),
        load: (options = {}) =>
          loadConfig(join(fmbenchFolder, name), {
            env: {},
            tmpDir,
            parameters: parameters[name] ?? {},
            ...options,
          }),
      })),
    );
  } finally {
    rmSync(tmpDir, { recursive: true });
  }
}
