/** How a Ray cluster is let know who asks: headers that come from the environment, and are never shown. */

import { UserError } from "../../core/mod.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `RAY_JOB_HEADERS`, an object of JSON, as Ray's own command line has it; else `RAY_AUTH_TOKEN` as a bearer token; else none.
 *
 * @throws {UserError} if `RAY_JOB_HEADERS` is no object of texts
 */
export function rayHeaders(env: Environment): Readonly<Record<string, string>> {
  const text = env["RAY_JOB_HEADERS"] ?? "";
  const said = text === "" ? {} : headersIn(text);
  const token = env["RAY_AUTH_TOKEN"] ?? "";
  const authorized = Object.keys(said).some((name) => name.toLowerCase() === "authorization");
  return token === "" || authorized ? said : { ...said, authorization: `Bearer ${token}` };
}

function headersIn(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const entries = value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value)
    : [];
  if (entries.length > 0 && entries.every(([, one]) => typeof one === "string")) {
    return Object.fromEntries(entries);
  }
  // Its text is a secret, also when it is not what it should be.
  throw new UserError({
    action: "use the headers in",
    thing: "RAY_JOB_HEADERS",
    found: "it is no object of texts in JSON",
    expected: `for example {"Authorization": "Bearer ..."}`,
    remedy: "Correct the variable, or leave it out.",
  });
}

/** What of the headers no message may say: their values, and the words in them. */
export function secretsOf(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/)]);
}
