/** The headers that all requests to an endpoint carry, and what of them is secret. */

import { isSecretName, UserError } from "../core/mod.ts";
import type { PredictorOptions } from "./predictor.ts";

export interface RequestHeaders {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What no message may hold: the API key, what was read from the environment, and values of headers that name a secret. */
  readonly secrets: readonly string[];
}

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Theirs is the framing of a message: only who writes the bytes can know them. */
const transportsOwn: readonly string[] = ["connection", "content-length", "transfer-encoding"];

/**
 * JSON goes out, JSON comes back, as server-sent events where the answer is to be streamed; the API key, if the environment
 * holds it, is a bearer token. What `defaults` and then the endpoint's `options.headers` say takes the place of that.
 *
 * @param defaults what the protocol does in another way; names in lower case
 * @throws {UserError} if a header names a variable that is not set, or can't be a header
 */
export function requestHeaders(
  { endpoint, stream, env = {} }: PredictorOptions,
  defaults: Readonly<Record<string, string>> = {},
): RequestHeaders {
  const key = endpoint.api_key_env === null ? undefined : env[endpoint.api_key_env];
  const secrets = key ? [key] : [];
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "accept": stream ? "text/event-stream" : "application/json",
    ...(key ? { authorization: `Bearer ${key}` } : {}),
    ...defaults,
  };
  for (const [written, text] of Object.entries(endpoint.options?.headers ?? {})) {
    const name = written.toLowerCase();
    const value = text.replace(variable, (_, wanted: string) => {
      const found = env[wanted];
      if (found === undefined) throw missing(written, wanted);
      secrets.push(found);
      return found;
    });
    const fault = headerFault(name, value);
    if (fault !== null) throw new UserError({ action: "send the header", thing: written, found: fault });
    if (isSecretName(name)) secrets.push(value);
    headers[name] = value;
  }
  return { headers, secrets: secrets.filter((secret) => secret !== "") };
}

/** What keeps a header from being sent, as the end of a sentence; null when nothing does. */
export function headerFault(name: string, value: string): string | null {
  if (!fieldName.test(name)) return "that can't be the name of a header";
  if (transportsOwn.includes(name.toLowerCase())) return "it is part of how a request is sent, and set there";
  return /[\r\n\0]/.test(value) ? "it holds a line break" : null;
}

/** The variables of the environment that the texts of headers stand for. */
export function headerVariables(headers: Readonly<Record<string, string>> = {}): string[] {
  return [
    ...new Set(
      Object.values(headers).flatMap((text) => [...text.matchAll(variable)].map(([, name]) => name!)),
    ),
  ];
}

function missing(header: string, name: string): UserError {
  return new UserError({
    action: "send the header",
    thing: header,
    found: `the variable ${name} of the environment, which it stands for, is not set`,
    remedy: `Set ${name}, or take the header out of inference_spec.headers.`,
  });
}
