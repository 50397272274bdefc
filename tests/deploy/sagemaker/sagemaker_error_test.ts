import assert from "node:assert/strict";
import { isPassing, sageMakerError } from "../../../lib/deploy/sagemaker/sagemaker_error.ts";

const attempted = { action: "create the endpoint of", thing: "e", call: "sagemaker:CreateEndpoint" };

function thrown(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** Messages as the service writes them. */
const refusals: readonly [name: string, message: string, remedy: RegExp][] = [
  [
    "ResourceLimitExceeded",
    "The account-level service limit 'ml.g5.12xlarge for endpoint usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.",
    /Service Quotas/,
  ],
  [
    "ValidationException",
    "Could not assume role arn:aws:iam::123456789012:role/x. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.",
    /sagemaker_execution_role to a role that sagemaker\.amazonaws\.com may assume/,
  ],
  [
    "ValidationException",
    "Requested image 763104351884.dkr.ecr.us-east-1.amazonaws.com/x:1 not found.",
    /Correct image_uri/,
  ],
  [
    "ValidationException",
    "Could not find model data at s3://b/k/model.tar.gz.",
    /Correct model_data, model_s3_path/,
  ],
  ["ExpiredTokenException", "The security token included in the request is expired", /aws sso login/],
  [
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    /AWS credentials/,
  ],
  ["CredentialsProviderError", "Could not load credentials from any providers", /AWS_PROFILE/],
  ["ThrottlingException", "Rate exceeded", /Run the same command again/],
];

Deno.test("a refusal of SageMaker's says the call, the reason and what to do about it", () => {
  for (const [name, message, remedy] of refusals) {
    const { message: said } = sageMakerError(attempted, thrown(name, message));
    assert.ok(
      said.startsWith(`Cannot create the endpoint of "e": sagemaker:CreateEndpoint: ${name}: `),
      said,
    );
    assert.match(said, remedy);
    assert.ok(!said.includes("123456789012"), "an account's number");
  }
});

Deno.test("a denied call says which action to allow, also where it is not the call itself", () => {
  const message =
    "User: arn:aws:iam::123456789012:user/u is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/r";
  assert.match(
    sageMakerError(attempted, thrown("AccessDeniedException", message)).message,
    /sagemaker:CreateEndpoint is denied .*; expected credentials that may call iam:PassRole\. Grant it; docs\/iam\/sagemaker\.json/,
  );
});

Deno.test("only what may work in a while is passed over", () => {
  assert.equal(isPassing(thrown("ThrottlingException", "Rate exceeded")), true);
  assert.equal(isPassing(thrown("InternalFailure", "x", 500)), true);
  assert.equal(isPassing(thrown("TimeoutError", "x", 0)), true);
  assert.equal(isPassing(Object.assign(new Error("x"), { code: "ECONNRESET" })), true);
  assert.equal(isPassing(thrown("ValidationException", "x")), false);
  assert.equal(isPassing(thrown("AccessDeniedException", "x")), false);
});
