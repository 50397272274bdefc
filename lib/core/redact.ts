/** Secrets never reach a log, a report or the run directory. */

const patterns: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, "$1 [redacted]"],
  [/\bhf_[A-Za-z0-9]{10,}\b/g, "[redacted]"],
  [/\bsk-[A-Za-z0-9_-]{10,}/g, "[redacted]"],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, "[redacted]"],
  [/\b(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"]+/gi, "$1[redacted]"],
  [/(\/\/)[^/\s:@]+:[^/\s@]+@/g, "$1[redacted]@"],
  [/\b(sagemaker-fmbench-(?:read|write)-[a-z0-9-]+-)\d{12}\b/g, "$1[account]"],
  // AWS's own registry of serving containers belongs to nobody who would mind.
  [/\b(?!763104351884)\d{12}(?=\.dkr\.ecr\.)/g, "[account]"],
  [/\barn:(aws[a-z-]*):([a-z0-9-]*):([a-z0-9-]*):\d{12}:/g, "arn:$1:$2:$3:[account]:"],
];

const secretName =
  /^(.*[_-])?(token|(secret|password|passwd|authorization|api[_-]?key|access[_-]?key([_-]id)?|credential|cookie)s?)$/i;

/** Tokens of a text, not of an account. */
const wordToken = /(^|[_-])(start|stop|begin|end|bos|eos|pad|unk|max|min)[_-]token$/i;

/** Whether a key (of a config, of a header, of the environment) names something secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !wordToken.test(name);
}

/** `${NAME}`, also behind the name of a scheme: `Bearer ${NAME}`. */
const reference = /^([A-Za-z][\w-]*\s+)?\$\{[A-Za-z_]\w*\}$/;

/** Whether a text is no secret itself, but names the variable of the environment that holds it. */
export function isSecretReference(text: string): boolean {
  return reference.test(text);
}

/**
 * Takes secrets out of a text: bearer tokens, Hugging Face and OpenAI-style keys, AWS keys and signatures, passwords in
 * URLs, account ids in ARNs and in the names of FMBench's default buckets, and every literal of `known` (values that this
 * process knows to be secret).
 */
export function redact(text: string, known: readonly string[] = []): string {
  let result = text;
  for (const literal of known) {
    if (literal.length >= 6) result = result.replaceAll(literal, "[redacted]");
  }
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
  return result;
}

/**
 * A copy of a plain value with secrets taken out: values of secret keys wholly, unless they refer to the environment, texts by
 * `redact`.
 */
export function redactDeep<T>(value: T, known: readonly string[] = []): T {
  if (typeof value === "string") return redact(value, known) as T;
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, known)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isSecretName(key) && typeof item === "string" && item !== "" && !isSecretReference(item)
        ? "[redacted]"
        : redactDeep(item, known),
    ]),
  ) as T;
}
