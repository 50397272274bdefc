/**
 * A deployment that is cut by `kill -9`, on a server that speaks AWS's wire protocols: whatever the moment, the next `fmbench cleanup`
 * leaves nothing, and a brought endpoint survives. `FMBENCH_TEST_CUTS` says how often it is cut.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { sageMakerControl } from "../../lib/aws/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { withCloud } from "../aws/local_cloud.ts";
import { inProject, tinyConfig } from "../pipeline/made_up_project.ts";
import { commandLine, fmbench, onlyRun } from "./command.ts";

const cuts = Number(Deno.env.get("FMBENCH_TEST_CUTS") ?? 3);
/** From the start of step 2 to after its end. */
const longest_ms = 6_000;

const config = tinyConfig.slice(0, tinyConfig.indexOf("experiments:")) + `aws: { region: us-east-1 }
experiments:
  - name: deployed
    model_id: some/model
    model_name: some-model
    ep_name: some-model
    instance_type: ml.g5.xlarge
    image_uri: 123456789012.dkr.ecr.us-east-1.amazonaws.com/server:1.0.0
    deploy: yes
    deployment_script: sagemaker_deploy.py
    inference_script: sagemaker_predictor.py
    sagemaker_execution_role: arn:aws:iam::123456789012:role/fmbench
    price_per_hour: 1.5
  - name: brought
    model_id: some/model
    ep_name: fmbench-production
    instance_type: ml.g5.xlarge
    deploy: no
    inference_script: sagemaker_predictor.py
    price_per_hour: 1.5
report: { latency_budget: 2 }
`;

/** Names of all that SageMaker has. */
async function present(): Promise<{ endpoints: string[]; configs: string[]; models: string[] }> {
  const { client, sdk } = await sageMakerControl({ region: "us-east-1" });
  const [endpoints, configs, models] = await Promise.all([
    client.send(new sdk.ListEndpointsCommand({})),
    client.send(new sdk.ListEndpointConfigsCommand({})),
    client.send(new sdk.ListModelsCommand({})),
  ]);
  return {
    endpoints: (endpoints.Endpoints ?? []).map(({ EndpointName }) => EndpointName!),
    configs: (configs.EndpointConfigs ?? []).map(({ EndpointConfigName }) => EndpointConfigName!),
    models: (models.Models ?? []).map(({ ModelName }) => ModelName!),
  };
}

/** An endpoint of somebody else's, with a name that looks like ours. */
async function bringEndpoint(): Promise<void> {
  const { client, sdk } = await sageMakerControl({ region: "us-east-1" });
  const [name, model] = ["fmbench-production", "production-model"];
  await client.send(
    new sdk.CreateModelCommand({
      ModelName: model,
      ExecutionRoleArn: "arn:aws:iam::123456789012:role/them",
      PrimaryContainer: { Image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/server:1.0.0" },
    }),
  );
  const variant = {
    VariantName: "AllTraffic",
    ModelName: model,
    InstanceType: "ml.g5.xlarge" as const,
    InitialInstanceCount: 1,
  };
  await client.send(
    new sdk.CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }),
  );
  await client.send(new sdk.CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
}

/** Starts steps 0 and 2 and kills the runner so long after step 2 began. @returns whether it was still running */
async function cutAfter(ms: number, folder: string, results: string): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[...commandLine, "run", "--config-file", join(folder, "c.yml"), "--results-dir", results],
      ...["--steps", "0,2,6", "--set", "certify=no", "--verbose"],
    ],
    cwd: projectRoot,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  let ended = false;
  const status = child.status.finally(() => ended = true);
  const reading = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) said += text;
  })();
  while (!ended && !said.includes("2_deploy_model ...")) await pause(10);
  assert.ok(said.includes("2_deploy_model ..."), said);
  const deadline = performance.now() + ms;
  while (!ended && performance.now() < deadline) await pause(10);
  const cut = !ended;
  if (cut) child.kill("SIGKILL");
  await status;
  await reading;
  return cut;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test(`moto's SageMaker: killed at ${cuts} random moments of a deployment, cleanup leaves nothing but what was brought`, () =>
  withCloud(async (cloud) => {
    await cloud.endpointLife({ name: "*", creating_s: 2, deleting_s: 0.5 });
    await bringEndpoint();
    const foreign = await present();
    await inProject(async (folder) => {
      let cut = 0;
      for (let i = 0; i < cuts; i++) {
        const results = join(folder, `results-${i}`);
        const ms = Math.random() * longest_ms;
        if (await cutAfter(ms, folder, results)) cut++;
        const { root } = await onlyRun(results, "tiny");
        const cleaned = await fmbench(["cleanup", root]);
        const when = `killed ${Math.round(ms)} ms after the start of step 2`;
        assert.equal(cleaned.code, 0, `${when}: ${cleaned.stderr}`);
        assert.match(cleaned.stdout, /Nothing that run .* created is left\.\n$/, when);
        assert.deepEqual(await present(), foreign, when);
      }
      assert.ok(cut > 0, "it was never cut");
    }, { "c.yml": config });
  }));
