/** Waiting for an endpoint to be in service, and why it is not. */

import { redact, UserError } from "../../core/mod.ts";
import { poll, type Polling } from "../polling.ts";
import { describe, passing, type SageMaker } from "./sagemaker_calls.ts";

export interface Awaited {
  readonly experiment: string;
  readonly name: string;
  readonly region: string;
}

/** What an endpoint may be while it comes. */
const coming = ["Creating", "Updating", "SystemUpdating"];

/**
 * Waits until it is InService.
 *
 * @throws {UserError} with SageMaker's own reason and the place of its log, if it fails or the limit passes
 */
export async function untilInService(
  service: SageMaker,
  { experiment, name, region }: Awaited,
  polling: Polling,
): Promise<void> {
  const action = "bring the SageMaker endpoint into service for";
  let status = "not to be seen";
  const ready = await poll(async () => {
    const unknown = { status: null, reason: null };
    const now = await passing(
      unknown,
      action,
      experiment,
      "sagemaker:DescribeEndpoint",
      () => describe(service, "endpoint", name),
    );
    // What was just created may take a moment to show.
    if (now === null || now.status === null) return null;
    status = now.status;
    if (status === "InService") return true;
    if (coming.includes(status)) return null;
    throw new UserError({
      action,
      thing: experiment,
      found: `${name} is ${status}${
        now.reason === null ? "" : `: ${redact(now.reason).replace(/\.\s*$/, "")}`
      }`,
      remedy: remedyOf(now.reason ?? "", name, region),
    });
  }, polling);
  if (ready) return;
  throw new UserError({
    action,
    thing: experiment,
    found: `after ${Math.round(polling.limit_ms / 1000)} s ${name} is ${status}`,
    expected: "InService",
    remedy: `Set ready_timeout_seconds higher; ${log(name, region)}`,
  });
}

/** Where its containers write to. */
function log(name: string, region: string): string {
  return `its log: aws logs tail /aws/sagemaker/Endpoints/${name} --region ${region}`;
}

function remedyOf(reason: string, name: string, region: string): string {
  if (/capacity/i.test(reason)) {
    return "Take another region or instance_type, a smaller instance_count, or try again later.";
  }
  if (/quota|service limit|ResourceLimitExceeded/i.test(reason)) {
    return "Ask for more in Service Quotas (Amazon SageMaker, that instance type for endpoint usage).";
  }
  return `See ${log(name, region)}`;
}
