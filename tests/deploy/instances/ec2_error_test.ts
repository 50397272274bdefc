import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { ec2Error } from "../../../lib/deploy/instances/ec2_error.ts";
import { codeOf } from "../../../lib/deploy/service_call.ts";

const attempted = { action: "launch the instances of", thing: "llama", call: "ec2:RunInstances" };

/** As the SDK throws it. */
function of(name: string, message: string): string {
  return ec2Error(attempted, Object.assign(new Error(message), { name })).message;
}

Deno.test("no capacity says where else to look", () => {
  const said = of(
    "InsufficientInstanceCapacity",
    "We currently do not have sufficient p5.48xlarge capacity in us-east-1a.",
  );
  assert.equal(
    said,
    'Cannot launch the instances of "llama": ec2:RunInstances: InsufficientInstanceCapacity: We currently do not have ' +
      "sufficient p5.48xlarge capacity in us-east-1a. Name a subnet of another availability zone " +
      "(ec2.launch.subnet_id), another region or instance_type; or try again later.",
  );
});

Deno.test("limits, images, networks and credentials have a remedy each", () => {
  assert.match(of("VcpuLimitExceeded", "You have requested more vCPU capacity"), /Service Quotas/);
  assert.match(of("MaxSpotInstanceCountExceeded", "x"), /ec2\.launch\.spot: no/);
  assert.match(of("InvalidAMIID.NotFound", "x"), /Set ec2\.launch\.ami/);
  assert.match(of("VPCIdNotSpecified", "No default VPC"), /set ec2\.launch\.subnet_id/);
  assert.match(of("InvalidSubnetID.NotFound", "x"), /subnet of that region/);
  assert.match(of("InvalidBlockDeviceMapping", "smaller than snapshot"), /ec2\.launch\.volume_gb/);
  assert.match(
    of("InvalidParameterValue", "Invalid IAM Instance Profile name"),
    /ec2\.launch\.instance_profile/,
  );
  assert.match(of("ExpiredToken", "x"), /aws sso login/);
  assert.match(of("CredentialsProviderError", "Could not load"), /AWS_PROFILE/);
  assert.match(of("RequestLimitExceeded", "Request limit exceeded."), /Run the same command again/);
});

Deno.test("a refusal names the action that is missing, without account and without what nobody can read", () => {
  const message =
    "You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/r/ada is " +
    "not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1::parameter/aws/service/x because no " +
    "identity-based policy allows the ssm:GetParameters action. Encoded authorization failure message: 4n9fXyz";
  const said = of("UnauthorizedOperation", message);
  assert.match(
    said,
    /ec2:RunInstances is denied .*expected credentials that may call ssm:GetParameters\. Grant it; docs\/iam\/ec2\.json/,
  );
  assert.ok(!said.includes("123456789012") && !said.includes("4n9fXyz"), said);
  assert.match(of("AccessDenied", "nothing more"), /expected credentials that may call ec2:RunInstances/);
});

Deno.test("the code of an error of the network is the system's", () => {
  assert.equal(codeOf(Object.assign(new Error("reset"), { code: "ECONNRESET" })), "ECONNRESET");
  assert.equal(codeOf("x"), "");
  const mine = new UserError("said already");
  assert.equal(ec2Error(attempted, mine), mine);
});
