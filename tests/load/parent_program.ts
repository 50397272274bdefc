/** A parent for tests that kill it: runs a long load against the URL given and says how it ended. */

import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "./made_up.ts";

const [run_dir = "", url = ""] = Deno.args;
const rows = Array.from({ length: 30 }, (_, i) => payload(`p${i}`));
await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
const stop = new AbortController();
Deno.addSignalListener("SIGINT", () => stop.abort());
const level = spec({ endpoint: endpoint({ url }), concurrency: 3, requests: 100_000 });
const plan = planLoad({
  seed: 1,
  config_hash: "c",
  version: "0",
  levels: [level],
  payloads: () => rows.map(({ payload_id }) => payload_id),
});
const { levels: _levels, ...counts } = await runLoad({
  plan,
  run_dir,
  segment: "s1",
  signal: stop.signal,
  env: Deno.env.toObject(),
});
console.log(JSON.stringify(counts));
