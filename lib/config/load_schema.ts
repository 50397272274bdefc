/** The schema of `load`: for the whole run, and the part of it that one experiment may set for itself. */

import { z } from "zod";
import { defaults } from "./defaults.ts";
import { fieldNotes, fraction, oneOf, positive, section, whole } from "./field.ts";

const { load: loads } = defaults;

/** The load keys that an experiment may set for itself. */
export const ownLoad = {
  requests: whole(1),
  warmup_requests: whole(0),
  timeout_seconds: positive("seconds"),
  stall_seconds: positive("seconds"),
  stop_error_rate: fraction("the fraction of failed requests"),
};

/** How an endpoint is loaded: the run's `load` section. */
export const load = section({
  mode: oneOf(["closed"]).default(loads.mode),
  requests: ownLoad.requests.optional(),
  warmup_requests: ownLoad.warmup_requests.default(loads.warmup_requests),
  seed: whole(0).default(loads.seed),
  timeout_seconds: ownLoad.timeout_seconds.default(loads.timeout_seconds),
  stall_seconds: ownLoad.stall_seconds.default(loads.stall_seconds),
  stop_error_rate: ownLoad.stop_error_rate.default(loads.stop_error_rate),
  workers: z.union([z.int().min(1), z.literal("auto")])
    .register(fieldNotes, { expected: "a whole number, 1 or more, or auto (one a core)" })
    .default(loads.workers),
});
