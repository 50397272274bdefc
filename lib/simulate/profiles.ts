/** The 'instance types' of the embedded endpoint: parameter sets of the timing model, made up for comparing, not measured. */

import { UserError } from "../core/mod.ts";
import type { Timing } from "./engine.ts";

/** Times in milliseconds, rates in tokens a second; see `Timing`. */
export const profiles = {
  /** A small machine: slow to prefill, and slower the fuller it gets; a queue beyond 8 requests. */
  "sim-small": {
    base_ms: 40,
    prefill_tokens_per_s: 16_000,
    decode_ms: 5,
    decode_ms_per_sequence: 0.7,
    slots: 8,
    jitter: 0.03,
  },
  /** A large machine: fast, and hardly slower with 32 requests at once. */
  "sim-large": {
    base_ms: 15,
    prefill_tokens_per_s: 60_000,
    decode_ms: 2.5,
    decode_ms_per_sequence: 0.1,
    slots: 32,
    jitter: 0.03,
  },
  /** A service paid by the token: a longer way to the first token, the same speed whatever the load, uneven steps. */
  "sim-api": {
    base_ms: 60,
    prefill_tokens_per_s: 200_000,
    decode_ms: 4,
    decode_ms_per_sequence: 0,
    slots: 256,
    jitter: 0.15,
  },
} as const satisfies Record<string, Timing>;

export type ProfileName = keyof typeof profiles;

export const profileNames = Object.keys(profiles) as readonly ProfileName[];

/** The parameter set of that name. Throws UserError for an unknown one. */
export function profileOf(name: string): Timing {
  if (Object.hasOwn(profiles, name)) return profiles[name as ProfileName];
  throw new UserError({
    action: "simulate the profile",
    thing: name,
    found: "there is no such profile",
    expected: profileNames.join(", "),
    remedy: "Set `simulate.profile` to one of these.",
  });
}
