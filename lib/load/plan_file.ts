/** Plans and shards as files: the header, then one line a request. */

import { type Plan, type PlanHeader, type PlannedRequest, UserError } from "../core/mod.ts";
import { eachJsonLine, writeJsonLines } from "../storage/mod.ts";

/** Writes a plan or a shard as a whole. */
export function writePlan(path: string, plan: Plan): Promise<void> {
  return writeJsonLines(path, linesOf(plan));
}

function* linesOf({ header, requests }: Plan): Generator<PlanHeader | PlannedRequest> {
  yield header;
  yield* requests;
}

/** Reads a plan or a shard, which may be longer than a text can be. Throws UserError when it is missing or is none. */
export async function readPlan(path: string): Promise<Plan> {
  const requests: PlannedRequest[] = [];
  let header: PlanHeader | undefined;
  for await (const line of eachJsonLine<PlanHeader | PlannedRequest>(path)) {
    if (header === undefined) header = line as PlanHeader;
    else requests.push(line as PlannedRequest);
  }
  if (header === undefined || header.schema !== "fmbench.plan/1") {
    throw new UserError({
      action: "read the plan",
      thing: path,
      found: "its first line is no plan header",
      expected: 'a line with "schema": "fmbench.plan/1"',
    });
  }
  return { header, requests };
}
