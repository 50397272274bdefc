/** The configs that ship, with what the command line has to give them. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../lib/config/mod.ts";

export interface ShippedConfig {
  /** Below the project: `configs/bedrock/nova.yml`. */
  readonly path: string;
  readonly text: string;
  /** Names that `-A` has to give a value. */
  readonly parameters: readonly string[];
}

const folder = join(projectFolder, "configs");
const others = /^(pricing|model_eval_all_info|base\/)/;

/** All of them but what is no config by itself: prices, judges, and what others extend. */
export function shippedConfigs(): ShippedConfig[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yml") && !others.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      const bare = text.split("\n").filter((line) => !line.startsWith("#")).join("\n");
      const parameters = [...bare.matchAll(/(?<!\{)\{([a-z_]+)\}(?!\})/g)].map(([, key]) => key!);
      return { path: `configs/${name}`, text, parameters: [...new Set(parameters)] };
    });
}
