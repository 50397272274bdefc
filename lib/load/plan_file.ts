/** Plans and shards as files: the header, then one line a request. */

import { type Plan, type PlanHeader, type PlannedRequest, UserError } from "../core/mod.ts";
import { readJsonLines, writeJsonLines } from "../storage/mod.ts";

/** Writes a plan or a shard as a whole. */
export function writePlan(path: string, { header, requests }: Plan): Promise<void> {
  return writeJsonLines(path, [header, ...requests]);
}

/** Reads a plan or a shard. Throws UserError when it is missing or is none. */
export async function readPlan(path: string): Promise<Plan> {
  const [header, ...requests] = await readJsonLines<PlanHeader | PlannedRequest>(path);
  if (header === undefined || !("schema" in header) || header.schema !== "fmbench.plan/1") {
    throw new UserError({
      action: "read the plan",
      thing: path,
      found: "its first line is no plan header",
      expected: 'a line with "schema": "fmbench.plan/1"',
    });
  }
  return { header, requests: requests as PlannedRequest[] };
}
