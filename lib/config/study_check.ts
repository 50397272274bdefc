/** Whether what a study asks for can be done, and does anything. */

import type { Findings } from "./finding.ts";
import type { WrittenConfig } from "./schema.ts";
import { modelName } from "./scenario_variant.ts";
import { didYouMean } from "./suggestion.ts";

/** Keys of `load` that say how load is sent, which a study says itself. */
const idle = [
  "mode",
  "requests",
  "duration_seconds",
  "ci_width",
  "warmup_requests",
  "drain_seconds",
  "arrival",
  "rates_rps",
  "burstiness",
  "max_in_flight",
  "trace_file",
  "time_scale",
  "workers",
] as const;

/** Keys that contradict each other, or have no effect beside each other. */
export function checkStudy(
  { study, load, run_steps }: WrittenConfig,
  { fault, notice, isWritten }: Findings,
): void {
  if (study === undefined) return;
  const at = (key: keyof typeof study) => ["study", key];
  const { duration, rounds, calls_per_minute, sleep_between_invocations: sleep } = study;
  if (duration !== undefined && calls_per_minute === undefined && sleep === 0) {
    const text =
      '"duration" stands beside neither a pause nor "calls_per_minute": calls would follow each other without ' +
      "end; expected one of the two";
    fault(at("duration"), text);
  }
  if (calls_per_minute !== undefined && sleep !== undefined) {
    notice(at("sleep_between_invocations"), "has no effect: `calls_per_minute` says when calls are due");
  }
  if (study.stop_when_precise && study.precision === undefined) {
    fault(
      at("stop_when_precise"),
      '"stop_when_precise" stands without "precision"; expected how precise, like 0.05',
    );
  }
  if (run_steps?.["5_model_metric_analysis"]) {
    const text =
      '"5_model_metric_analysis" analyses load levels, and a study has none; expected "studies/latency_study.ipynb" in its place';
    fault(["run_steps", "5_model_metric_analysis"], text);
  }
  if (study.derived === true) return;
  if (duration !== undefined && rounds !== undefined) {
    notice(at("rounds"), "stands beside `duration`: what is over first ends the study");
  }
  for (const key of idle) {
    if (isWritten(["load", key]) && load[key] !== undefined) {
      notice(["load", key], "has no effect in a study: `study` says when calls are made");
    }
  }
}

/** Quotas of nothing that is asked for, and those without a limit. */
export function checkQuotas({ study, experiments }: WrittenConfig, { fault }: Findings): void {
  for (const [index, quota] of (study?.quotas ?? []).entries()) {
    const path = ["study", "quotas", index];
    if (quota.requests_per_minute === undefined && quota.tokens_per_minute === undefined) {
      fault(path, "a quota without a limit; expected requests_per_minute or tokens_per_minute, or both");
    }
    const model = quota.model_id === undefined ? undefined : modelName(quota.model_id);
    const models = experiments.map(({ model_id }) => model_id ?? "");
    const regions = experiments.map(({ region }) => region ?? "");
    if (model !== undefined && !models.includes(model)) {
      fault([...path, "model_id"], `no scenario asks "${quota.model_id}"; ${didYouMean(model, models)}`);
    } else if (
      quota.region !== undefined && regions.every((region) => region !== "") &&
      !regions.includes(quota.region)
    ) {
      fault(
        [...path, "region"],
        `no scenario asks a model in "${quota.region}"; ${didYouMean(quota.region, regions)}`,
      );
    }
  }
}
