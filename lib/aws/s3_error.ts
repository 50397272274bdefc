/** What S3 refused, or the network did not carry, as the one thing that the user can do about it. */

import { type Complaint, messageOf, redact, UserError } from "../core/mod.ts";

/** What is wrong, by who can put it right. */
export type S3Fault =
  | "no_bucket"
  | "no_object"
  | "denied"
  | "region"
  | "credentials"
  | "network"
  | "service";

/** A call of S3 that failed for good, retries included. */
export class S3Error extends UserError {
  override readonly name: string = "S3Error";
  readonly fault: S3Fault;

  constructor(fault: S3Fault, complaint: Complaint, options?: ErrorOptions) {
    super(complaint, options);
    this.fault = fault;
  }
}

/** What was asked for when it failed. */
export interface S3Asking {
  readonly action: string;
  /** The `s3://` address. */
  readonly thing: string;
  readonly bucket: string;
  /** What the policy must allow, e.g. `s3:GetObject`. */
  readonly permission: string;
  /** The service's URL when it isn't Amazon's own. */
  readonly endpoint: string | null;
}

/** The fields of the SDK's errors that are read here. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const byName: readonly [RegExp, S3Fault][] = [
  [/^NoSuchBucket$/, "no_bucket"],
  [/^(NoSuchKey|NotFound)$/, "no_object"],
  [/^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/, "region"],
  [
    /^(CredentialsProviderError|ProviderError|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken)$/,
    "credentials",
  ],
  [/^TokenRefreshRequired$/, "credentials"],
  [/^(AccessDenied|Forbidden|AllAccessDisabled|AccountProblem)$/, "denied"],
  [/^(TimeoutError|NetworkingError|NotCapable|PermissionDenied)$/, "network"],
];

const byStatus: Readonly<Record<number, S3Fault>> = { 301: "region", 403: "denied", 404: "no_object" };

const networkCodes =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_\w+|CERT_\w+|\w*SELF_SIGNED\w*)$/;

/** Which kind of fault the SDK threw. */
export function s3FaultOf(error: unknown): S3Fault {
  const { name = "", message = "", code = "", $metadata } = (error ?? {}) as Thrown;
  const named = byName.find(([pattern]) => pattern.test(name));
  if (named !== undefined) return named[1];
  if (/region is missing/i.test(message)) return "region";
  const status = $metadata?.httpStatusCode;
  if (status !== undefined && status >= 300) {
    // A service of its own kind has its own names for what it can't find: those are not a missing object.
    return /^(\d+|Unknown\w*|Error)?$/.test(name) || status !== 404
      ? byStatus[status] ?? "service"
      : "service";
  }
  if (networkCodes.test(code) || /aborted|socket|connection|hang up|lookup/i.test(message)) return "network";
  return "service";
}

/** The error to throw for what the SDK threw. */
export function s3Error(error: unknown, asking: S3Asking): S3Error {
  const fault = s3FaultOf(error);
  const { action, thing } = asking;
  return new S3Error(fault, { action, thing, ...explain(fault, (error ?? {}) as Thrown, asking) }, {
    cause: error,
  });
}

type Explanation = Pick<Complaint, "found" | "expected" | "remedy">;

function explain(fault: S3Fault, thrown: Thrown, asking: S3Asking): Explanation {
  const { bucket, permission, endpoint } = asking;
  const said = redact(messageOf(thrown instanceof Error ? thrown : String(thrown.message ?? "")));
  switch (fault) {
    case "no_bucket":
      return {
        found: `there is no bucket "${bucket}"`,
        remedy: `Create it (aws s3 mb s3://${bucket}), or correct its name.`,
      };
    case "no_object":
      return { found: "there is no such object", remedy: `Correct the address (aws s3 ls s3://${bucket}/).` };
    case "denied":
      return {
        found: `access is denied (${thrown.name === "AccessDenied" ? "AccessDenied" : "HTTP 403"})`,
        expected: `${permission} on it for the credentials in use`,
        remedy: "Grant it; docs/buckets.md has the policy.",
      };
    case "region":
      return explainRegion(thrown, bucket);
    case "credentials":
      return /Provider/.test(thrown.name ?? "")
        ? {
          found: "there are no AWS credentials",
          remedy: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
        }
        : {
          found: `the AWS credentials are not accepted (${thrown.name})`,
          remedy: "Renew them (aws sso login), or correct them.",
        };
    case "network":
      return {
        found: `${endpoint ?? "S3"} can't be reached (${said})`,
        remedy: "Check the network and AWS_ENDPOINT_URL_S3, then run the same command again.",
      };
    case "service": {
      const status = thrown.$metadata?.httpStatusCode;
      return {
        found: `S3 says ${thrown.name ?? "Error"}${status === undefined ? "" : ` (HTTP ${status})`}: ${said}`,
        remedy: "Run the same command again later.",
      };
    }
  }
}

function explainRegion({ message = "", Region, $response }: Thrown, bucket: string): Explanation {
  if (/region is missing/i.test(message)) {
    return { found: "no AWS region is known", remedy: "Set AWS_REGION, e.g. AWS_REGION=us-east-1." };
  }
  const right = $response?.headers?.["x-amz-bucket-region"] ?? Region ??
    /expecting '([\w-]+)'/.exec(message)?.[1];
  return right === undefined
    ? {
      found: `bucket "${bucket}" lies in another region`,
      remedy: `Set AWS_REGION to its region (aws s3api get-bucket-location --bucket ${bucket}).`,
    }
    : { found: `bucket "${bucket}" lies in region ${right}`, remedy: `Set AWS_REGION=${right}.` };
}
