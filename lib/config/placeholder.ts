/**
 * `{name}` in a config stands for a value from the surroundings or from `-A name=value`; `{{` and `}}` are literal braces. A
 * `${name}` stays as it is: it stands for a variable of the environment, where that is wanted.
 *
 * The text is parsed before anything is filled in, so that lines and columns stay those of the user's file. For YAML,
 * an unquoted `{region}` would be a map; so the braces of placeholders are masked, character for character, by
 * code points that are no characters (Unicode keeps them free for internal use).
 */

import { profileRegion } from "./profile_region.ts";

const open = "\uFDD0";
const close = "\uFDD1";
const literalOpen = "\uFDD2";
const literalClose = "\uFDD3";
const variableOpen = "\uFDD6";
const variableClose = "\uFDD7";
const token =
  /\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const masked = new RegExp(`${open}([A-Za-z_][A-Za-z0-9_]*)${close}`, "g");

/** Masks the braces of every `{name}`, `{{name}}` and `${name}`; every position in the text stays what it was. */
export function maskPlaceholders(text: string): string {
  return text.replace(token, (match, literal?: string, variable?: string, name?: string) => {
    if (literal !== undefined) return literalOpen.repeat(2) + literal + literalClose.repeat(2);
    if (variable !== undefined) return `$${variableOpen}${variable}${variableClose}`;
    return name === undefined ? match : open + name + close;
  });
}

/** The text as the user wrote it. */
export function unmaskPlaceholders(text: string): string {
  return text.replaceAll(open, "{").replaceAll(close, "}")
    .replaceAll(literalOpen, "{").replaceAll(literalClose, "}")
    .replaceAll(variableOpen, "{").replaceAll(variableClose, "}");
}

/** Whether a masked text holds a placeholder. */
export function hasPlaceholder(text: string): boolean {
  return text.includes(open);
}

/** What became of a masked text. */
export interface Filled {
  readonly text: string;
  /** Names that nobody gave a value. */
  readonly missing: readonly string[];
}

/**
 * Fills in a masked text. `{{` is a literal brace, and then `}}` too; a text without `{{` keeps its `}}`, as in JSON.
 */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): Filled {
  const missing: string[] = [];
  const doubled = text.includes("{{") || text.includes(literalOpen);
  const literal = doubled ? text.replaceAll("{{", "{").replaceAll("}}", "}") : text;
  const single = literal.replaceAll(literalOpen.repeat(2), "{").replaceAll(literalClose.repeat(2), "}");
  const filled = single.replace(masked, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) missing.push(name);
    return value ?? `{${name}}`;
  });
  return { text: filled.replaceAll(variableOpen, "{").replaceAll(variableClose, "}"), missing };
}

/** What AWS says of the credentials in use. */
export interface AwsIdentity {
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** Which of FMBench's default buckets stand for `{read_bucket}` and `{write_bucket}`. */
export interface DefaultBuckets {
  readonly read: boolean;
  readonly write: boolean;
}

/** Where the placeholders get their values. */
export interface Surroundings {
  /** `-A key=value`; these win. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly roleArn: string | null;
  readonly writeBucket: string | null;
  /** `/tmp` by default. */
  readonly tmpDir: string;
  /** null: AWS was not asked. */
  readonly identity?: AwsIdentity | null;
  /** @default neither */
  readonly defaultBuckets?: DefaultBuckets;
}

/** The region that `{region}` stands for when nobody names one. */
export const assumedRegion = "us-east-1";

/** The region that the environment, AWS itself or the AWS profile in use names, in this order; null when nobody does. */
export function namedRegion({ env, identity }: Pick<Surroundings, "env" | "identity">): string | null {
  return env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || identity?.region || profileRegion(env);
}

/** The name of the bucket that FMBench's own stack creates. */
export function defaultBucket(use: keyof DefaultBuckets, { region, account }: AwsIdentity): string {
  return `sagemaker-fmbench-${use}-${region}-${account}`;
}

/**
 * The values of `{region}` (`AWS_REGION`, then `AWS_DEFAULT_REGION`, then what AWS said, then that of the AWS
 * profile, then `us-east-1`), `{account}` (none unless AWS was asked), `{role_arn}` (empty when not given), `{write_bucket}` and `{read_bucket}` (when not given: FMBench's
 * default bucket where it is used, else `placeholder`, which is never contacted), `{read_tmpdir}`, `{write_tmpdir}`, and of
 * every `-A key=value`.
 */
export function placeholderValues(
  { parameters, env, roleArn, writeBucket, tmpDir, identity = null, defaultBuckets }: Surroundings,
): Record<string, string> {
  const region = parameters["region"] || (namedRegion({ env, identity }) ?? assumedRegion);
  const account = parameters["account"] ?? identity?.account;
  const bucket = (use: keyof DefaultBuckets) =>
    account !== undefined && defaultBuckets?.[use] === true
      ? defaultBucket(use, { region, account })
      : "placeholder";
  return {
    region,
    ...(account === undefined ? {} : { account }),
    role_arn: roleArn ?? "",
    write_bucket: writeBucket ?? bucket("write"),
    read_bucket: bucket("read"),
    read_tmpdir: `${tmpDir}/fmbench-read`,
    write_tmpdir: `${tmpDir}/fmbench-write`,
    ...parameters,
  };
}

/** Escapes braces, so that a text read back as a config is the same text. */
export function escapeBraces(text: string): string {
  return /\{\{|\{[A-Za-z_]\w*\}/.test(text) ? text.replaceAll("{", "{{").replaceAll("}", "}}") : text;
}
