/**
 * `{name}` in a config stands for a value from the surroundings or from `-A name=value`; `{{` and `}}` are literal braces.
 *
 * The text is parsed before anything is filled in, so that lines and columns stay those of the user's file. For YAML,
 * an unquoted `{region}` would be a map; so the braces of placeholders are masked, character for character, by
 * code points that are no characters (Unicode keeps them free for internal use).
 */

const open = "\uFDD0";
const close = "\uFDD1";
const literalOpen = "\uFDD2";
const literalClose = "\uFDD3";
const token = /\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}|\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const masked = new RegExp(`${open}([A-Za-z_][A-Za-z0-9_]*)${close}`, "g");

/** Masks the braces of every `{name}` and `{{name}}`; every position in the text stays what it was. */
export function maskPlaceholders(text: string): string {
  return text.replace(token, (match, literal: string | undefined, name: string | undefined) => {
    if (literal !== undefined) return literalOpen.repeat(2) + literal + literalClose.repeat(2);
    return name === undefined ? match : open + name + close;
  });
}

/** The text as the user wrote it. */
export function unmaskPlaceholders(text: string): string {
  return text.replaceAll(open, "{").replaceAll(close, "}")
    .replaceAll(literalOpen, "{").replaceAll(literalClose, "}");
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
  return { text: filled, missing };
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
}

/** The region that `{region}` stands for when neither `-A` nor the environment names one. */
export const assumedRegion = "us-east-1";

/**
 * The values of `{region}` (`AWS_REGION`, then `AWS_DEFAULT_REGION`, then `us-east-1`), `{role_arn}` (empty when not
 * given), `{write_bucket}` and `{read_bucket}` (`placeholder` when not given: that one is never contacted), `{read_tmpdir}`,
 * `{write_tmpdir}`, and of every `-A key=value`.
 */
export function placeholderValues(
  { parameters, env, roleArn, writeBucket, tmpDir }: Surroundings,
): Record<string, string> {
  return {
    region: env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || assumedRegion,
    role_arn: roleArn ?? "",
    write_bucket: writeBucket ?? "placeholder",
    read_bucket: "placeholder",
    read_tmpdir: `${tmpDir}/fmbench-read`,
    write_tmpdir: `${tmpDir}/fmbench-write`,
    ...parameters,
  };
}

/** Escapes braces, so that a text read back as a config is the same text. */
export function escapeBraces(text: string): string {
  return /\{\{|\{[A-Za-z_]\w*\}/.test(text) ? text.replaceAll("{", "{{").replaceAll("}", "}}") : text;
}
