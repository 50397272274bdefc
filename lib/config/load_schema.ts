/** The schema of `load`: for the whole run, and the part of it that one experiment may set for itself. */

import { z } from "zod";
import { defaults } from "./defaults.ts";
import { fleet } from "./fleet_schema.ts";
import { amount, fieldNotes, flag, fraction, list, oneOf, positive, section, text, whole } from "./field.ts";

const { load: loads } = defaults;

/** Gives a key its meaning, for the generated schema. */
const key = <S extends z.ZodType>(description: string, schema: S): S => {
  z.globalRegistry.add(schema, { description });
  return schema;
};

const retry = section({
  attempts: key("Most attempts of a request, the first included; 1 = no retry.", whole(1)).default(
    loads.retry.attempts,
  ),
  backoff_ms: key(
    "Wait before the second attempt; doubles with every further one. A `retry-after` that asks for more gets it.",
    amount("milliseconds"),
  ).default(loads.retry.backoff_ms),
  on: key(
    "Which failures are worth another attempt: a refused request (429), a broken or refused connection.",
    list(oneOf(loads.retry.on), `failures: ${loads.retry.on.join(", ")}`).min(1),
  ).default([...loads.retry.on]),
});

/** The load keys that an experiment may set for itself. */
export const ownLoad = {
  mode: key(
    "closed = concurrency_levels are requests in flight; open = rates_rps are arrivals a second.",
    oneOf(["closed", "open"]),
  ),
  requests: key("Measured requests of a level.", whole(1)),
  duration_seconds: key(
    "Ends the measure phase of a level after so long; what is in flight by then is still answered and recorded.",
    positive("seconds"),
  ),
  ci_width: key(
    "Ends a level once the 95 % interval of its median latency is no wider than this part of the median.",
    z.number().gt(0).lt(1).register(fieldNotes, {
      expected: "the width of the p50's interval relative to the p50, between 0 and 1",
    }),
  ),
  warmup_requests: key("Sent first, recorded, and left out of every figure.", whole(0)),
  drain_seconds: key(
    "For how long load goes on after the measured requests, so that the last of them see it too.",
    amount("seconds"),
  ),
  arrival: key(
    "How requests arrive in open loop; ramp goes from each rate to the next, step holds each for an equal time.",
    oneOf(["constant", "poisson", "gamma", "ramp", "step", "trace"]),
  ),
  rates_rps: key(
    "Arrivals per second: a level for each; for ramp and step one level that goes through them all.",
    list(positive("arrivals per second"), "arrivals per second, each more than 0").min(1),
  ),
  burstiness: key(
    "Shape of the gamma distribution of the gaps: 1 is Poisson, less is burstier, more is steadier.",
    positive("the shape of the gamma distribution"),
  ),
  max_in_flight: key(
    "Cap of the open loop: what is due beyond it waits, and its latency counts from its due time.",
    whole(1),
  ),
  trace_file: key(
    "Recorded arrivals to replay: CSV or JSON Lines with TIMESTAMP, ContextTokens, GeneratedTokens.",
    text("the path of a CSV or JSON Lines file"),
  ),
  time_scale: key(
    "Factor on all times of the trace: 0.5 replays it twice as fast.",
    positive("a factor on the times of the trace"),
  ),
  timeout_seconds: key("A request that is not answered whole by then is lost.", positive("seconds")),
  stall_seconds: key("So is one of which nothing comes for so long.", positive("seconds")),
  retry: key("Without it, no request is sent twice. Every attempt is a row of its own.", retry),
  stop_error_rate: key(
    "A level gives up when more than this part of at least 20 requests has failed.",
    fraction("the fraction of failed requests"),
  ),
  cache_busting: key(
    "Puts a salt drawn from the seed before every prompt, so that no cache can help.",
    flag(),
  ),
  shared_prefix_tokens: key("Puts the same text of about so many tokens before every prompt.", whole(0)),
};

/** How an endpoint is loaded: the run's `load` section. What is not given here is settled where it is known for what. */
export const load = section({
  ...section(ownLoad).partial().shape,
  mode: ownLoad.mode.default(loads.mode),
  warmup_requests: ownLoad.warmup_requests.default(loads.warmup_requests),
  timeout_seconds: ownLoad.timeout_seconds.default(loads.timeout_seconds),
  stall_seconds: ownLoad.stall_seconds.default(loads.stall_seconds),
  stop_error_rate: ownLoad.stop_error_rate.default(loads.stop_error_rate),
  seed: key("All that is drawn at random comes from it.", whole(0)).default(loads.seed),
  clock: key(
    "Who stamps arrivals: the kernel (Linux), or this program after each read. auto = the kernel for http where it works; kernel = for https too.",
    oneOf(["auto", "kernel", "user"]),
  ).default(loads.clock),
  workers: key(
    "Load processes.",
    z.union([z.int().min(1), z.literal("auto")])
      .register(fieldNotes, { expected: "a whole number, 1 or more, or auto (one a core)" }),
  ).default(loads.workers),
  fleet: key("Who runs the load processes; unset: this machine.", fleet).optional(),
});
