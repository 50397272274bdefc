/** Calls of a service of AWS that creates or removes: what was to be done by one, and what its failure says. */

import type { UserError } from "../core/mod.ts";

/** What was to be done: `create the endpoint of`, and with what. */
export interface Attempted {
  readonly action: string;
  readonly thing: string;
  /** `sagemaker:CreateEndpoint` */
  readonly call: string;
}

/** The code of an error of the service, or what the SDK calls it: `ResourceLimitExceeded`, `TimeoutError`. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { Code, code } = error as Error & { Code?: unknown; code?: unknown };
  if (typeof Code === "string") return Code;
  return error.name === "Error" && typeof code === "string" ? code : error.name;
}

/**
 * Whether the same call may work in a while: the network, throttling, or a fault of the service.
 *
 * @param throttled the service's own codes for too many calls
 */
export function mayPass(error: unknown, throttled: readonly string[]): boolean {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  if (($metadata?.httpStatusCode ?? 0) >= 500) return true;
  const code = codeOf(error);
  return throttled.includes(code) || /^(TimeoutError|RequestTimeout|NetworkingError|E[A-Z]+)$/.test(code);
}

/** Makes calls whose errors say what was to be done. @param errorOf in the words of the service's target */
export function attemptingWith(errorOf: (attempted: Attempted, error: unknown) => UserError) {
  return async <T>(action: string, thing: string, call: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw errorOf({ action, thing, call }, error);
    }
  };
}
