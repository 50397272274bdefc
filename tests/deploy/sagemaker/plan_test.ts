import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { unpackTar } from "modern-tar";
import type { DeploymentSpec } from "../../../lib/core/mod.ts";
import type { Experiment, PlanContext } from "../../../lib/deploy/mod.ts";
import { packArtifact } from "../../../lib/deploy/sagemaker/artifact.ts";
import { sagemaker } from "../../../lib/deploy/sagemaker/sagemaker.ts";
import { failing } from "../instances/on_cloud.ts";
import { planned } from "../scene.ts";
import { djl, onSageMaker } from "./sagemaker_scene.ts";

type Said = Partial<DeploymentSpec>;

const plan = (said: Said = {}, changed: Partial<Experiment> = {}, context: Partial<PlanContext> = {}) =>
  sagemaker.plan(onSageMaker(said, changed), { ...planned, ...context });

/** Parameters of a call of the plan. */
async function parametersOf(call: string, ...given: Parameters<typeof plan>) {
  const { actions } = await plan(...given);
  const { detail } = actions.find(({ what }) => what.startsWith(`sagemaker:${call} `))!;
  // deno-lint-ignore no-explicit-any
  return JSON.parse(detail!) as Record<string, any>;
}

const containerOf = async (...given: Parameters<typeof plan>) =>
  (await parametersOf("CreateModel", ...given))["PrimaryContainer"];

Deno.test("a plan lists all calls, what they send, the removal, tags, price and needs", async () => {
  const { actions, removal, tags, billing, needs, target } = await plan({}, { instance_count: 3 });
  const name = "fmbench-9011fd-small-1a2b3c";
  assert.equal(target, "SageMaker endpoint by a container of its own, 3 x ml.g5.xlarge");
  assert.deepEqual(actions.map(({ what }) => what), [
    `sagemaker:CreateModel ${name}`,
    `sagemaker:CreateEndpointConfig ${name}`,
    `sagemaker:CreateEndpoint ${name}`,
    "InService, at most 7800 s",
  ]);
  assert.deepEqual(removal.map(({ what }) => what), [
    `sagemaker:DeleteEndpoint ${name}`,
    "gone",
    `sagemaker:DeleteEndpointConfig ${name}`,
    `sagemaker:DeleteModel ${name}`,
  ]);
  assert.equal(tags["fmbench:experiment"], "small_ first");
  // 1.5 an hour for each.
  assert.equal(billing?.per_hour, 4.5);
  assert.deepEqual(needs, ["AWS credentials that may do what docs/iam/sagemaker.json says"]);
  const { ProductionVariants } = await parametersOf("CreateEndpointConfig", {}, { instance_count: 3 });
  assert.equal(ProductionVariants[0].InitialInstanceCount, 3);
});

Deno.test("what starts a container may take as long as ready_timeout_seconds says, within SageMaker's limits", async () => {
  for (const [said, expected] of [[null, 3600], [1, 60], [900, 900], [9000, 3600]] as const) {
    const { ProductionVariants } = await parametersOf("CreateEndpointConfig", {
      ready_timeout_seconds: said,
    });
    const {
      ModelDataDownloadTimeoutInSeconds: download,
      ContainerStartupHealthCheckTimeoutInSeconds: start,
    } = ProductionVariants[0];
    assert.deepEqual([download, start], [expected, expected]);
  }
  const { actions } = await plan({ ready_timeout_seconds: 9000 });
  assert.equal(actions.at(-1)!.what, "InService, at most 9000 s");
});

Deno.test("what can't be deployed is refused with the key and what to write", async () => {
  const refusals: readonly [Said, Partial<Experiment>, RegExp][] = [
    [
      { role_arn: null },
      {},
      /no role is said .*expected sagemaker_execution_role: arn:aws:iam::ACCOUNT:role\/NAME/,
    ],
    [{ role_arn: "fmbench" }, {}, /the role is fmbench; expected sagemaker_execution_role: arn/],
    [{}, { instance_type: "g5.xlarge" }, /instance_type is g5\.xlarge; .*instance_type: ml\.g5\.xlarge/],
    [{}, { region: null }, /no region is known for it; expected region: us-east-1/],
    [{}, { predictor: "djl" }, /speaks djl, .*expected inference_script: sagemaker_predictor\.py/],
    [{ image_uri: null }, {}, /no container image is said; expected image_uri: 763104351884\.dkr\.ecr/],
    [{ ...djl, bucket: null }, {}, /nothing says to which bucket; expected bucket: NAME/],
    [
      { ...djl, download_from_hf_place_in_s3: true },
      { model_id: "org/model" },
      /does not say where .*expected model_s3_path: s3:\/\/bucket\/prefix/,
    ],
    [
      { ...djl, download_from_hf_place_in_s3: true, model_s3_path: "s3://b/m" },
      { model_id: "maker-small" },
      /model_id is maker-small; expected a model of the Hugging Face Hub, org\/name/,
    ],
    [
      { ...djl, model_data: "s3://b/m/" },
      {},
      /has serving\.properties and model_data.*model_s3_path in place/,
    ],
    [
      { model_data: { S3Uri: "x" } },
      {},
      /model_data has another form; expected model_data\.S3DataSource with S3Uri/,
    ],
    [
      { model_s3_path: "/data" },
      {},
      /model_s3_path is \/data; expected model_s3_path: s3:\/\/bucket\/prefix/,
    ],
    [
      { model_data: { S3DataSource: { S3Uri: "s3://jumpstart-private-cache-prod-us-east-1/m/" } } },
      {},
      /only to those who accept .*expected accept_eula: yes\. Read the terms/,
    ],
    [
      { env: { HF_TOKEN: "hf_0123456789abcdef" } },
      {},
      /env\.HF_TOKEN holds a secret; expected \$\{HF_TOKEN\} there/,
    ],
    [
      { script: "sagemaker_tgi", env: { INSTANCE_COUNT: "2" } },
      {},
      /env\.INSTANCE_COUNT is 2, and instance_count is 1; expected instance_count: 2/,
    ],
    [
      { script: "sagemaker_tgi" },
      { instance_type: "ml.unheard.xlarge" },
      /nothing says over how many GPUs .*expected env\.SM_NUM_GPUS: "1"/,
    ],
    [
      { ...djl, script: "sagemaker_neuron" },
      { instance_type: "ml.inf2.24xlarge" },
      /compiled before it is deployed.*expected model_s3_path: s3:\/\/artifacts\/lmi\/small-first\/\..* `docker run .* partition .*`.* `aws s3 cp --recursive model\/compiled s3:\/\/artifacts/,
    ],
  ];
  for (const [said, changed, message] of refusals) {
    await assert.rejects(plan(said, changed), failing(message));
    await assert.rejects(plan(said, changed), failing(/^Cannot deploy to SageMaker "small, first": /));
  }
});

Deno.test("a region of the environment does where the experiment names none", async () => {
  const { actions } = await plan({}, { region: null }, { env: { AWS_REGION: "eu-west-1" } });
  assert.equal(actions.length, 4);
});

Deno.test("the Hub's token goes only to containers that fetch from the Hub, and a plan does not say it", async () => {
  const has = { has_hub_token: true };
  const shown = "[from the environment]";
  const ofHub = { ...djl, serving_properties: "option.model_id=org/model" };
  assert.deepEqual((await containerOf(ofHub, {}, has)).Environment, {
    HF_TOKEN: shown,
    HUGGING_FACE_HUB_TOKEN: shown,
  });
  assert.equal((await containerOf(ofHub)).Environment, undefined);
  const ofS3 = { ...djl, serving_properties: "option.model_id=s3://b/model" };
  assert.equal((await containerOf(ofS3, {}, has)).Environment, undefined);
  const own = { ...ofHub, env: { HF_TOKEN: "${MINE}" } };
  assert.deepEqual((await containerOf(own, {}, has)).Environment, {
    HF_TOKEN: "${MINE}",
    HUGGING_FACE_HUB_TOKEN: shown,
  });
});

Deno.test("DJL Serving finds its model by serving.properties, which name it where the config does not", async () => {
  const fileOf = async (said: Said) =>
    (await plan({ ...djl, ...said }, { model_id: "org/model" })).actions.find(({ kind }) => kind === "file")!
      .detail;
  assert.equal(
    await fileOf({}),
    "engine=MPI\noption.tensor_parallel_degree=1\noption.model_id=org/model\n",
  );
  assert.equal(
    await fileOf({ serving_properties: "option.model_id=s3://{write_bucket}/m\n\n" }),
    "option.model_id=s3://artifacts/m\n",
  );
  assert.equal(
    await fileOf({ serving_properties: "a=b", model_s3_path: "s3://b/m" }),
    "a=b\noption.model_id=s3://b/m\n",
  );
  // FMBench's configs say `None`.
  assert.equal(
    await fileOf({ serving_properties: "a=b", model_s3_path: "None" }),
    "a=b\noption.model_id=org/model\n",
  );
  const { actions } = await plan({
    ...djl,
    serving_properties: "option.model_id=org/model",
    model_s3_path: "s3://b/m",
  });
  assert.equal(actions[0]!.what, "serving.properties names org/model; model_s3_path is not read");
  // Without serving.properties nothing is uploaded.
  const container = await containerOf({ script: "sagemaker_djl" }, { model_id: "org/model" });
  assert.deepEqual([container.Environment, container.ModelDataUrl], [
    { HF_MODEL_ID: "org/model" },
    undefined,
  ]);
});

Deno.test("TGI gets its model and GPUs, and no lengths that nobody asked for", async () => {
  const tgi = { script: "sagemaker_tgi" };
  const type = { model_id: "org/model", instance_type: "ml.g5.12xlarge" };
  // A g5.12xlarge has four GPUs.
  assert.deepEqual((await containerOf(tgi, type)).Environment, {
    HF_MODEL_ID: "org/model",
    SM_NUM_GPUS: "4",
  });
  const env = {
    NUMBER_OF_GPU: "2",
    INSTANCE_COUNT: "1",
    HEALTH_CHECK_TIMEOUT: "300",
    MAX_INPUT_LENGTH: "1000",
  };
  const given = { ...tgi, env };
  assert.deepEqual((await containerOf(given, type)).Environment, {
    HF_MODEL_ID: "org/model",
    SM_NUM_GPUS: "2",
    MAX_INPUT_LENGTH: "1000",
  });
  const { ProductionVariants } = await parametersOf("CreateEndpointConfig", given, type);
  assert.equal(ProductionVariants[0].ContainerStartupHealthCheckTimeoutInSeconds, 300);
  const placed = await containerOf({ ...tgi, model_s3_path: "s3://b/m" }, type);
  assert.deepEqual([placed.Environment.HF_MODEL_ID, placed.ModelDataSource.S3DataSource.S3Uri], [
    "/opt/ml/model",
    "s3://b/m/",
  ]);
});

Deno.test("model data is a folder as it is, or a tar file that SageMaker unpacks", async () => {
  const sourceOf = async (said: Said) => (await containerOf(said)).ModelDataSource.S3DataSource;
  assert.deepEqual(await sourceOf({ model_data: "s3://b/m" }), {
    S3Uri: "s3://b/m/",
    S3DataType: "S3Prefix",
    CompressionType: "None",
  });
  assert.deepEqual(await sourceOf({ model_data: "s3://b/m.tar.gz" }), {
    S3Uri: "s3://b/m.tar.gz",
    S3DataType: "S3Object",
    CompressionType: "Gzip",
  });
  const S3Uri = "s3://jumpstart-private-cache-prod-us-east-1/m/";
  assert.deepEqual(await sourceOf({ model_data: { S3DataSource: { S3Uri } }, accept_eula: true }), {
    S3Uri,
    S3DataType: "S3Prefix",
    CompressionType: "None",
    ModelAccessConfig: { AcceptEula: true },
  });
});

Deno.test("a model for Neuron that was compiled before is deployed as DJL Serving", async () => {
  const said = { ...djl, script: "sagemaker_neuron", model_s3_path: "s3://b/compiled/" };
  const { target, actions } = await plan(said, { instance_type: "ml.inf2.24xlarge" });
  assert.equal(target, "SageMaker endpoint by DJL Serving on Neuron, 1 x ml.inf2.24xlarge");
  assert.match(
    actions.find(({ kind }) => kind === "file")!.detail!,
    /option\.model_id=s3:\/\/b\/compiled\/\n$/,
  );
});

Deno.test("a plan for JumpStart says what is looked up, and needs no network for it", async () => {
  const { actions, needs } = await plan({
    script: "sagemaker_jumpstart",
    model_version: "3.*",
    image_uri: null,
  });
  assert.deepEqual(actions.slice(1, 3).map(({ what }) => what), [
    "GET models_manifest.json",
    "GET the spec of m, version 3.*",
  ]);
  assert.match(needs[1]!, /JumpStart's public bucket/);
  assert.equal(
    (await containerOf({ script: "sagemaker_jumpstart", image_uri: null })).Image,
    "[of JumpStart's spec]",
  );
});

Deno.test("the artefact of serving.properties is the same bytes whenever it is packed, and tar reads it", async () => {
  const [first, second] = [await packArtifact("a=b\n"), await packArtifact("a=b\n")];
  assert.deepEqual(first, second);
  assert.deepEqual([...first.slice(4, 10)], [0, 0, 0, 0, first[8], 0xff]);
  const [entry, ...more] = await unpackTar(gunzipSync(first));
  assert.equal(entry!.header.name, "serving.properties");
  assert.equal(new TextDecoder().decode(entry!.data), "a=b\n");
  assert.deepEqual(more, []);
});
