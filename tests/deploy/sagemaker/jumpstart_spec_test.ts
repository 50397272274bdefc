import assert from "node:assert/strict";
import {
  compareVersions,
  fits,
  jumpStartAddress,
  type JumpStartChoice,
  jumpStartSpec,
} from "../../../lib/deploy/sagemaker/jumpstart_spec.ts";
import { manifest, specOf } from "./jumpstart_files.ts";

/** A bucket with these files. */
function bucket(files: Readonly<Record<string, unknown>>, asked: string[] = []): typeof fetch {
  return (input) => {
    const path = new URL(String(input)).pathname.slice(1);
    asked.push(path);
    const content = files[path];
    return Promise.resolve(
      content === undefined ? new Response("<Error/>", { status: 403 }) : Response.json(content),
    );
  };
}

const choice: JumpStartChoice = {
  model_id: "maker-text-small",
  version: "*",
  region: "eu-west-1",
  instance_type: "ml.g5.12xlarge",
};
const read = (files: Record<string, unknown>, changed: Partial<JumpStartChoice> = {}) =>
  jumpStartSpec({ ...choice, ...changed }, { fetch: bucket({ "models_manifest.json": manifest, ...files }) });
const newest = "community_models/maker-text-small/specs_v3.10.0.json";

Deno.test("a pattern of versions means the newest of them, by numbers and not by letters", async () => {
  const asked: string[] = [];
  const options = (version: string) => {
    const files = Object.fromEntries(manifest.map(({ spec_key }) => [spec_key, specOf()]));
    const all = { "models_manifest.json": manifest, ...files };
    return [{ ...choice, version }, { fetch: bucket(all, asked) }] as const;
  };
  for (const version of ["*", "3.*", "3.9.*", "2.0.0"]) await jumpStartSpec(...options(version));
  assert.deepEqual(asked.filter((path) => path !== "models_manifest.json"), [
    newest,
    newest,
    "community_models/maker-text-small/specs_v3.9.0.json",
    "community_models/maker-text-small/specs_v2.0.0.json",
  ]);
  assert.ok(compareVersions("3.10.0", "3.9.0") > 0);
  assert.deepEqual([fits("31.0.0", "3.*"), fits("3.1.0", "3.*"), fits("3.1.0", "3")], [false, true, false]);
});

Deno.test("image, artefact and environment are those of the instance type in the region", async () => {
  assert.deepEqual(await read({ [newest]: specOf() }), {
    model_id: "maker-text-small",
    version: "3.10.0",
    image: "763104351884.dkr.ecr.eu-west-1.amazonaws.com/server:2",
    artifact: "s3://jumpstart-private-cache-prod-eu-west-1/maker/prepack/v1/",
    // The variable without a value is left out; the instance type says more than its family, and both more than the model.
    env: { WORKERS: "1", MAX: "4096", GPUS: "4", FAMILY: "g5" },
    network_isolation: true,
    // g5 has disks of its own.
    volume_gb: null,
    instance_types: ["ml.g5.12xlarge", "ml.p3.2xlarge"],
    default_instance_type: "ml.p3.2xlarge",
    gated: true,
    eula: "https://jumpstart-cache-prod-eu-west-1.s3.eu-west-1.amazonaws.com/terms/maker.txt",
    startup_timeout_s: 1200,
    download_timeout_s: 900,
    model_package: null,
  });
  const other = await read({ [newest]: specOf() }, { instance_type: "ml.p3.2xlarge" });
  assert.deepEqual(
    [other.image, other.env, other.volume_gb],
    ["763104351884.dkr.ecr.eu-west-1.amazonaws.com/server:1", { WORKERS: "1", MAX: "2048" }, 256],
  );
});

Deno.test("of several configurations the first in rank that runs on the instance type holds", async () => {
  const file = {
    ...specOf(),
    inference_configs: { neuron: { component_names: ["n"] }, fast: { component_names: ["f"] } },
    inference_config_components: {
      n: { supported_inference_instance_types: ["ml.inf2.xlarge"], hosting_prepacked_artifact_key: "n/" },
      f: { supported_inference_instance_types: ["ml.g5.12xlarge"], hosting_prepacked_artifact_key: "f/" },
    },
    inference_config_rankings: { overall: { rankings: ["neuron", "fast"] } },
  };
  const { artifact } = await read({ [newest]: file });
  assert.equal(artifact, "s3://jumpstart-private-cache-prod-eu-west-1/f/");
});

Deno.test("an image that only AWS's Python SDK can name is none, and an artefact that it has to pack is refused", async () => {
  const named = { ...specOf(), hosting_instance_type_variants: undefined };
  assert.equal((await read({ [newest]: named })).image, null);
  const apart = { ...specOf(), hosting_prepacked_artifact_key: undefined, hosting_use_script_uri: true };
  await assert.rejects(read({ [newest]: apart }), /artefact and its script lie apart.*newer model_version/);
});

Deno.test("what JumpStart does not have is refused with what it has", async () => {
  await assert.rejects(read({}, { model_id: "nobody-s" }), /no model of that name in eu-west-1.*model_id/);
  await assert.rejects(read({}, { version: "4.*" }), /no version 4\.\* .*one of 3\.10\.0, 3\.9\.0, 2\.0\.0/);
});

Deno.test("on an instance type that it was not tried on, what is known of its family and of all holds", async () => {
  const { image, env, instance_types } = await read({ [newest]: specOf() }, {
    instance_type: "ml.g5.48xlarge",
  });
  assert.deepEqual([image, env], [
    "763104351884.dkr.ecr.eu-west-1.amazonaws.com/server:2",
    { WORKERS: "1", MAX: "2048", FAMILY: "g5", GPUS: "1" },
  ]);
  assert.deepEqual(instance_types, ["ml.g5.12xlarge", "ml.p3.2xlarge"]);
});

Deno.test("a bucket that can't be read is asked again only where that can help, and its address is said", async () => {
  const asked: string[] = [];
  await assert.rejects(
    jumpStartSpec(choice, { fetch: bucket({}, asked) }),
    /https:\/\/jumpstart-cache-prod-eu-west-1\.s3\.eu-west-1\.amazonaws\.com\/models_manifest\.json: HTTP 403/,
  );
  assert.equal(asked.length, 1);
  let failed = 0;
  const broken: typeof fetch = () => Promise.reject(new Error(`no route ${++failed}`));
  await assert.rejects(jumpStartSpec(choice, { fetch: broken }), /no route 3/);
});

Deno.test("the address is the region's, or the one that the environment says", () => {
  assert.equal(
    jumpStartAddress("cn-north-1", {}),
    "https://jumpstart-cache-prod-cn-north-1.s3.cn-north-1.amazonaws.com.cn",
  );
  assert.equal(
    jumpStartAddress("us-east-1", { FMBENCH_JUMPSTART_URL: "http://127.0.0.1:1/a/" }),
    "http://127.0.0.1:1/a",
  );
});
