/** A parent for tests that kill it: sends what the journals of a run directory leave of its plan, as step 3 does. */

import type { RequestRecord } from "../../lib/core/mod.ts";
import { readLevelEnds, readPlan, remainingPlan, runLoad } from "../../lib/load/mod.ts";
import { readJournal } from "../../lib/storage/mod.ts";

const [run_dir = "", segment = "", workers = "1"] = Deno.args;
const records: RequestRecord[] = [];
for await (const { name } of Deno.readDir(`${run_dir}/requests`)) {
  records.push(...(await readJournal(`${run_dir}/requests/${name}`)).records);
}
const whole = await readPlan(`${run_dir}/plan.jsonl`);
await runLoad({
  plan: remainingPlan(whole, records, await readLevelEnds(run_dir)),
  run_dir,
  segment,
  workers: Number(workers),
  env: Deno.env.toObject(),
});
