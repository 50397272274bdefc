/** What EC2 says when it refuses, with what to do about it. */

import { messageOf, redact, UserError } from "../../core/mod.ts";
import { type Attempted, codeOf } from "../service_call.ts";

const repeat = "Run the same command again: it goes on where this ended.";
const policy = "docs/iam/ec2.json has the policy.";

/** By the code; the first that fits. */
const remedies: readonly [RegExp, string][] = [
  [
    /^(InsufficientInstanceCapacity|InsufficientHostCapacity|InsufficientCapacity|Unsupported)$/,
    "Name a subnet of another availability zone (ec2.launch.subnet_id), another region or instance_type; or try again later.",
  ],
  [
    /^(VcpuLimitExceeded|InstanceLimitExceeded)$/,
    "Ask for more in Service Quotas (EC2, Running On-Demand instances of that family), or take a smaller instance_type or fewer (instance_count).",
  ],
  [
    /^(MaxSpotInstanceCountExceeded|SpotMaxPriceTooLow)$/,
    "Ask for more in Service Quotas (EC2, Spot Instance Requests of that family), or set ec2.launch.spot: no.",
  ],
  [
    /^(PendingVerification|OptInRequired|AccountDisabled|Blocked)$/,
    "See the account's messages in the AWS console.",
  ],
  [
    /^InvalidAMI|^InvalidParameterValue\.Ssm|^ParameterNotFound$/i,
    "Set ec2.launch.ami to an image of that region, of the architecture of the instance type.",
  ],
  [/^InvalidSubnetI[dD]/, "Set ec2.launch.subnet_id to a subnet of that region, or leave it out."],
  [
    /^(VPCIdNotSpecified|MissingInput|DefaultVpcDoesNotExist)$/,
    "The region has no default VPC: set ec2.launch.subnet_id.",
  ],
  [
    /^InvalidGroup|^InvalidSecurityGroupID/,
    "Set ec2.launch.security_group_ids to groups of that subnet's VPC, or leave it out.",
  ],
  [
    /^(SecurityGroupLimitExceeded|RulesPerSecurityGroupLimitExceeded)$/,
    "Name one that exists in ec2.launch.security_group_ids.",
  ],
  [
    /^(VolumeLimitExceeded|MaxIOPSLimitExceeded|InvalidBlockDeviceMapping)$/,
    "Set ec2.launch.volume_gb, at least what the image needs.",
  ],
  [
    /^(InvalidInstanceType|InvalidParameterCombination)$/,
    "Correct instance_type, or the keys of ec2.launch that do not go together.",
  ],
  [
    /^(AuthFailure|UnrecognizedClientException|InvalidClientTokenId|SignatureDoesNotMatch)$/,
    "Correct the AWS credentials.",
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    "Renew the AWS credentials (aws sso login), and check this machine's clock.",
  ],
  [
    /^(CredentialsProviderError|NoCredentials)$/,
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
  ],
  [
    /^(RequestLimitExceeded|Throttling|ThrottlingException|InternalError|InternalFailure|ServiceUnavailable|Unavailable)$/,
    repeat,
  ],
];

const byText: readonly [RegExp, string][] = [
  [
    /iam instance profile/i,
    "Set ec2.launch.instance_profile to the name or ARN of an instance profile of the account.",
  ],
  [
    /ssm|parameter/i,
    "Set ec2.launch.ami to an image of that region, of the architecture of the instance type.",
  ],
];

/** Whether credentials lack a permission. */
const isDenied = (code: string) => /^(UnauthorizedOperation|AccessDenied|AccessDeniedException)$/.test(code);

/** An error of a call as one that the user can act on. */
export function ec2Error(attempted: Attempted, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const { action, thing, call } = attempted;
  const code = codeOf(error);
  // Only who may call sts:DecodeAuthorizationMessage can read it, and what it says stands in the text before.
  const said = redact(messageOf(error)).replace(/\s*Encoded authorization failure message:.*$/s, "").replace(
    /\.\s*$/,
    "",
  );
  if (isDenied(code)) {
    return new UserError({
      action,
      thing,
      found: `${call} is denied (${code}: ${said})`,
      expected: `credentials that may call ${deniedAction(said) ?? call}`,
      remedy: `Grant it; ${policy}`,
    }, { cause: error });
  }
  const remedy = remedies.find(([pattern]) => pattern.test(code))?.[1] ??
    (code === "InvalidParameterValue" ? byText.find(([pattern]) => pattern.test(said))?.[1] : undefined) ??
    repeat;
  return new UserError({ action, thing, found: `${call}: ${code}: ${said}`, remedy }, { cause: error });
}

/** `ssm:GetParameters` of "... is not authorized to perform: ssm:GetParameters on resource ...". */
function deniedAction(said: string): string | null {
  return /not authorized to perform:? ([a-z0-9-]+:\w+)/i.exec(said)?.[1] ?? null;
}
