/** What SageMaker says when it refuses, with what to do about it. */

import { messageOf, redact, UserError } from "../../core/mod.ts";
import { type Attempted, codeOf, mayPass } from "../service_call.ts";

const repeat = "Run the same command again: it goes on where this ended.";
const policy = "docs/iam/sagemaker.json has the policy.";

/** By code and message; the first that fits. */
const remedies: readonly [RegExp, string][] = [
  [
    /ResourceLimitExceeded|account-level service limit/,
    "Ask for more in Service Quotas (Amazon SageMaker, that instance type for endpoint usage), or take another instance_type or a smaller instance_count.",
  ],
  [
    /assume role|execution role|role .*(invalid|not exist)|RoleArn/i,
    "Set sagemaker_execution_role to a role that sagemaker.amazonaws.com may assume.",
  ],
  [/(ecr|image|repository).*(not exist|not found|denied|invalid|access)/i, "Correct image_uri."],
  [
    /(model data|model artifacts?|s3 ?(object|uri|path|prefix)|ModelDataU).*|Could not (find|access) .*(s3|model data)/i,
    "Correct model_data, model_s3_path or the role's access to them.",
  ],
  [/instance ?type/i, "Correct instance_type, ml.g5.xlarge for one, or take a region that has it."],
  [
    /UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch|InvalidSignatureException/,
    "Correct the AWS credentials.",
  ],
  [/ExpiredToken/, "Renew the AWS credentials (aws sso login), and check this machine's clock."],
  [
    /CredentialsProviderError|NoCredentials/,
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
  ],
];

/** An error of a call as one that the user can act on. */
export function sageMakerError({ action, thing, call }: Attempted, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = codeOf(error);
  const said = redact(messageOf(error)).replace(/\.\s*$/, "");
  if (/^AccessDenied|^UnauthorizedOperation$/.test(code) || /not authorized to perform/i.test(said)) {
    // What is not allowed may be another call than ours: iam:PassRole.
    const named = /not authorized to perform:? ([a-z0-9-]+:\w+)/i.exec(said)?.[1] ?? call;
    return new UserError({
      action,
      thing,
      found: `${call} is denied (${code}: ${said})`,
      expected: `credentials that may call ${named}`,
      remedy: `Grant it; ${policy}`,
    }, { cause: error });
  }
  const remedy = remedies.find(([pattern]) => pattern.test(`${code}: ${said}`))?.[1] ?? repeat;
  return new UserError({ action, thing, found: `${call}: ${code}: ${said}`, remedy }, { cause: error });
}

const throttled = ["Throttling", "ThrottlingException", "TooManyRequestsException"];

/** Whether the same call may work in a while: the network, throttling, or a fault of the service. */
export function isPassing(error: unknown): boolean {
  return mayPass(error, throttled);
}
