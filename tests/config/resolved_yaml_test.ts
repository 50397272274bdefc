import { deepEqual, equal } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig, resolvedYaml } from "../../lib/config/mod.ts";
import { inFolder, load, minimal } from "./minimal.ts";

Deno.test("the resolved config reads back as the same config", async () => {
  const text =
    `${minimal}inference_parameters: { p: { stop: "{{x}}", pad: null } }\nrun_steps: { mine.ipynb: yes }\n`;
  const files = { "c.yml": text, "rows.jsonl": "{}\n", "ask.txt": "{question}", "mine.ipynb": "{}" };
  await inFolder(files, async (folder) => {
    const { config } = await loadConfig(join(folder, "c.yml"), { env: {} });
    writeFileSync(join(folder, "again.yml"), resolvedYaml(config));
    deepEqual((await loadConfig(join(folder, "again.yml"), { env: {} })).config, config);
  });
});

Deno.test("secrets are not in it", async () => {
  const { config } = await load(
    `${minimal}    inference_spec: { headers: { Authorization: Bearer abcdef123456 } }\n`,
  );
  equal(resolvedYaml(config).includes("abcdef123456"), false);
  equal(resolvedYaml(config).includes("Authorization: "), true);
});
