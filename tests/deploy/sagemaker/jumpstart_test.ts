import assert from "node:assert/strict";
import { sageMakerControl } from "../../../lib/aws/mod.ts";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import { completionOf } from "../../../lib/deploy/sagemaker/completion.ts";
import { endpointPlan, modelRequest } from "../../../lib/deploy/sagemaker/endpoint_plan.ts";
import type { JumpStartFile } from "../../../lib/deploy/sagemaker/jumpstart_file.ts";
import { owed } from "../../../lib/deploy/ledger.ts";
import { cleanUp, cloudCases, failing } from "../instances/on_cloud.ts";
import { manifest, specOf } from "./jumpstart_files.ts";
import { type Deployment, deployment, nothing, onSageMaker, present } from "./sagemaker_scene.ts";

const cases = cloudCases("a model of JumpStart", "SageMaker");

const model_id = "maker-text-small";
/** What the bucket has, and the deployment of it in its region. */
async function withJumpStart(
  file: JumpStartFile,
  body: (scene: Deployment, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === "/models_manifest.json") return Response.json(manifest);
    return pathname.startsWith("/community_models/")
      ? Response.json(file)
      : new Response(null, { status: 404 });
  });
  try {
    await using scene = await deployment();
    const env = { FMBENCH_JUMPSTART_URL: `http://127.0.0.1:${server.addr.port}` };
    await body({ ...scene, context: { ...scene.context, env } }, asked);
  } finally {
    await server.shutdown();
  }
}

const experiment = (said: Partial<DeploymentSpec> = {}, instance_type = "ml.g5.12xlarge") =>
  onSageMaker(
    { script: "sagemaker_jumpstart", image_uri: null, model_version: "3.*", accept_eula: true, ...said },
    { model_id, region: "eu-west-1", instance_type },
  );

async function made(name: string) {
  const { client, sdk } = await sageMakerControl({ region: "eu-west-1" });
  const model = await client.send(new sdk.DescribeModelCommand({ ModelName: name }));
  const config = await client.send(new sdk.DescribeEndpointConfigCommand({ EndpointConfigName: name }));
  client.destroy();
  return { model, variant: config.ProductionVariants?.[0] };
}

cases.add(
  "it gets the image, artefact, environment and times of its spec, and the config's where it says them",
  () =>
    withJumpStart(specOf(), async ({ run, context, target, logged }, asked) => {
      const endpoint = await target.deploy(experiment({ env: { MAX: "8192" } }), context);
      assert.deepEqual(asked, [
        "/models_manifest.json",
        "/community_models/maker-text-small/specs_v3.10.0.json",
      ]);
      const { model, variant } = await made(endpoint.endpoint_name);
      // moto tells nothing of isolation: here is what it is sent.
      const plan = endpointPlan(experiment(), context);
      const request = modelRequest(plan, {}, await completionOf(plan, context));
      assert.equal(request.EnableNetworkIsolation, true);
      assert.deepEqual(model.PrimaryContainer?.Environment, {
        WORKERS: "1",
        MAX: "8192",
        GPUS: "4",
        FAMILY: "g5",
      });
      assert.equal(model.PrimaryContainer?.Image, "763104351884.dkr.ecr.eu-west-1.amazonaws.com/server:2");
      assert.deepEqual(model.PrimaryContainer?.ModelDataSource, {
        S3DataSource: {
          S3Uri: "s3://jumpstart-private-cache-prod-eu-west-1/maker/prepack/v1/",
          S3DataType: "S3Prefix",
          CompressionType: "None",
          ModelAccessConfig: { AcceptEula: true },
        },
      });
      // The longer of the spec's two times; no volume, for a g5 has disks of its own.
      assert.deepEqual(
        [variant?.ContainerStartupHealthCheckTimeoutInSeconds, variant?.VolumeSizeInGB],
        [1200, undefined],
      );
      assert.match(
        logged.join("\n"),
        /JumpStart's maker-text-small 3\.10\.0, image .*server:2, artefact s3:/,
      );
      assert.deepEqual(await cleanUp(run, target), ["removed", "removed", "removed"]);
    }),
);

cases.add(
  "where an instance has no disks of its own its volume is as large as the spec says",
  () =>
    withJumpStart(specOf(), async ({ run, context, target }) => {
      const { endpoint_name } = await target.deploy(experiment({}, "ml.p3.2xlarge"), context);
      assert.equal((await made(endpoint_name)).variant?.VolumeSizeInGB, 256);
      await cleanUp(run, target);
    }),
);

cases.add(
  "without accept_eula a model with terms is refused with the place to read them, and nothing is created",
  () =>
    withJumpStart(specOf(), async ({ run, context, target }) => {
      await assert.rejects(
        target.deploy(experiment({ accept_eula: false }), context),
        failing(/accept its terms; expected accept_eula: yes\. Read them first: http:.*\/terms\/maker\.txt/),
      );
      assert.deepEqual([await present(), owed(run)], [nothing, []]);
    }),
);

cases.add(
  "a spec without an image is refused with the key for it; with image_uri it is deployed",
  () =>
    withJumpStart({ ...specOf(), hosting_instance_type_variants: {} }, async ({ run, context, target }) => {
      await assert.rejects(
        target.deploy(experiment(), context),
        failing(/says no image for ml\.g5\.12xlarge in eu-west-1; expected image_uri: /),
      );
      assert.deepEqual(owed(run), []);
      const { endpoint_name } = await target.deploy(experiment({ image_uri: "own:1" }), context);
      assert.equal((await made(endpoint_name)).model.PrimaryContainer?.Image, "own:1");
      await cleanUp(run, target);
    }),
);

cases.add(
  "an instance type that JumpStart does not list is taken, and said",
  () =>
    withJumpStart(specOf(), async ({ run, context, target, logged }) => {
      await target.deploy(experiment({}, "ml.g5.48xlarge"), context);
      assert.match(logged.join("\n"), /does not list ml\.g5\.48xlarge for it; it lists ml\.g5\.12xlarge/);
      await cleanUp(run, target);
    }),
);

cases.add("a package of the marketplace takes the place of image and artefact", () => {
  const arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/maker-1";
  const file = { ...specOf(), gated_bucket: false, hosting_model_package_arns: { "eu-west-1": arn } };
  return withJumpStart(file, async ({ run, context, target }) => {
    const { endpoint_name } = await target.deploy(experiment(), context);
    assert.equal((await made(endpoint_name)).model.PrimaryContainer?.ModelPackageName, arn);
    await cleanUp(run, target);
  });
});
