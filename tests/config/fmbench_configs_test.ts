import { equal } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ConfigError, loadConfig, projectFolder } from "../../lib/config/mod.ts";

const shared = process.env["FMBENCH_SHARED"] ?? join(projectFolder, "..", "shared");
const folder = join(shared, "data", "fmbench_configs");
const others = ["pricing.yml", "pricing_fallback.yml", "model_eval_all_info.yml"];

if (!existsSync(folder)) console.warn(`skipped: FMBench's configs are not at ${folder}; set FMBENCH_SHARED`);

Deno.test({
  name: "every config of FMBench's is read to a config or to faults, each with its place",
  ignore: !existsSync(folder),
  fn: async () => {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yml") && !others.includes(name));
    equal(names.length > 50, true);
    for (const name of names) {
      try {
        await loadConfig(join(folder, name), { env: {}, tmpDir: "/tmp/none" });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw new Error(`${name} crashes`, { cause: error });
        for (const line of error.message.split("\n")) equal(/^[^:]+:\d+:\d+: \S.*/.test(line), true, line);
        equal(/\n\s+at |undefined|\[object/.test(error.message), false, error.message);
      }
    }
  },
});
