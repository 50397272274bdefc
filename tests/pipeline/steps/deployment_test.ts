import assert from "node:assert/strict";
import { isAlive, readEndpoints, readLedger } from "../../../lib/deploy/mod.ts";
import { cleanUp } from "../../../lib/pipeline/steps/cleanup.ts";
import { deployModels } from "../../../lib/pipeline/steps/deployment.ts";
import { inProject, mark, openStep, start, tinyConfig } from "../made_up_project.ts";
import { silentListener } from "../../deploy/scene.ts";

/** The config with two experiments on an endpoint of the user's own. */
const broughtConfig = (url: string) => tinyConfig.replaceAll(/simulate: .*/g, `ep_name: ${url}`);

Deno.test("what is brought is noted, never started, and never removed", async () => {
  const own = silentListener();
  try {
    await inProject(async (folder) => {
      const started = await start(folder);
      const step = openStep("2_deploy_model", started);
      const shown = await deployModels(step);
      assert.equal(shown.split("\n").filter((line) => line.includes("brought, never removed")).length, 2);
      const endpoints = await readEndpoints(step.run.paths.root);
      assert.deepEqual(
        endpoints.map(({ experiment_name, url, deployed, simulated, predictor }) => ({
          ...{ experiment_name, url, deployed, simulated, predictor },
        })),
        ["one", "two"].map((experiment_name) => ({
          ...{ experiment_name, url: own.url, deployed: false, simulated: false, predictor: "openai_chat" },
        })),
      );
      assert.deepEqual(readLedger(step.run.paths.root), []);
      assert.deepEqual(step.told.progress.map(({ done, total }) => [done, total]), [[0, 2], [1, 2], [2, 2]]);
      const removal = await cleanUp(openStep("6_cleanup", started));
      assert.equal(removal, "This run owns nothing that is left to remove.");
      assert.equal(await isAlive(endpoints[0]!), true);
    }, { "c.yml": broughtConfig(own.url) });
  } finally {
    own.close();
  }
});

Deno.test("a brought endpoint that is not there fails the step", async () => {
  const gone = silentListener();
  gone.close();
  await inProject(async (folder) => {
    const step = openStep("2_deploy_model", await start(folder));
    await assert.rejects(deployModels(step), /Cannot reach the endpoint/);
    assert.equal(step.told.failures.length, 1);
  }, { "c.yml": broughtConfig(gone.url) });
});

Deno.test("a simulated endpoint needs the prompts: without step 1 its notebook is named", async () => {
  await inProject(async (folder) => {
    const step = openStep("2_deploy_model", await start(folder));
    await assert.rejects(deployModels(step), /Run notebooks\/1_generate_data\.ipynb first/);
    assert.deepEqual(readLedger(step.run.paths.root), []);
  });
});

Deno.test({
  name:
    "simulated endpoints are started, one an experiment, and cleaned up: the table names what was removed",
  // A child that is let go keeps resources of Deno that outlive the test on purpose.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await inProject(async (folder) => {
      const started = await start(folder);
      await mark(started.run, { status: "finished" }, "1_generate_data");
      const step = openStep("2_deploy_model", started);
      const cleanup = openStep("6_cleanup", started);
      try {
        const shown = await deployModels(step);
        assert.equal(
          shown.split("\n").filter((line) => line.includes("simulated endpoint, started")).length,
          2,
        );
        const endpoints = await readEndpoints(step.run.paths.root);
        assert.deepEqual(await Promise.all(endpoints.map(isAlive)), [true, true]);
        const removed = await cleanUp(cleanup);
        assert.match(
          removed,
          /\| simulated\\_endpoint +\| two +\| removed +\|\n\| simulated\\_endpoint +\| one +\| removed +\|$/,
        );
        assert.deepEqual(cleanup.told.log, [
          "info: removed simulated_endpoint two",
          "info: removed simulated_endpoint one",
        ]);
        assert.deepEqual(await Promise.all(endpoints.map(isAlive)), [false, false]);
      } finally {
        await cleanUp(cleanup);
      }
    });
  },
});

Deno.test("an endpoint of AWS is noted with its protocol, its options, its name and its region, and not contacted", async () => {
  const config = tinyConfig.replaceAll(
    /simulate: .*/g,
    `ep_name: my-endpoint
    region: eu-west-1
    inference_script: sagemaker_predictor.py
    inference_spec: { target_variant: v, stream: yes }`,
  );
  await inProject(async (folder) => {
    const step = openStep("2_deploy_model", await start(folder));
    await deployModels(step);
    const [endpoint] = await readEndpoints(step.run.paths.root);
    const { predictor, endpoint_name, region, options, deployed } = endpoint!;
    assert.deepEqual({ predictor, endpoint_name, region, options, deployed }, {
      predictor: "sagemaker",
      endpoint_name: "my-endpoint",
      region: "eu-west-1",
      options: { target_variant: "v" },
      deployed: false,
    });
    assert.equal(await isAlive(endpoint!), true);
  }, { "c.yml": config });
});

Deno.test("what can't be deployed is refused before anything is started", async () => {
  const config = tinyConfig.replace(
    "    simulate: { profile: sim-api }",
    `    ep_name: https://example.com/v1
    inference_script: ec2_predictor.py
    deployment_script: ec2_deploy.py
    deploy: yes`,
  );
  await inProject(async (folder) => {
    const step = openStep("2_deploy_model", await start(folder));
    await assert.rejects(deployModels(step), /^UserError: Cannot [^]*"two"[^]*ep_name/);
    assert.deepEqual(readLedger(step.run.paths.root), []);
  }, { "c.yml": config });
});

/** Two experiments; the second is a process that ends at once. */
const halfBroken = tinyConfig.replace(
  "    simulate: { profile: sim-api }",
  `    deployment_script: local_process
    deploy: yes
    inference_script: openai_chat
    process: { command: ["false", "{port}"] }`,
);

Deno.test({
  name: "one endpoint that fails stops no other, and fails the step at the end",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inProject(async (folder) => {
      const started = await start(folder);
      await mark(started.run, { status: "finished" }, "1_generate_data");
      const step = openStep("2_deploy_model", started);
      await assert.rejects(deployModels(step), /^UserError: [^]*two/);
      assert.deepEqual(
        (await readEndpoints(step.run.paths.root)).map(({ experiment_name }) => experiment_name),
        [
          "one",
        ],
      );
      await cleanUp(openStep("6_cleanup", started));
    }, { "c.yml": halfBroken }),
});

Deno.test({
  name: "continue_without_failed: the step goes on with what answers, and says what does not",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    inProject(async (folder) => {
      const started = await start(folder);
      await mark(started.run, { status: "finished" }, "1_generate_data");
      const said = await deployModels(openStep("2_deploy_model", started));
      assert.match(said, /\| one +\|[^\n]*simulated endpoint, started/);
      assert.match(said, /\| two +\|[^\n]*failed: /);
      await cleanUp(openStep("6_cleanup", started));
    }, { "c.yml": halfBroken + "deployment: { continue_without_failed: yes }\n" }),
});
