/** How many of what serve a workload: every option, and how that grows with the traffic. */

import {
  type CapacityPlan,
  escapeMarkdown,
  type Estimate,
  type FleetOption,
  minutesPerMonth,
  showDuration,
  showNumber,
  showPercent,
} from "../core/mod.ts";
import { fewSamples, fileName, money, paragraphs, table } from "./markdown.ts";
import { planWords } from "./plan_words.ts";

/**
 * The section of the report: the answer in words, what was asked for and what was measured, a table of the options, one of the
 * other conditions, and one of the rates from 1 to 1,000,000 requests a minute. null: nothing was measured.
 */
export function planTable(plan: CapacityPlan | null, currency: string): string {
  if (plan === null) return "Nothing was measured, so nothing can be planned.";
  return paragraphs(
    planWords(plan, currency),
    ...plan.notes.map((note) => `> ${escapeMarkdown(note)}`),
    optionTable(plan, currency),
    reasonList(plan.options),
    `Planned for **${fileName(plan.payload_file)}**, whose prompts and answers have ${
      showNumber(plan.measured.prompt_tokens)
    } and ${showNumber(plan.measured.output_tokens)} tokens on average. ${method(plan)}`,
    conditionTable(plan),
    "How it grows with the traffic: replicas and their cost a month, the cheapest in bold.",
    scaleTable(plan, currency),
  );
}

function method({ workload: { latency_statistic }, options }: CapacityPlan): string {
  if (options.every(({ basis }) => basis === "token")) return "";
  return `What a replica carries is the highest rate of random (Poisson) arrivals at which the ${latency_statistic} of a ` +
    "simulated replica, whose response times are those measured at each number of requests in flight, keeps L; it is never more " +
    "than 95 % of what it gets through. Requests are handed out by chance, so that a fleet is its replicas one by one. The " +
    "interval holds the chance in what was measured, what may lie between the levels, and the error of the model itself. A month has " +
    "730 hours.";
}

function optionTable({ options, workload }: CapacityPlan, currency: string): string {
  return table(options, [
    { heading: "Option", align: "left", cell: nameOf },
    { heading: "Replica", align: "left", cell: replicaOf },
    { heading: "Carries (requests/min)", cell: ({ capacity_per_minute }) => withEnds(capacity_per_minute) },
    { heading: "Replicas", cell: ({ replicas }) => withEnds(replicas, 12) },
    { heading: "Free", cell: ({ headroom }) => showPercent(headroom) },
    {
      heading: `Predicted ${workload.latency_statistic}`,
      cell: ({ predicted_latency_ms }) => showDuration(predicted_latency_ms),
    },
    { heading: "A month", cell: ({ cost_per_month }) => money(cost_per_month, currency) },
    {
      heading: "With one to spare",
      cell: ({ basis, cost_per_month_with_spare }) =>
        basis === "token" ? "–" : money(cost_per_month_with_spare, currency),
    },
    {
      heading: "Per 10,000",
      cell: ({ cost_per_transaction }) =>
        money(cost_per_transaction === null ? null : cost_per_transaction * 10_000, currency),
    },
  ]);
}

function nameOf({ experiment_name, serves }: FleetOption): string {
  return `${escapeMarkdown(experiment_name)}${serves ? "" : " (does not serve it)"}`;
}

function replicaOf({ basis, instance_type, instance_count }: FleetOption): string {
  if (basis === "token") return "paid by the token";
  return `${instance_count === 1 ? "" : `${instance_count} × `}${escapeMarkdown(instance_type)}`;
}

/** `3 (2–4)`, `3 (2 or more)`, `3 (4 or fewer)`; an interval of one number is left out. */
function withEnds({ value, low, high, flagged }: Estimate, digits = 3): string {
  if (value === null) return "–";
  const shown = `${showNumber(value, digits)}${flagged ? fewSamples : ""}`;
  if (low === high) return shown;
  if (high === null) return `${shown} (${showNumber(low, digits)} or more)`;
  if (low === null) return `${shown} (${showNumber(high, digits)} or fewer)`;
  return `${shown} (${showNumber(low, digits)}–${showNumber(high, digits)})`;
}

function reasonList(options: readonly FleetOption[]): string | null {
  const told = options.filter(({ reason }) => reason !== null);
  if (told.length === 0) return null;
  return told.map(({ experiment_name, reason }) =>
    `- ${escapeMarkdown(experiment_name)}: ${escapeMarkdown(reason!)}.`
  ).join("\n");
}

function conditionTable({ options }: CapacityPlan): string | null {
  const simulated = options.filter(({ other_conditions: { least_busy } }) => least_busy !== null);
  if (simulated.length === 0) return null;
  const count = (value: number | null) => showNumber(value, 12);
  return paragraphs(
    "The same with requests handed out in another way, and with bursts on every replica (gamma gaps, four times the variance of " +
      "random ones):",
    table(simulated, [
      { heading: "Option", align: "left", cell: ({ experiment_name }) => escapeMarkdown(experiment_name) },
      { heading: "By chance", cell: ({ replicas }) => count(replicas.value) },
      { heading: "In turn", cell: ({ other_conditions }) => count(other_conditions.round_robin) },
      { heading: "To the least busy", cell: ({ other_conditions }) => count(other_conditions.least_busy) },
      { heading: "In bursts, by chance", cell: ({ other_conditions }) => count(other_conditions.bursts) },
    ]),
  );
}

function scaleTable({ scale, options }: CapacityPlan, currency: string): string {
  const shown = options.filter(({ serves }) => serves);
  if (shown.length === 0) return "No option serves any traffic within L.";
  return table(scale, [
    { heading: "Requests/min", cell: ({ requests_per_minute }) => showNumber(requests_per_minute, 12) },
    {
      heading: "A month (million)",
      cell: ({ requests_per_minute }) => showNumber(requests_per_minute * minutesPerMonth / 1e6),
    },
    ...shown.map(({ experiment_name, basis }) => ({
      heading: escapeMarkdown(experiment_name),
      cell: ({ fleets, cheapest }: CapacityPlan["scale"][number]) => {
        const fleet = fleets.find((one) => one.experiment_name === experiment_name);
        const cost = money(fleet?.cost_per_month ?? null, currency);
        const strong = cheapest === experiment_name ? `**${cost}**` : cost;
        return basis === "token" ? strong : `${showNumber(fleet?.replicas, 12)} × · ${strong}`;
      },
    })),
  ]);
}
