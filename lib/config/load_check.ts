/** Whether the load keys fit together, for the run and for each experiment. */

import type { Config } from "./config.ts";
import type { Path } from "./fault.ts";
import type { Findings } from "./finding.ts";
import { conditionalKeys, type OwnLoad } from "./load.ts";
import type { WrittenConfig } from "./schema.ts";

/** Keys that mean nothing where they stand, keys that are missing beside others, and loads that stand twice. */
export function checkLoads(written: WrittenConfig, config: Config, findings: Findings): void {
  const own = written.experiments.map(({ load = {} }) => load);
  for (const key of Object.keys(conditionalKeys) as (keyof typeof conditionalKeys)[]) {
    const [fits, expected] = conditionalKeys[key];
    const text = `"${key}" means nothing here; expected it beside ${expected}`;
    const inheriting = config.experiments.filter((_, index) => own[index]![key] === undefined);
    if (
      written.load[key] !== undefined && inheriting.length > 0 && !inheriting.some(({ load }) => fits(load))
    ) {
      findings.fault(["load", key], text);
    }
    for (const [index, { load }] of config.experiments.entries()) {
      if (own[index]![key] !== undefined && !fits(load)) {
        findings.fault(["experiments", index, "load", key], text);
      }
    }
  }
  for (const [index, { load }] of config.experiments.entries()) {
    const placeOf = (key: keyof OwnLoad): Path =>
      own[index]![key] === undefined ? ["load", key] : ["experiments", index, "load", key];
    checkSchedule(load, placeOf, findings);
  }
  checkWithoutEffect(written, config, findings);
}

function checkSchedule(load: OwnLoad, placeOf: (key: keyof OwnLoad) => Path, { fault }: Findings): void {
  const { mode, arrival, rates_rps, burstiness, trace_file, duration_seconds } = load;
  if (mode === "closed") return;
  if (arrival === "trace") {
    if (trace_file === null) {
      fault(
        placeOf("arrival"),
        '"trace_file" is missing; expected the path of a trace beside arrival: trace',
      );
    }
    return;
  }
  if (rates_rps === null) {
    fault(placeOf("mode"), '"rates_rps" is missing; expected arrivals per second beside mode: open');
    return;
  }
  if (arrival === "gamma" && burstiness === null) {
    const text = '"burstiness" is missing; expected the shape of the gaps (1 is Poisson, less is burstier)';
    fault(placeOf("arrival"), `${text} beside arrival: gamma`);
  }
  if (arrival === "ramp" || arrival === "step") {
    if (duration_seconds === null) {
      const text =
        `"duration_seconds" is missing; expected the time that the rates take beside arrival: ${arrival}`;
      fault(placeOf("arrival"), text);
    }
    if (arrival === "ramp" && rates_rps.length < 2) {
      fault(placeOf("rates_rps"), '"rates_rps" has one rate; expected at least two for arrival: ramp');
    }
    return;
  }
  for (const [at, rate] of rates_rps.entries()) {
    if (rates_rps.indexOf(rate) === at) continue;
    fault([...placeOf("rates_rps"), at], `${rate} stands twice in "rates_rps"; expected it once`);
  }
}

/** What FMBench's configs bring along for the closed loop, and what the embedded endpoint can't know. */
function checkWithoutEffect(written: WrittenConfig, config: Config, { notice }: Findings): void {
  const loads = config.experiments.map(({ load }) => load);
  for (const key of ["min_iters_per_combination", "max_iters_per_combination"] as const) {
    if (written.datasets[key] === undefined) continue;
    if (
      loads.some(({ mode, requests, duration_seconds }) =>
        mode === "closed" && requests === null && duration_seconds === null
      )
    ) {
      continue;
    }
    if (written.load.requests !== undefined) continue;
    notice(["datasets", key], "has no effect: no level ends by its number of chunks");
  }
  for (const [index, { concurrency_levels, simulate }] of written.experiments.entries()) {
    const { mode, cache_busting, shared_prefix_tokens } = loads[index]!;
    if (mode === "open" && concurrency_levels !== undefined) {
      const text = "has no effect: `load.mode` is open, where `load.rates_rps` are the levels";
      notice(["experiments", index, "concurrency_levels"], text);
    }
    if (simulate !== undefined && (cache_busting || shared_prefix_tokens > 0)) {
      const text =
        "is asked prompts with something before them: the embedded endpoint does not know their answers";
      notice(["experiments", index, "simulate"], text);
    }
  }
}
