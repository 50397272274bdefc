import assert from "node:assert/strict";
import { machineRegion } from "../../lib/pipeline/machine_region.ts";

const region = (files: Record<string, string>, environment: Record<string, string> = {}) =>
  machineRegion({ environment: (name) => environment[name], file: (path) => files[path] ?? null });

const sageMaker = "/opt/ml/metadata/resource-metadata.json";
const cloudInit = "/run/cloud-init/instance-data.json";

Deno.test("the region of a machine comes from what AWS left on it", () => {
  const arn = "arn:aws:sagemaker:eu-central-1:000000000000:notebook-instance/n";
  assert.equal(region({ [sageMaker]: JSON.stringify({ ResourceArn: arn }) }), "eu-central-1");
  const noted = { v1: { cloud_name: "aws", region: "us-gov-west-1" } };
  assert.equal(region({ [cloudInit]: JSON.stringify(noted) }), "us-gov-west-1");
  assert.equal(region({}, { AWS_EXECUTION_ENV: "CloudShell", AWS_REGION: "ap-south-1" }), "ap-south-1");
});

Deno.test("a region that is only called, another cloud's, or a file that is none tells nothing", () => {
  assert.equal(region({}, { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1" }), null);
  const elsewhere = { v1: { cloud_name: "gce", region: "us-east-1" } };
  assert.equal(region({ [cloudInit]: JSON.stringify(elsewhere) }), null);
  assert.equal(region({ [cloudInit]: "not JSON", [sageMaker]: "[]" }), null);
  assert.equal(region({ [cloudInit]: JSON.stringify({ v1: { cloud_name: "aws", region: "<b>" } }) }), null);
});
