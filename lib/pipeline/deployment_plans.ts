/** What step 2 would do for each experiment: a plan, or the reason why there is none. Nothing is created, and no cloud is asked. */

import type { LoadedConfig } from "../config/mod.ts";
import { escapeMarkdown, messageOf, redact, showMoney, UserError } from "../core/mod.ts";
import { type DeploymentPlan, planDeployment, type PlannedAction } from "../deploy/mod.ts";
import { deployable, planContext } from "./steps/deployable.ts";
import { table } from "./table.ts";

/** Plans, and refusals in one message each. */
export interface DeploymentPlans {
  readonly plans: readonly DeploymentPlan[];
  readonly refusals: readonly string[];
}

/** Plans every experiment of a config. @param run_id which names of resources are made of */
export async function deploymentPlans(loaded: LoadedConfig, run_id: string): Promise<DeploymentPlans> {
  const plans: DeploymentPlan[] = [];
  const refusals: string[] = [];
  for (const experiment of loaded.config.experiments) {
    const context = await planContext({ loaded, run_id }, experiment);
    try {
      plans.push(await planDeployment(deployable(loaded.config, experiment), context));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusals.push(messageOf(error));
    }
  }
  return { plans, refusals };
}

/**
 * Refuses what step 2 would refuse, before anything else is done or paid.
 *
 * @throws {UserError} with one line for every experiment that can't be deployed
 */
export async function checkDeployments(loaded: LoadedConfig, run_id: string): Promise<void> {
  const { refusals } = await deploymentPlans(loaded, run_id);
  if (refusals.length > 0) throw new UserError(refusals.join("\n"));
}

const verbs: Readonly<Record<PlannedAction["kind"], string>> = {
  call: "call",
  command: "run",
  file: "write",
  upload: "upload",
  wait: "wait for",
  note: "note",
};

/** The plans for a terminal, in Markdown: what is done in which order, with what is written and sent. */
export function deploymentWords({ plans, refusals }: DeploymentPlans): string[] {
  return [
    ...plans.filter(createsSomething).map(planWords),
    ...refusals.length === 0
      ? []
      : [["Can't be deployed:", ...refusals.map((refusal) => `- ${escapeMarkdown(refusal)}`)].join("\n")],
  ];
}

/** Of what is there already, and of the embedded endpoint, the table of the dry run says all. */
function createsSomething({ tags, billing }: DeploymentPlan): boolean {
  return Object.keys(tags).length > 0 || billing !== null;
}

function planWords(
  { experiment_name, target, actions, removal, tags, billing, needs }: DeploymentPlan,
): string {
  const hourly = billing === null
    ? "nothing is paid by the hour"
    : `${billing.instance_count} x ${billing.instance_type}: ${
      billing.per_hour === null
        ? "nobody knows its price"
        : `${showMoney(billing.per_hour, billing.currency)} an hour`
    }`;
  const lines = [
    `Deployment of "${escapeMarkdown(experiment_name)}": ${escapeMarkdown(target)} (${
      escapeMarkdown(hourly)
    }).`,
    needs.length === 0 ? null : `Needs ${escapeMarkdown(needs.join(", "))}.`,
    ["Step 2:", ...actions.map(actionWords)].join("\n"),
    ["Step 6:", ...removal.map(actionWords)].join("\n"),
    Object.keys(tags).length === 0 ? null : table(["tag", "value"], Object.entries(tags)),
  ];
  return lines.filter((line) => line !== null).join("\n\n");
}

/** As it is typed or sent, in one line. */
function code(text: string): string {
  const line = redact(text).replace(/\s*[\r\n]+\s*/g, " ");
  const ticks = "`".repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)));
  return ticks.length === 1 ? `\`${line}\`` : `${ticks} ${line} ${ticks}`;
}

function actionWords({ kind, what, detail }: PlannedAction, index: number): string {
  const line = `${index + 1}. ${verbs[kind]} ${
    kind === "wait" || kind === "note" ? escapeMarkdown(redact(what)) : code(what)
  }`;
  if (detail === undefined) return line;
  const text = redact(detail).trimEnd();
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return [line, "", ...[fence, ...text.split("\n"), fence].map((row) => `   ${row}`), ""].join("\n");
}
