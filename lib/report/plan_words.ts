/** The answer to the engineering question in words: how many of what. */

import {
  type CapacityPlan,
  escapeMarkdown,
  type FleetOption,
  showDuration,
  showNumber,
  showPercent,
  type Workload,
} from "../core/mod.ts";
import { withinWords } from "./latency_words.ts";
import { money } from "./markdown.ts";
import { instancesWords } from "./option_words.ts";

/** One or a few sentences: the smallest number of the most cost-optimal instance type, or the API, and what a month of it costs. */
export function planWords({ workload, options, best }: CapacityPlan, currency: string): string {
  const work = workloadWords(workload);
  if (best === null) {
    const reasons = new Set(options.map(({ reason }) => reason).filter((reason) => reason !== null));
    const [reason] = [...reasons];
    return `**No option that was measured is shown to serve** ${work}.${
      reasons.size === 1 ? ` ${sentence(reason!)}` : ""
    }`;
  }
  const serve = `To serve ${work}, takes ${fleetWords(best)}`;
  return [
    `${serve}: ${monthWords(best, currency)}.`,
    predictionWords(best, workload),
    best.reason === null ? null : sentence(best.reason),
  ].filter((part) => part !== null).join(" ");
}

/** `120 requests a minute of about 300 prompt and 50 output tokens, 95 % of them within 2 s`. */
function workloadWords(workload: Workload): string {
  const { requests_per_minute, prompt_tokens, output_tokens, latency_seconds, latency_statistic, from } =
    workload;
  const tokens = [
    prompt_tokens === null ? null : `${showNumber(prompt_tokens)} prompt`,
    output_tokens === null ? null : `${showNumber(output_tokens)} output`,
  ].filter((text) => text !== null).join(" and ");
  const size = tokens === "" ? "" : ` of about ${tokens} tokens`;
  const measured = from === "measured" ? "the load that was measured, " : "";
  return `${measured}${showNumber(requests_per_minute)} requests a minute${size}, ${
    withinWords(latency_statistic, showDuration(latency_seconds * 1000))
  }`;
}

function fleetWords(fleet: FleetOption): string {
  const { basis, experiment_name, instance_type, instance_count, replicas } = fleet;
  const name = `**${escapeMarkdown(experiment_name)}**`;
  if (basis === "token") return `the per-token API of ${name}`;
  const count = (replicas.value ?? 1) * instance_count;
  const end = (value: number | null, open: string) =>
    value === null ? open : showNumber(value * instance_count, 12);
  const { low, high } = replicas;
  const certain = low !== null && low === high;
  const interval = certain || (low === null && high === null)
    ? ""
    : ` (95 % interval ${end(low, "1")} to ${end(high, "open")})`;
  return `**${count} × ${instancesWords(instance_type, 1)}** with ${name}${interval}`;
}

function monthWords(
  { cost_per_month, cost_per_month_with_spare, basis, instance_count }: FleetOption,
  currency: string,
) {
  if (cost_per_month === null) return "what that costs is not known, as no price is given";
  const month = `**${money(cost_per_month, currency)} a month**`;
  if (basis === "token" || cost_per_month_with_spare === null) return month;
  const spare = instance_count === 1 ? "one" : `${instance_count} instances`;
  return `${month}, ${money(cost_per_month_with_spare, currency)} with ${spare} to spare in case one fails`;
}

function predictionWords(
  { predicted_latency_ms, headroom, basis }: FleetOption,
  workload: Workload,
): string | null {
  if (basis === "token" || (predicted_latency_ms === null && headroom === null)) return null;
  const parts = [
    predicted_latency_ms === null
      ? null
      : `a simulation of them shows a ${workload.latency_statistic} of ${showDuration(predicted_latency_ms)}`,
    headroom === null ? null : `${showPercent(headroom)} of the capacity stays free`,
  ].filter((part) => part !== null);
  return sentence(parts.join(", and "));
}

function sentence(text: string): string {
  const trimmed = escapeMarkdown(text.trim());
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}`;
}
