/**
 * Whether a config uses a bucket whose name holds the AWS account: `{account}` in it, or FMBench's default buckets
 * (`sagemaker-fmbench-<read|write>-<region>-<account>`), for which `{read_bucket}` and `{write_bucket}` stand when nobody
 * names one and the config says that S3 is read from or written to. Only then is AWS asked.
 */

import { type DefaultBuckets, placeholderValues, type Surroundings } from "./placeholder.ts";

/** What of AWS a config needs to be known. */
export interface IdentityNeed {
  /** The key that needs it. */
  readonly key: string;
  /** The region that the surroundings or the config name; null: what the SDK finds. */
  readonly region: string | null;
}

/** What the command line says of buckets. */
export interface BucketChoice extends Pick<Surroundings, "parameters" | "env" | "writeBucket"> {
  /** `--local-mode`: no bucket is used. */
  readonly localMode: boolean;
}

/** What a config that was read with `probeValues` says. */
export interface BucketUse {
  readonly defaults: DefaultBuckets;
  /** Whether anything that is used holds the account. */
  readonly holdsAccount: boolean;
  /** What AWS has to be asked for; null: nothing, always so in local mode. */
  readonly need: IdentityNeed | null;
}

const probe = (name: string) => `\uFDD4${name}\uFDD4`;
const probed = ["region", "account", "read_bucket", "write_bucket"] as const;

/** Values for a first reading, in which what comes from AWS can be told from what is written out. */
export function probeValues(surroundings: Surroundings): Record<string, string> {
  const { parameters, writeBucket } = surroundings;
  const given = { ...parameters, ...(writeBucket === null ? {} : { write_bucket: writeBucket }) };
  const probes = Object.fromEntries(probed.map((name) => [name, probe(name)]));
  return { ...placeholderValues(surroundings), ...probes, ...given };
}

/** What the document, read with `probeValues`, uses. */
export function bucketUse(
  value: unknown,
  { localMode, parameters, env, writeBucket }: BucketChoice,
): BucketUse {
  const sections = [
    { use: "write", key: "aws.bucket", name: "bucket", mode: "s3_and_or_local_file_system", at: "aws" },
    {
      use: "read",
      key: "s3_read_data.read_bucket",
      name: "read_bucket",
      mode: "s3_or_local_file_system",
      at: "s3_read_data",
    },
  ] as const;
  const defaults = { read: false, write: false };
  const keys: string[] = [];
  const others = structuredClone(value);
  for (const { use, key, name, mode, at } of sections) {
    const section = sectionOf(others, at);
    const bucket = String(section[name] ?? "");
    const chosen = section[mode];
    const named = use === "write" && writeBucket !== null && writeBucket !== "placeholder";
    const used = !localMode && chosen !== "local" && !named;
    defaults[use] = used && (chosen === "s3" || chosen === "both") && bucket.includes(probe(`${use}_bucket`));
    if (defaults[use] || (used && bucket.includes(probe("account")))) keys.push(key);
    delete section[name];
  }
  if (JSON.stringify(others ?? null).includes(probe("account"))) keys.push("{account}");
  const region = parameters["region"] || env["AWS_REGION"] || env["AWS_DEFAULT_REGION"];
  const own = String(sectionOf(value, "aws")["region"] ?? "");
  const known = region || (own === "" || own.includes(probe("region")) ? null : own);
  const asked = keys.length > 0 && !localMode && parameters["account"] === undefined;
  return { defaults, holdsAccount: keys.length > 0, need: asked ? { key: keys[0]!, region: known } : null };
}

function sectionOf(value: unknown, key: string): Record<string, unknown> {
  const root = value !== null && typeof value === "object" ? value as Record<string, unknown> : {};
  const found = root[key];
  return found !== null && typeof found === "object" ? found as Record<string, unknown> : {};
}
