/**
 * From `requests.parquet` to the finished report, charts included, as `fmbench report` does it: wall time and greatest resident memory
 * of the command, its notebook kernel and all that they start. Marks: 15 s and 1.5 GB for a million requests, and time that grows
 * no faster than the requests.
 *
 *     deno run -A tests/bench/million.ts [requests ...]
 */

import { inProject } from "../pipeline/made_up_project.ts";
import { bigConfig, writeBigRun } from "./big_run.ts";
import { measuredReport, type ReportCost } from "./report_cost.ts";

const mark = { seconds: 15, megabytes: 1500 };
const sizes = Deno.args.length > 0 ? Deno.args.map(Number) : [10_000, 100_000, 1_000_000];

interface Cost extends ReportCost {
  readonly requests: number;
}

async function costOf(requests: number): Promise<Cost> {
  let cost: Cost | null = null;
  await inProject(async (folder) => {
    const run = await writeBigRun(folder, requests);
    cost = { requests, ...await measuredReport(run, folder) };
  }, { "c.yml": bigConfig });
  return cost!;
}

const costs: Cost[] = [];
for (const requests of sizes) {
  const cost = await costOf(requests);
  costs.push(cost);
  console.log(
    `${requests} requests: ${cost.seconds.toFixed(1)} s, ${cost.megabytes.toFixed(0)} MB`,
  );
}

/** Growth of the time from one size to the next, as the power of the requests: 1 is linear. */
const growth = costs.slice(1).map(({ seconds, requests }, i) =>
  Math.log(seconds / costs[i]!.seconds) / Math.log(requests / costs[i]!.requests)
);
if (growth.length > 0) {
  console.log(
    `time grows as requests to the power of ${growth.map((power) => power.toFixed(2)).join(", then ")}`,
  );
}
const grows = growth.some((power) => power > 1);
const over = costs.some(({ requests, seconds, megabytes }) =>
  requests >= 1_000_000 && (seconds > mark.seconds || megabytes > mark.megabytes)
);
if (grows) console.log("outside its mark: it grows faster than the requests");
if (over) console.log(`outside its marks: ${mark.seconds} s and ${mark.megabytes} MB for a million requests`);
Deno.exit(grows || over ? 1 : 0);
