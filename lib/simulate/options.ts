/** What the embedded endpoint can be told, and the check of it. */

import { type AwsCredentials, messageOf, simulatedCredentials, UserError } from "../core/mod.ts";
import type { Pace, Timing } from "./engine.ts";
import { completeFaults, type FaultOptions } from "./fault_options.ts";
import { profileOf } from "./profiles.ts";

export interface SimulateOptions {
  /** Name of a profile, or the parameters of the timing model themselves. @default "sim-large" */
  readonly profile: string | Timing;
  /** The one model it serves. @default "simulated-model" */
  readonly model_id: string;
  /** How it serves who asks Bedrock for optimised latency. @default 20 % less time to the first token, the same speed */
  readonly optimized: Pace;
  /** Fraction of the known prompts that get a right answer. @default 0.9 */
  readonly accuracy: number;
  /** Seed of answers and jitter. @default 42 */
  readonly seed: number;
  /** Folder of payload files that it knows the answers of; null = none. @default null */
  readonly prompts_dir: string | null;
  /** What goes wrong, and how often; null = nothing. @default null */
  readonly faults: FaultOptions | null;
  /** Where the ground truth of timing is appended; null = nowhere. @default null */
  readonly log_path: string | null;
  /** Whether the log has the time of every token. @default false */
  readonly log_tokens: boolean;
  /** @default "127.0.0.1" */
  readonly host: string;
  /** 0 = any free one. @default 0 */
  readonly port: number;
  /** It ends by itself after so many minutes without a request. @default 120 */
  readonly idle_minutes: number;
  /** Keys that the protocols of AWS take. @default the one key of `core/protocol.ts` */
  readonly credentials: readonly AwsCredentials[];
  /** Bedrock's API key, which may take the place of a signature; null = there is none. @default null */
  readonly api_key: string | null;
  /** Whose container answers behind SageMaker's `inputs`: LMI's or TGI's. @default "lmi" */
  readonly container: "lmi" | "tgi";
  /** Whether it may listen on an address that other machines can reach. @default false */
  readonly expose: boolean;
}

const defaults: SimulateOptions = {
  profile: "sim-large",
  model_id: "simulated-model",
  optimized: { ttft_factor: 0.8, speed_factor: 1 },
  accuracy: 0.9,
  seed: 42,
  prompts_dir: null,
  faults: null,
  log_path: null,
  log_tokens: false,
  host: "127.0.0.1",
  port: 0,
  idle_minutes: 120,
  credentials: [simulatedCredentials],
  api_key: null,
  container: "lmi",
  expose: false,
};

/** Said in no message. */
const secret = new Set(["credentials", "api_key"]);

const isText = (value: unknown) => typeof value === "string" && value !== "";
const isFlag = (value: unknown) => typeof value === "boolean";
const isTextOrNull = (value: unknown) => value === null || isText(value);
const isNumber = (from: number, to: number) => (value: unknown) =>
  typeof value === "number" && value >= from && value <= to;

const checks: { readonly [K in keyof SimulateOptions]: readonly [(value: unknown) => boolean, string] } = {
  profile: [(value) => isText(value) || isTiming(value), "the name of a profile or timing parameters"],
  model_id: [isText, "a text"],
  optimized: [isPace, "{ttft_factor, speed_factor}, numbers from 0.01 to 100"],
  accuracy: [isNumber(0, 1), "a number from 0 to 1"],
  seed: [Number.isFinite, "a number"],
  prompts_dir: [isTextOrNull, "a path or null"],
  faults: [
    (value) => value === null || (typeof value === "object" && !Array.isArray(value)),
    "a map or null",
  ],
  log_path: [isTextOrNull, "a path or null"],
  log_tokens: [isFlag, "true or false"],
  host: [isText, "an address"],
  port: [(value) => Number.isInteger(value) && isNumber(0, 65535)(value), "an integer from 0 to 65535"],
  idle_minutes: [(value) => isNumber(0, 1e6)(value) && value !== 0, "a number above 0"],
  credentials: [
    (value) => Array.isArray(value) && value.every(isCredentials),
    "a list of {access_key_id, secret_access_key, session_token, expires_at_ms}",
  ],
  api_key: [isTextOrNull, "a text or null"],
  container: [(value) => value === "lmi" || value === "tgi", "lmi or tgi"],
  expose: [isFlag, "true or false"],
};

/**
 * Fills in the defaults.
 *
 * @throws {UserError} if a value or a name is wrong, or the address is not this machine's own and `expose` is not set
 */
export function completeOptions(given: Partial<SimulateOptions>): SimulateOptions {
  const options = { ...defaults, ...given };
  for (const [name, value] of Object.entries(options)) {
    const [valid, expected] = checks[name as keyof SimulateOptions] ?? [() => false, "a known option"];
    if (valid(value)) continue;
    throw new UserError({
      action: "simulate with",
      thing: name,
      found: secret.has(name) ? "it is none" : `it is ${JSON.stringify(value)}`,
      expected,
    });
  }
  completeFaults(options.faults, options.seed);
  if (!options.expose && !/^(127(\.\d{1,3}){3}|localhost|::1|\[::1\])$/.test(options.host)) {
    throw new UserError({
      action: "listen on",
      thing: options.host,
      found: "other machines can reach it, and the endpoint asks nobody for a key",
      expected: "a loopback address such as 127.0.0.1",
      remedy: "Set `expose` if that is what you want.",
    });
  }
  return options;
}

/** Reads options from JSON. Throws UserError as `completeOptions` does, and for a text that is no JSON object. */
export function parseOptions(json: string | undefined): SimulateOptions {
  let given: unknown;
  try {
    given = JSON.parse(json ?? "");
  } catch (error) {
    throw notAnObject(messageOf(error));
  }
  if (given === null || typeof given !== "object" || Array.isArray(given)) throw notAnObject(`it is ${json}`);
  return completeOptions(given);
}

/** The parameters of the timing model that the options name. */
export function timingOf({ profile }: Pick<SimulateOptions, "profile">): Timing {
  return typeof profile === "string" ? profileOf(profile) : profile;
}

function notAnObject(found: string): UserError {
  return new UserError({ action: "simulate with", thing: "the options", found, expected: "one JSON object" });
}

function isCredentials(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { access_key_id, secret_access_key, session_token, expires_at_ms } = value as Partial<AwsCredentials>;
  return isText(access_key_id) && isText(secret_access_key) && isTextOrNull(session_token) &&
    (expires_at_ms === null || Number.isFinite(expires_at_ms));
}

function isPace(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { ttft_factor, speed_factor, ...more } = value as Partial<Pace>;
  return [ttft_factor, speed_factor].every(isNumber(0.01, 100)) && Object.keys(more).length === 0;
}

function isTiming(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { base_ms, prefill_tokens_per_s, decode_ms, decode_ms_per_sequence, slots, jitter } =
    value as Partial<
      Timing
    >;
  const waits = [base_ms, decode_ms, decode_ms_per_sequence];
  return waits.every(isNumber(0, 1e6)) && isNumber(1, 1e12)(prefill_tokens_per_s) &&
    Number.isInteger(slots) && isNumber(1, 1e6)(slots) && isNumber(0, 1)(jitter);
}
