/** `metrics/per_inference_request_results.csv`: the requests of a run, one by one. */

import type { Endpoint } from "../core/mod.ts";
import { inOwnProcess } from "./own_process.ts";

export interface InferenceFileTask {
  /** Gets the file. */
  readonly run_dir: string;
  /** The run that sent the requests; its `requests.parquet` is built. */
  readonly source_dir: string;
  readonly endpoints: readonly Pick<Endpoint, "experiment_name" | "instance_count">[];
}

/**
 * Writes the file: a row is a request of the measure phase, by its final attempt. A process of its own does it, while this one makes tables and charts.
 *
 * @throws {StepError} if the file can't be written
 */
export async function writeInferences({ run_dir, source_dir, endpoints }: InferenceFileTask): Promise<void> {
  const named = endpoints.map(({ experiment_name, instance_count }) => ({ experiment_name, instance_count }));
  const task: InferenceFileTask = { run_dir, source_dir, endpoints: named };
  await inOwnProcess(new URL("./inference_file_program.ts", import.meta.url), task, {
    action: "list the requests of",
    source_dir,
    writes: run_dir,
  });
}
