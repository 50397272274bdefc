import assert from "node:assert/strict";
import { bedrockRuntime, sageMakerRuntime, signedRequest } from "../../lib/aws/mod.ts";
import { withEnvironment } from "./environment.ts";

const root = new URL("../../", import.meta.url);
const transports = {
  for(): never {
    throw new Error("nothing is sent in these tests");
  },
};
const input = { modelId: "model:0", messages: [{ role: "user" as const, content: [{ text: "hi" }] }] };

Deno.test("region and credentials come from the environment, retries do not", () =>
  withEnvironment({
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "AKIDENVIRONMENT",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_MAX_ATTEMPTS: "5",
    AWS_RETRY_MODE: "adaptive",
  }, async () => {
    const { client, sdk } = await bedrockRuntime({ transports });
    const { request } = await signedRequest(client, new sdk.ConverseCommand(input));
    assert.equal(request.url, "https://bedrock-runtime.eu-central-1.amazonaws.com/model/model%3A0/converse");
    assert.match(
      request.headers["authorization"]!,
      /Credential=AKIDENVIRONMENT\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
    );
    assert.equal(await client.config.maxAttempts(), 1);
  }));

Deno.test("a region and an endpoint that are given win over the environment", () =>
  withEnvironment({
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  }, async () => {
    const options = { transports, region: "us-west-2", endpoint: "http://127.0.0.1:2/base" };
    const { client, sdk } = await sageMakerRuntime(options);
    const command = new sdk.InvokeEndpointCommand({ EndpointName: "e", Body: "{}" });
    const { request } = await signedRequest(client, command);
    assert.equal(request.url, "http://127.0.0.1:2/base/endpoints/e/invocations");
    assert.match(request.headers["authorization"]!, /\/us-west-2\/sagemaker\/aws4_request/);
  }));

Deno.test("without credentials anywhere the call can't be signed, and says so", () =>
  withEnvironment({}, async () => {
    const { client, sdk } = await bedrockRuntime({ transports, region: "us-west-2" });
    await assert.rejects(signedRequest(client, new sdk.ConverseCommand(input)), {
      name: "CredentialsProviderError",
    });
  }));

Deno.test("importing this area does not load the SDK", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "lib/aws/mod.ts"],
    cwd: root,
  }).output();
  interface Module {
    readonly dependencies?: { specifier: string; code?: unknown; isDynamic?: boolean }[];
  }
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const loaded = modules.flatMap(({ dependencies = [] }) => dependencies)
    .filter(({ specifier, code }) => /^@(aws-sdk|smithy)\//.test(specifier) && code !== undefined);
  assert.equal(loaded.length, 7);
  assert.ok(loaded.every(({ isDynamic }) => isDynamic === true), JSON.stringify(loaded));
});
