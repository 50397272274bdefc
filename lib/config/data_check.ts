/** Whether the parts of a config that speak of data agree with each other. */

import type { Config } from "./config.ts";
import { payloadFilesOfInterest } from "./config.ts";
import type { Findings } from "./finding.ts";
import type { WrittenConfig } from "./schema.ts";
import { didYouMean } from "./suggestion.ts";

/** The named slots of a prompt template, each once: `{input}`, while `{{` and `}}` are literal braces. */
export function templateSlots(template: string): string[] {
  const slots = [...template.matchAll(/\{\{|\}\}|\{([^{}\s]+)\}/g)].map((match) => match[1]);
  return [...new Set(slots.filter((slot) => slot !== undefined))];
}

/** Filters that no prompt can pass, and payload files that two filters write. */
export function checkFilters(config: Config, { fault, lineOf }: Findings): void {
  const seen = new Map<string, number>();
  for (const [index, filter] of config.datasets.filters.entries()) {
    const path = ["datasets", "filters", index];
    const { min_length_in_tokens: min, max_length_in_tokens: max, payload_file: file } = filter;
    if (max !== null && min >= max) {
      const text = `"max_length_in_tokens" is ${max}; expected more than min_length_in_tokens, ${min}`;
      fault([...path, "max_length_in_tokens"], text);
    }
    const first = seen.get(file);
    if (first === undefined) seen.set(file, index);
    else {
      const line = lineOf(["datasets", "filters", first, "payload_file"]);
      fault(
        [...path, "payload_file"],
        `"${file}" is written by two filters, first on line ${line}; expected one`,
      );
    }
  }
}

/** Whether `metrics.dataset_of_interest` names exactly one payload file. */
export function checkDatasetOfInterest(written: WrittenConfig, config: Config, { fault }: Findings): void {
  const wanted = written.metrics.dataset_of_interest;
  if (wanted === undefined) return;
  const files = config.datasets.filters.map(({ payload_file }) => payload_file);
  const matching = payloadFilesOfInterest(wanted, files);
  if (matching.length === 1) return;
  const found = matching.length === 0
    ? "is in no payload file's name"
    : `is in ${matching.length} names of payload files`;
  const among = (matching.length === 0 ? files : matching).join(", ");
  fault(
    ["metrics", "dataset_of_interest"],
    `"${wanted}" ${found}; expected a part of exactly one of ${among}`,
  );
}

/**
 * Whether the template's slots and `datasets.prompt_template_keys` are the same. Keys that are there and empty make a constant
 * prompt, as in FMBench, where the one config that has them names a template without slots. A template that does have slots
 * is then sent with its braces as they stand: that is seldom meant, may be (a prompt about templates), and is said.
 */
export function checkTemplate(
  written: WrittenConfig,
  template: { readonly name: string; readonly slots: readonly string[] },
  { fault, notice }: Findings,
): void {
  const keys = written.datasets.prompt_template_keys;
  if (keys === undefined) return;
  const path = ["datasets", "prompt_template_keys"];
  if (keys.length === 0) {
    if (template.slots.length === 0) return;
    const slots = template.slots.map((slot) => `{${slot}}`).join(" and ");
    notice(
      path,
      `is empty: every prompt is ${template.name} as it is, with ${slots} in it; leave the key out to have them filled`,
    );
    return;
  }
  const unfilled = template.slots.filter((slot) => !keys.includes(slot));
  const unused = keys.filter((key) => !template.slots.includes(key));
  for (const slot of unfilled) {
    fault(path, `the slot {${slot}} of ${template.name} is not among the keys; ${didYouMean(slot, unused)}`);
  }
  if (unfilled.length > 0) return;
  for (const key of unused) {
    notice([...path, keys.indexOf(key)], `"${key}" is no slot of ${template.name}: it is not in the prompts`);
  }
}

/** FMBench's two keys for the length of a level: in order, and not beside `load.requests`, which wins. */
export function checkIterations({ datasets, load }: WrittenConfig, { fault, notice }: Findings): void {
  const { min_iters_per_combination: min, max_iters_per_combination: max } = datasets;
  if (min !== undefined && max !== undefined && min > max) {
    const text = `"min_iters_per_combination" is ${min}; expected at most max_iters_per_combination, ${max}`;
    fault(["datasets", "min_iters_per_combination"], text);
  }
  for (const key of ["min_iters_per_combination", "max_iters_per_combination"] as const) {
    if (datasets[key] === undefined || load.requests === undefined) continue;
    notice(
      ["datasets", key],
      "has no effect beside `load.requests`, which says how many requests a level has",
    );
  }
}
