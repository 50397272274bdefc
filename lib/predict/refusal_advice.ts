/** What a person does about an endpoint that refuses a call. */

import type { RequestRecord } from "../core/mod.ts";

/** What is looked at: the refusal, and whom it came from. */
export type Refused =
  & Pick<
    RequestRecord,
    "error_kind" | "http_status" | "error_message" | "model_id" | "region"
  >
  & {
    /** The variable with the API key; null: none is sent. */
    readonly api_key_env: string | null;
    /** Whether requests are signed for AWS. */
    readonly signed: boolean;
  };

type Rule = readonly [
  (refused: Refused, message: string) => boolean,
  (refused: Refused) => string,
];

const says = (pattern: RegExp) => (_: Refused, message: string) => pattern.test(message);
const has = (...statuses: readonly number[]) => ({ http_status }: Refused) =>
  statuses.includes(http_status ?? 0);
const where = ({ region }: Refused) => region === null ? "" : ` in ${region}`;

/** Geographies by the beginning of a region's name, as inference profiles are called after them. */
const geographies: readonly (readonly [RegExp, string])[] = [
  [/^us-gov-/, "us-gov"],
  [/^(us|ca)-/, "us"],
  [/^eu-/, "eu"],
  [/^ap-/, "apac"],
];

function profileOf({ model_id, region }: Refused): string {
  const geography = geographies.find(([pattern]) => pattern.test(region ?? ""))?.[1] ?? "global";
  return `${geography}.${model_id}`;
}

/** The first that fits counts; services say these things in words only. */
const rules: readonly Rule[] = [
  [
    says(/on-demand throughput isn.t supported|inference profile/i),
    (refused) =>
      `the model needs an inference profile: set model_id to ${profileOf(refused)}, or to a profile's ARN`,
  ],
  [
    says(/temperature.{0,40}top_?p|top_?p.{0,40}temperature/i),
    () => "this model takes temperature or top_p, not both: take one of them out of its inference_parameters",
  ],
  [
    says(
      /don.t have access to the model|not authorized to access the model|model access is denied|use case details/i,
    ),
    (refused) =>
      `this account has no access to the model${
        where(refused)
      }: ask for it in the Bedrock console, or choose another region`,
  ],
  [
    says(/expired/i),
    ({ signed, api_key_env }) =>
      signed
        ? "the AWS credentials have expired: log in again, such as with `aws sso login`"
        : `the key in ${api_key_env ?? "its variable"} has expired: get a new one`,
  ],
  [
    says(/UnrecognizedClient|InvalidSignature|security token.*invalid|signature/i),
    () => "AWS does not know these credentials: check AWS_PROFILE, AWS_ACCESS_KEY_ID and the machine's clock",
  ],
  [
    (refused, message) => refused.signed && (/AccessDenied/i.test(message) || has(403)(refused)),
    (refused) =>
      `the role may not call this model or endpoint${
        where(refused)
      }: docs/aws.md has the policy that it needs`,
  ],
  [
    says(/maintenance|end of (its )?life|legacy/i),
    () => "the model is at the end of its life: choose its successor",
  ],
  [
    says(
      /model identifier is invalid|model.{0,80}(does not exist|not found|doesn.t exist)|unknown model|no such model/i,
    ),
    (refused) => `no such model${where(refused)}: check model_id, and whether the region offers it`,
  ],
  [
    says(/endpoint.{0,80}not found/i),
    (refused) => `no endpoint of that name${where(refused)}: check ep_name, region and account`,
  ],
  [
    says(/performance configuration|latency.{0,40}not supported|performanceConfig/i),
    () =>
      "the model has no latency-optimised inference there: take latency_mode out, or choose another region",
  ],
  [
    says(/service ?tier/i),
    () => "the model does not offer this service tier there: take service_tier out",
  ],
  [
    has(401, 403),
    ({ api_key_env }) =>
      api_key_env === null
        ? "the endpoint wants a key: name its variable in inference_spec.api_key_env"
        : `the endpoint refuses the key: check the variable ${api_key_env}`,
  ],
  [has(404), () => "nothing is served at that path: check ep_name (its path too) and model_id"],
  [
    has(400, 422),
    () => "the endpoint refuses the request: check inference_parameters against what the model takes",
  ],
  [
    ({ error_kind }) => error_kind === "network",
    () => "the endpoint can't be reached: check the address, the region and the network",
  ],
  [
    ({ error_kind }) => error_kind === "timeout",
    () => "no answer in time: is the model still loading? load.timeout_seconds is the limit",
  ],
  [
    ({ error_kind }) => error_kind === "validation",
    () => "nothing was sent: correct what the message names",
  ],
];

/** What to do about it, as the end of a sentence; null where the message has to speak for itself. */
export function adviceFor(refused: Refused): string | null {
  const message = refused.error_message ?? "";
  return rules.find(([fits]) => fits(refused, message))?.[1](refused) ?? null;
}
