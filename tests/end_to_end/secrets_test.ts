/** Secrets that are planted in the environment and the config turn up nowhere: no log, plan, argument of a process, file of the run, report. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { recordsOf } from "../../lib/pipeline/steps/records.ts";
import { openRun } from "../../lib/run/mod.ts";
import { withCloud } from "../aws/local_cloud.ts";
import { inProject, tinyConfig } from "../pipeline/made_up_project.ts";
import { commandLine, onlyRun } from "./command.ts";

const canaries = {
  hub: "hf_CanaryTokenOfTheHub0123456789",
  api: "sk-canary-key-of-the-server-0123456789",
  header: "canary-header-secret-0123456789",
  aws: "canary/secret/access/key/0123456789abcdef",
  account: "998877665544",
} as const;

const server = join(projectRoot, "tests", "end_to_end", "canary_server.ts");

const config = tinyConfig.slice(0, tinyConfig.indexOf("experiments:")) + `aws: { region: us-east-1 }
experiments:
  - name: local
    model_id: some-model
    instance_type: my-machine
    price_per_hour: 0.1
    deploy: yes
    deployment_script: local_process
    inference_script: openai_chat
    env: { SERVER_KEY: "\${CANARY_API}" }
    process:
      command: [${
  JSON.stringify(Deno.execPath())
}, run, --quiet, --no-prompt, --no-check, --allow-net, --allow-env, ${JSON.stringify(server)}, "{port}"]
      base_path: /v1
    inference_spec:
      stream: no
      api_key_env: CANARY_API
      headers: { X-Secret: "\${CANARY_HEADER}" }
    concurrency_levels: [1]
  - name: hosted
    model_id: some/model
    model_name: some-model
    ep_name: some-model
    instance_type: ml.g5.xlarge
    price_per_hour: 1.5
    image_uri: ${canaries.account}.dkr.ecr.us-east-1.amazonaws.com/server:1.0.0
    env: { HF_TOKEN: "\${HF_TOKEN}" }
    deploy: yes
    deployment_script: sagemaker_deploy.py
    inference_script: sagemaker_predictor.py
    sagemaker_execution_role: arn:aws:iam::${canaries.account}:role/fmbench
    concurrency_levels: [1]
report: { latency_budget: 2 }
preflight: no
certify: no
`;

/** What a command has printed, and the arguments of all processes while it ran. */
async function watched(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; said: string; processes: Set<string> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...commandLine, ...args],
    cwd: projectRoot,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const processes = new Set<string>();
  const look = setInterval(() => {
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        processes.add(Deno.readTextFileSync(`/proc/${name}/cmdline`));
      } catch {
        // It has ended.
      }
    }
  }, 50);
  const { code, stdout, stderr } = await child.output();
  clearInterval(look);
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr), processes };
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else if (isFile) yield path;
  }
}

/** The planted secrets that a text holds. */
function leaked(text: string, allowed: readonly (keyof typeof canaries)[] = []): string[] {
  return Object.entries(canaries)
    .filter(([name, value]) => !allowed.includes(name as keyof typeof canaries) && text.includes(value))
    .map(([name]) => name);
}

Deno.test({
  name: "moto's SageMaker and a local process: planted secrets are in no output, process, file or report",
  ignore: Deno.build.os !== "linux",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withCloud(async ({ url }) => {
      await inProject(async (folder) => {
        const results = join(folder, "results");
        const env = {
          AWS_ENDPOINT_URL: url,
          AWS_REGION: "us-east-1",
          AWS_ACCESS_KEY_ID: "AKIACANARY0123456789",
          AWS_SECRET_ACCESS_KEY: canaries.aws,
          HF_TOKEN: canaries.hub,
          CANARY_API: canaries.api,
          CANARY_HEADER: canaries.header,
        };
        const args = ["run", "--config-file", join(folder, "c.yml"), "--results-dir", results, "--verbose"];
        const dry = await watched([...args, "--dry-run"], env);
        assert.equal(dry.code, 0, dry.said);
        assert.match(dry.said, /CreateEndpoint/);
        const run = await watched(args, env);
        // Nobody answers for SageMaker's runtime here: its requests fail, which is where errors come from.
        assert.equal(run.code, 0, run.said);
        const { root } = await onlyRun(results, "tiny");
        const found: string[] = [];
        for (const [what, text] of [["the dry run", dry.said], ["the run", run.said]] as const) {
          found.push(...leaked(text).map((name) => `${name} in the output of ${what}`));
        }
        for (const line of [...dry.processes, ...run.processes]) {
          found.push(...leaked(line).map((name) => `${name} in the arguments of ${line.split("\0")[0]}`));
        }
        let files = 0;
        for await (const path of filesBelow(root)) {
          files++;
          // These two are their owner's only, and hold ARNs.
          const private_ = /models\/(endpoints\.json|ledger\.jsonl)$/.test(path);
          const text = new TextDecoder().decode(await Deno.readFile(path));
          found.push(...leaked(text, private_ ? ["account"] : []).map((name) => `${name} in ${path}`));
        }
        assert.deepEqual(found, []);
        assert.ok(files > 20, `${files} files`);
        assert.ok(run.processes.size > 10);
        const own = (await recordsOf(await openRun(root))).filter(({ experiment_name }) =>
          experiment_name === "local"
        );
        // The secrets did get to where they are needed, and were told back by a server that failed.
        assert.ok(own.some(({ status }) => status === "ok"));
        assert.ok(own.some(({ error_message }) => error_message?.includes("no luck with")));
      }, { "c.yml": config });
    }),
});
