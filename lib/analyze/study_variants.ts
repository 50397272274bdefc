/** What a study finds of one variant. */

import type { StudyVariant } from "../core/mod.ts";
import { seriesProportion } from "../metrics/mod.ts";
import type { CallNumber, StudyCalls } from "./study_calls.ts";
import { fits, meanOf, percentileOf, quantilesOf, sampleOf, type StudySamples } from "./study_samples.ts";

/** The figures of a variant; see `StudyVariant` for each. */
export function studyVariant(calls: StudyCalls, samples: StudySamples): StudyVariant {
  const { of, length } = calls;
  const ok = (i: number) => of.ok[i] === 1;
  const among = (flag: CallNumber) => count(length, (i) => ok(i) && of[flag][i] === 1);
  const asAsked = (i: number) => fits(calls, i, "output_tokens_per_s");
  const warm = (i: number) => fits(calls, i, "e2e_ms");
  const successes = count(length, ok);
  const [served_as_asked, served_otherwise] = [among("served_as_asked"), among("served_otherwise")];
  const cold = (i: number) => asAsked(i) && of.cold[i] === 1;
  const network = of.e2e_ms.map((e2e, i) => e2e - of.server_latency_ms[i]!);
  return {
    ...calls.experiment,
    calls: length,
    ok: successes,
    error_rate: seriesProportion(Array.from(of.ok, (flag) => flag === 0)),
    throttle_rate: seriesProportion(Array.from(of.throttled, (flag) => flag === 1)),
    served_as_asked,
    served_otherwise,
    served_unknown: successes - served_as_asked - served_otherwise,
    cut: among("cut"),
    cold: among("cold"),
    prompts: promptsOf(calls, asAsked),
    ttft_ms: quantilesOf(samples.ttft_ms),
    output_tokens_per_s: quantilesOf(samples.output_tokens_per_s),
    e2e_ms: quantilesOf(samples.e2e_ms),
    cold_ttft_ms: percentileOf(sampleOf(calls, of.ttft_ms, cold), 500),
    server_ms: quantilesOf(sampleOf(calls, of.server_latency_ms, warm)),
    network_ms: quantilesOf(sampleOf(calls, network, warm)),
    completion_tokens_mean: meanOf(calls, "completion_tokens", asAsked),
    cached_prompt_tokens_mean: meanOf(calls, "cached_prompt_tokens", asAsked),
  };
}

function count(length: number, wanted: (i: number) => boolean): number {
  let n = 0;
  for (let i = 0; i < length; i++) if (wanted(i)) n++;
  return n;
}

/** Distinct prompts; 0: not known. */
function promptsOf({ of, length }: StudyCalls, wanted: (i: number) => boolean): number {
  const prompts = new Set<number>();
  for (let i = 0; i < length; i++) if (wanted(i) && !Number.isNaN(of.prompt[i]!)) prompts.add(of.prompt[i]!);
  return prompts.size;
}
