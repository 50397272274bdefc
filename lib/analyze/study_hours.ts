/** A study by hour of the day and day of the week. */

import type { StudyHour } from "../core/mod.ts";
import { quantile, sorted } from "../metrics/mod.ts";
import type { StudyCalls } from "./study_calls.ts";
import type { StudySample, StudySamples } from "./study_samples.ts";

const hour_ms = 3_600_000;
const hoursOfWeek = 7 * 24;
/** 1970 began on a Thursday. */
const hoursSinceMonday = 3 * 24;

/** The hours of the week (UTC) in which a variant was called, from Monday 0 h on. */
export function studyHours({ experiment, of, length }: StudyCalls, samples: StudySamples): StudyHour[] {
  const [calls, errors] = [new Uint32Array(hoursOfWeek), new Uint32Array(hoursOfWeek)];
  for (let i = 0; i < length; i++) {
    const at = hourOf(of.at_ms[i]!);
    calls[at]!++;
    if (of.ok[i] === 0) errors[at]!++;
  }
  const ttft = mediansOf(samples.ttft_ms);
  const speed = mediansOf(samples.output_tokens_per_s);
  return Array.from(calls, (own, at): StudyHour => ({
    experiment_name: experiment.experiment_name,
    weekday: Math.floor(at / 24),
    hour: at % 24,
    calls: own,
    errors: errors[at]!,
    ttft_p50_ms: ttft[at]!,
    output_tokens_per_s_p50: speed[at]!,
  })).filter((hour) => hour.calls > 0);
}

function hourOf(at_ms: number): number {
  return (Math.floor(at_ms / hour_ms) + hoursSinceMonday) % hoursOfWeek;
}

/** The median of each hour of the week; null: there is no value. */
function mediansOf({ values, at_ms }: StudySample): (number | null)[] {
  const hours = Array.from({ length: hoursOfWeek }, (): number[] => []);
  for (let i = 0; i < values.length; i++) hours[hourOf(at_ms[i]!)]!.push(values[i]!);
  return hours.map((own) => quantile(sorted(own), 500));
}
