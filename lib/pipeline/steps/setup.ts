/** Step 0: what is going to be run. */

import { formatNotices } from "../../config/mod.ts";
import { escapeMarkdown, version } from "../../core/mod.ts";
import { budgetWords } from "../../report/mod.ts";
import { readManifest } from "../../run/mod.ts";
import { budgetsOf } from "../budgets.ts";
import type { StepContext } from "../context.ts";
import { factsTable, table } from "../table.ts";

/** The run, the machine, and what was noticed while the config was read. */
export async function describeRun(step: StepContext): Promise<string> {
  const manifest = await readManifest(step.run.paths.manifest);
  const { meta } = step.loaded.prices;
  const facts = factsTable([
    ["run", `${manifest.name} / ${manifest.run_id}`],
    ["config", manifest.config_file],
    ["program", `fmbench ${version}, Deno ${Deno.version.deno}`],
    [
      "machine",
      `${manifest.machine.processor}, ${manifest.machine.cores} cores, ${manifest.machine.memory_gib} GiB`,
    ],
    ["prices", `${meta.region ?? "no region"}, ${meta.date ?? "no date"}, ${meta.currency}`],
    ["seed", String(manifest.seed)],
  ]);
  const off = manifest.steps.filter((entry) => entry.source !== null)
    .map((entry) =>
      `- step ${entry.name} is switched off: its output is read from ${escapeMarkdown(entry.source!)}`
    );
  const notices = step.loaded.notices.length === 0
    ? []
    : ["```text\n" + formatNotices(step.loaded.notices) + "\n```"];
  return [facts, ...off, ...notices].join("\n\n");
}

/** Experiments, loads and budgets. */
export function describeWorkload(step: StepContext): string {
  const { experiments, metrics } = step.config;
  const rows = experiments.map((one) => [
    one.name,
    one.model_id,
    one.instance_type,
    one.simulate === null ? one.ep_name : "simulated endpoint",
    one.payload_files.join(", "),
    one.concurrency_levels.join(", "),
  ]);
  const budgets = budgetWords({
    budgets: budgetsOf(step.loaded),
    currency: step.loaded.prices.meta.currency,
  });
  return [
    table(["experiment", "model", "instance type", "endpoint", "payload files", "concurrency"], rows),
    `Budgets, for ${escapeMarkdown(metrics.dataset_of_interest)}: ${budgets}.`,
  ].join("\n\n");
}
