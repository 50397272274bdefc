/** Finished runs of the tiny config with generated journals, for comparisons. */

import { join } from "node:path";
import { type RequestRecord, seededRandom } from "../../lib/core/mod.ts";
import { writeEndpoints } from "../../lib/deploy/mod.ts";
import type { Run } from "../../lib/run/mod.ts";
import { failure, journal, record } from "../analyze/generated_run.ts";
import { endpoint } from "../load/made_up.ts";
import { latencies } from "../metrics/simulated_latencies.ts";
import { mark, start } from "./made_up_project.ts";

/** One level, one request in flight. */
export interface Level {
  readonly experiment?: "one" | "two";
  readonly concurrency?: number;
  /** Median of the response times; they are lognormal, neighbours alike. */
  readonly median_ms: number;
  readonly requests?: number;
  /** Spread evenly over the level, or all at its end. */
  readonly failures?: number;
  readonly burst?: boolean;
}

function levelOf(level: Level, seed: number): RequestRecord[] {
  const { experiment = "one", concurrency = 1, median_ms, requests = 400, failures = 0, burst = false } =
    level;
  const random = seededRandom(seed, [experiment, concurrency]);
  const total = requests + failures;
  const fails = (i: number) =>
    burst ? i >= requests : Math.floor((i + 1) * failures / total) > Math.floor(i * failures / total);
  const times = [...latencies(random, requests, 0.3, median_ms)];
  let now = 0;
  return Array.from({ length: total }, (_, i) => {
    const of = {
      request_id: `${experiment}-${concurrency}-${i}`,
      experiment_name: experiment,
      model_id: `sim-${experiment}`,
      instance_type: "sim.small",
      payload_file: "short.jsonl",
      concurrency,
      sent_ms: now,
    };
    const took = fails(i) ? 1 : times.shift()!;
    now += took;
    return fails(i)
      ? failure({ ...of, ended_ms: now })
      : record({ ...of, ended_ms: now, e2e_ms: took, response_ms: took, ttft_ms: took / 10 });
  });
}

/** Starts a run of the folder's config, and gives it these requests. */
export async function finishedRun(
  folder: string,
  second: number,
  levels: readonly Level[],
  sets: readonly string[] = [],
): Promise<Run> {
  const { run } = await start(folder, { second, sets });
  const records = levels.flatMap((level) => levelOf(level, second));
  await Deno.writeTextFile(join(run.paths.requests, "s1-w0.jsonl"), journal(records, "1", "1"));
  await writeEndpoints(
    run.paths.root,
    ["one", "two"].map((name) =>
      endpoint({
        experiment_name: name,
        instance_type: "sim.small",
        model_id: `sim-${name}`,
        simulated: true,
      })
    ),
  );
  await mark(run, { status: "finished" }, "1_generate_data", "2_deploy_model", "3_run_inference");
  return run;
}
