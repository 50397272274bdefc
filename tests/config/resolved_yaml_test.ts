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

Deno.test("budgets, objectives, workload, prices and model units read back as the same", async () => {
  const own = "  - name: own\n    model_id: m\n    ep_name: http://127.0.0.1:8000/v1\n";
  const units = "  - name: units\n    model_id: n\n    inference_script: bedrock\n    model_units: 3\n";
  const reports = [
    "{ latency_budget: 3, latency_statistic: p99 }",
    "{ objectives: { preset: mlperf-llama2-70b, ttft_ms: 900 }, workload: { users: 10, requests_per_user_per_minute: 2 } }",
  ];
  for (const report of reports) {
    const files = {
      "c.yml": `${minimal}${own}${units}report: ${report}\n`,
      "rows.jsonl": "{}\n",
      "ask.txt": "{question}",
    };
    await inFolder(files, async (folder) => {
      const parameters = { price_per_hour: "2" };
      const env = { AWS_REGION: "us-east-1" };
      const { config, prices } = await loadConfig(join(folder, "c.yml"), { env, parameters });
      writeFileSync(join(folder, "again.yml"), resolvedYaml(config));
      const again = await loadConfig(join(folder, "again.yml"), { env: {} });
      deepEqual([again.config, again.prices], [config, prices]);
    });
  }
});

Deno.test("what follows from the latency budget is left to follow from it", async () => {
  const { config } = await load(`${minimal}report: { latency_budget: 3 }\n`);
  equal(resolvedYaml(config).includes("objectives"), false);
});

Deno.test("what is told to protocols reads back as the same", async () => {
  const text = `${minimal}  - name: words
    model_id: m
    ep_name: http://127.0.0.1:8000
    instance_type: sim.small
    inference_script: rest
    inference_spec:
      headers: { Authorization: "Bearer \${KEY}" }
      rest: { body: { q: "{{prompt}}" }, response: { text: /a, prompt_tokens: /b } }
  - name: fmbench
    model_id: m
    ep_name: http://127.0.0.1:8000
    instance_type: sim.small
    inference_script: custom_rest_predictor.py
    inference_spec: { model_id: other }
  - name: bedrock
    instance_type: sim.small
    model_id: amazon.nova
    inference_script: bedrock_predictor.py
inference_parameters: { p: { use_boto3: no, stream: no } }
`;
  const files = { "c.yml": text, "rows.jsonl": "{}\n", "ask.txt": "{question}" };
  await inFolder(files, async (folder) => {
    const { config } = await loadConfig(join(folder, "c.yml"), { env: { AWS_REGION: "us-east-1" } });
    writeFileSync(join(folder, "again.yml"), resolvedYaml(config));
    const again = await loadConfig(join(folder, "again.yml"), { env: {} });
    deepEqual(again.config, config);
    deepEqual(again.notices.filter(({ key }) => key.endsWith(".stream")), []);
  });
});

Deno.test("secrets are not in it", async () => {
  const { config } = await load(
    `${minimal}    inference_spec: { additional_model_request_fields: { api_key: abcdef123456 } }\n`,
  );
  equal(resolvedYaml(config).includes("abcdef123456"), false);
  equal(resolvedYaml(config).includes("api_key: "), true);
});
