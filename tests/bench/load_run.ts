/** One level against a server, in a scratch folder: what the benchmarks of the load share. */

import type { RequestRecord } from "../../lib/core/mod.ts";
import { type LevelSpec, type LoadOutcome, planLoad, runLoad } from "../../lib/load/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "../load/made_up.ts";

export interface LoadRun {
  readonly outcome: LoadOutcome;
  readonly records: readonly RequestRecord[];
  /** Zero of the records' times, in nanoseconds of the machine's monotonic clock. */
  readonly origin_ns: bigint;
}

/** Sends one level that is not streamed. */
export async function sendLevel(
  url: string,
  level: Partial<LevelSpec>,
  workers = 1,
  seed = 1,
): Promise<LoadRun> {
  const run_dir = await Deno.makeTempDir();
  try {
    const rows = Array.from({ length: 100 }, (_, i) => payload(`p${i}`));
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    const plan = planLoad({
      seed,
      config_hash: "bench",
      version: "0",
      levels: [spec({ endpoint: endpoint({ url }), stream: false, ...level })],
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    const outcome = await runLoad({ plan, run_dir, segment: "s1", workers, env: Deno.env.toObject() });
    const journals = await Promise.all(
      Array.from({ length: workers }, (_, i) => readJournal(`${run_dir}/requests/s1-w${i}.jsonl`)),
    );
    return {
      outcome,
      records: journals.flatMap(({ records }) => records),
      origin_ns: BigInt(journals[0]!.header!.origin_mono_ns),
    };
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}
