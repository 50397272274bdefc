import assert from "node:assert/strict";
import { serviceUrl } from "../../lib/aws/mod.ts";
import { withEnvironment } from "./environment.ts";

/** Region, bedrock's and sagemaker's address, by the partition's own domain. */
const regions: readonly (readonly [string, string, string])[] = [
  [
    "us-east-1",
    "https://bedrock-runtime.us-east-1.amazonaws.com",
    "https://runtime.sagemaker.us-east-1.amazonaws.com",
  ],
  [
    "cn-north-1",
    "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
    "https://runtime.sagemaker.cn-north-1.amazonaws.com.cn",
  ],
  [
    "us-gov-west-1",
    "https://bedrock-runtime.us-gov-west-1.amazonaws.com",
    "https://runtime.sagemaker.us-gov-west-1.amazonaws.com",
  ],
  [
    "us-iso-east-1",
    "https://bedrock-runtime.us-iso-east-1.c2s.ic.gov",
    "https://runtime.sagemaker.us-iso-east-1.c2s.ic.gov",
  ],
];

for (const [region, bedrock, sagemaker] of regions) {
  Deno.test(`the addresses in ${region}`, () =>
    withEnvironment({}, async () => {
      assert.equal(await serviceUrl("bedrock", region, {}), bedrock);
      assert.equal(await serviceUrl("sagemaker", region, {}), sagemaker);
    }));
}

Deno.test("FIPS and dual stack are asked for by the environment", () =>
  withEnvironment({}, async () => {
    const url = (env: Record<string, string>) => serviceUrl("bedrock", "us-west-2", env);
    assert.equal(
      await url({ AWS_USE_FIPS_ENDPOINT: "true" }),
      "https://bedrock-runtime-fips.us-west-2.amazonaws.com",
    );
    assert.equal(
      await url({ AWS_USE_DUALSTACK_ENDPOINT: "true" }),
      "https://bedrock-runtime.us-west-2.api.aws",
    );
    assert.equal(
      await url({ AWS_USE_FIPS_ENDPOINT: "false" }),
      "https://bedrock-runtime.us-west-2.amazonaws.com",
    );
  }));

Deno.test("the service's own variable wins over the one for all, and both over the region", () =>
  withEnvironment({}, async () => {
    const env = {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1/",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "http://127.0.0.1:2/base/",
    };
    assert.equal(await serviceUrl("bedrock", "us-west-2", env), "http://127.0.0.1:2/base");
    assert.equal(await serviceUrl("sagemaker", "us-west-2", env), "http://127.0.0.1:1");
    assert.equal(
      await serviceUrl("sagemaker", "us-west-2", { AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: "https://a.example" }),
      "https://a.example",
    );
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    assert.equal(
      await serviceUrl("sagemaker", "us-west-2", ignored),
      "https://runtime.sagemaker.us-west-2.amazonaws.com",
    );
  }));

Deno.test("an address in the shared config file is found", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/config`;
  await Deno.writeTextFile(
    file,
    [
      "[profile p]",
      "services = local",
      "[services local]",
      "bedrock_runtime =",
      "  endpoint_url = http://127.0.0.1:3",
      "",
    ].join("\n"),
  );
  await withEnvironment({ AWS_CONFIG_FILE: file, AWS_PROFILE: "p" }, async () => {
    assert.equal(await serviceUrl("bedrock", "us-west-2", {}), "http://127.0.0.1:3");
    assert.equal(
      await serviceUrl("sagemaker", "us-west-2", {}),
      "https://runtime.sagemaker.us-west-2.amazonaws.com",
    );
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is no region and no address is said", () =>
  withEnvironment({}, async () => {
    await assert.rejects(serviceUrl("bedrock", "us west 2", {}), {
      name: "UserError",
      message:
        'Cannot find the address of the service in the region "us west 2": it can\'t be part of an address; ' +
        "expected a region of AWS, such as us-east-1.",
    });
    await assert.rejects(serviceUrl("bedrock", "us-west-2", { AWS_ENDPOINT_URL: "localhost:1" }), {
      message: 'Cannot use AWS_ENDPOINT_URL "localhost:1": it is no address; ' +
        "expected a URL that begins with https:// or http://.",
    });
  }));
