/** An option within a sentence. */

import { type CellSummary, describeLoad, escapeMarkdown, loadOf } from "../core/mod.ts";

type Served = Pick<CellSummary, "instance_type" | "instance_count" | "cost_basis">;

/** `2 × ml.g5.xlarge`. */
export function instancesWords(instance_type: string, count: number): string {
  return `${count === 1 ? "" : `${count} × `}${escapeMarkdown(instance_type)}`;
}

/** What it runs on: ` on 2 × ml.g5.xlarge`; nothing where tokens are paid, and whose machines they are is not known. */
export function placeWords({ instance_type, instance_count, cost_basis }: Served): string {
  return cost_basis === "token" ? "" : ` on ${instancesWords(instance_type, instance_count)}`;
}

/** `4 requests at a time`, or `2.5 arrivals/s`. */
export function loadWords(cell: Pick<CellSummary, "concurrency" | "request_rate_rps">): string {
  if (cell.concurrency === null) return describeLoad(cell);
  return cell.concurrency === 1 ? "one request at a time" : `${cell.concurrency} requests at a time`;
}

/** `**alpha** on ml.g5.xlarge with 4 requests at a time`. */
export function optionWords(cell: CellSummary): string {
  return `**${escapeMarkdown(cell.experiment_name)}**${placeWords(cell)} with ${loadWords(cell)}`;
}

/** What was measured: `3 models on 2 instance types and 1 per-token API, in 4 experiments, with 1 to 16 requests at a time`. */
export function scopeWords(cells: readonly CellSummary[]): string {
  const tokens = cells.filter(({ cost_basis }) => cost_basis === "token");
  const instances = cells.filter(({ cost_basis }) => cost_basis !== "token");
  const places = [
    countWords(instances.map(({ instance_type }) => instance_type), "instance type"),
    countWords(tokens.map(({ model_id }) => model_id), "per-token API"),
  ];
  const loads = [
    rangeWords(cells.filter(({ concurrency }) => concurrency !== null), "request", "at a time"),
    rangeWords(cells.filter(({ concurrency }) => concurrency === null), "arrival", "a second"),
  ];
  const listed = (parts: (string | null)[]) => parts.filter((part) => part !== null).join(" and ");
  const models = countWords(cells.map(({ model_id }) => model_id), "model");
  const experiments = countWords(cells.map(({ experiment_name }) => experiment_name), "experiment");
  return `${models} on ${listed(places)}, in ${experiments}, with ${listed(loads)}`;
}

/** How many different ones; null without any. */
function countWords(texts: readonly string[], one: string): string | null {
  const { size } = new Set(texts);
  return size === 0 ? null : `${size} ${one}${size === 1 ? "" : "s"}`;
}

function rangeWords(cells: readonly CellSummary[], one: string, per: string): string | null {
  if (cells.length === 0) return null;
  const loads = cells.map(loadOf);
  const [low, high] = [Math.min(...loads), Math.max(...loads)];
  const range = low === high ? String(high) : `${low} to ${high}`;
  return `${range} ${one}${high === 1 ? "" : "s"} ${per}`;
}
