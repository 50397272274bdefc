/** The program of `inference_file.ts`: writes the file. */

import { join } from "node:path";
import { writeCsvParts } from "./csv.ts";
import type { InferenceFileTask } from "./inference_file.ts";
import { inferenceTable } from "./inference_table.ts";
import { answer, ownTask } from "./own_process.ts";
import { scanRequests } from "./requests.ts";

const { run_dir, source_dir, endpoints } = await ownTask<InferenceFileTask>();
const folder = join(run_dir, "metrics");
await Deno.mkdir(folder, { recursive: true });
const parts = await inferenceTable(await scanRequests(source_dir), endpoints);
await writeCsvParts(join(folder, "per_inference_request_results.csv"), parts);
await answer(null);
