/** Whether the workload of the plan says one thing. */

import type { Config } from "./config.ts";
import type { Findings } from "./finding.ts";
import type { WrittenConfig } from "./schema.ts";

const users = "users";
const each = "requests_per_user_per_minute";
const rate = "requests_per_minute";

/**
 * The rate of `report.workload` is given once: as it is, or as users and the requests of each. Prompts of a length that no payload
 * file may have are planned for by the nearest one, which is said before the run.
 */
export function checkWorkload(
  { report: { workload } }: WrittenConfig,
  config: Config,
  { fault, notice }: Findings,
): void {
  if (workload === undefined) return;
  const path = (key: string) => ["report", "workload", key];
  if (workload[rate] !== undefined) {
    for (const key of [users, each] as const) {
      if (workload[key] === undefined) continue;
      fault(path(key), `"${key}" says again what "${rate}" says; expected one of the two ways`, "key");
    }
  } else if (workload[users] !== undefined && workload[each] === undefined) {
    fault(path(users), `"${users}" without "${each}" is no rate; expected both`, "key");
  } else if (workload[each] !== undefined && workload[users] === undefined) {
    fault(path(each), `"${each}" without "${users}" is no rate; expected both`, "key");
  }
  const { prompt_tokens: tokens } = workload;
  const { filters } = config.datasets;
  if (tokens === undefined || filters.length === 0) return;
  const holds = ({ min_length_in_tokens: min, max_length_in_tokens: max }: typeof filters[number]) =>
    tokens >= min && (max === null || tokens <= max);
  if (filters.some(holds)) return;
  notice(
    path("prompt_tokens"),
    `no payload file of \`datasets.filters\` holds prompts of ${tokens} tokens: the plan takes the nearest, and scales no time`,
  );
}
