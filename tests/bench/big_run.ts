/** A run of any size as if it had been measured: config, manifest, endpoints and `requests.parquet`. */

import { join } from "node:path";
import { pl } from "nodejs-polars";
import type { DataFrame, Series } from "nodejs-polars";
import { polarsSchema } from "../../lib/analyze/mod.ts";
import { columnNames, columns, seededRandom } from "../../lib/core/mod.ts";
import { writeEndpoints } from "../../lib/deploy/mod.ts";
import type { Run } from "../../lib/run/mod.ts";
import { endpoint } from "../load/made_up.ts";
import { mark, start } from "../pipeline/made_up_project.ts";

export const experiments = ["ant", "bee", "cow", "dog", "elk", "fox"];
export const payload_files = ["payload_en_1-500.jsonl", "payload_en_500-1000.jsonl"];
export const levels = [1, 2, 4, 8, 16, 32, 64, 128];
const segments = ["s1", "s2", "s3"];
const gaps_each = 20;

export const bigConfig = `general: { name: big, model_name: Big }
s3_read_data: { source_data_files: [rows.jsonl], prompt_template_file: ask.txt }
datasets:
  filters:
    - { language: en, max_length_in_tokens: 500, payload_file: ${payload_files[0]} }
    - { language: en, min_length_in_tokens: 500, payload_file: ${payload_files[1]} }
inference_parameters:
  brief: { max_tokens: 21 }
load: { requests: 2, warmup_requests: 1 }
metrics: { dataset_of_interest: payload_en_1-500.jsonl }
experiments:
${
  experiments.map((name) =>
    `  - { name: ${name}, model_id: sim-small, instance_type: sim.small, simulate: { profile: sim-small }, concurrency_levels: [${levels}] }\n`
  ).join("")
}report: { latency_budget: 8, cost_per_10k_txn_budget: 50, error_rate_budget: 0.05 }
`;

/**
 * Writes a finished run of at least so many requests into a folder with that config. Closed loop, three segments, a retry for one request in 50,
 * which fails for good in half of the cases; lognormal latencies; ${gaps_each} gaps, some 250 characters of text each.
 */
export async function writeBigRun(folder: string, requests: number): Promise<Run> {
  const started = await start(folder);
  const { run } = started;
  const each = Math.ceil(requests / (experiments.length * payload_files.length * levels.length));
  const frames: DataFrame[] = [];
  for (const experiment of experiments) {
    for (const file of payload_files) {
      for (const concurrency of levels) frames.push(level(experiment, file, concurrency, each));
    }
  }
  const header = { schema: "fmbench.journal/1", segment: "s1", worker: "w0", clock: "user" };
  await Deno.writeTextFile(join(run.paths.requests, "s1-w0.jsonl"), JSON.stringify(header) + "\n");
  pl.concat(frames).writeParquet(run.paths.parquet, { compression: "zstd" });
  await writeEndpoints(
    run.paths.root,
    experiments.map((experiment_name) =>
      endpoint({ experiment_name, instance_type: "sim.small", model_id: "sim-small", simulated: true })
    ),
  );
  await mark(
    run,
    { status: "finished" },
    ...["0_setup", "1_generate_data", "2_deploy_model", "3_run_inference"],
  );
  return run;
}

/** The attempts of one level: every slot sends its next request when the one before has ended. */
function level(experiment: string, file: string, concurrency: number, each: number): DataFrame {
  const random = seededRandom(1, `${experiment} ${file} ${concurrency}`);
  const rows = each + Math.ceil(each / 50);
  const number = () => new Float64Array(rows);
  const [attempt, sent, ended, ttft, e2e, response, tpot, prompt, lag] = Array.from({ length: 9 }, number);
  const id: string[] = [];
  const status: string[] = [];
  const phase: string[] = [];
  const segment: string[] = [];
  const sent_at: string[] = [];
  const completion: string[] = [];
  const gap_row = new Int32Array(rows * gaps_each);
  const gap_us = new Int32Array(rows * gaps_each);
  const free = new Float64Array(concurrency);
  let request = 0;
  let due = 0;
  let key = "";
  for (let row = 0, retry = false; row < rows; row++) {
    const part = Math.min(segments.length - 1, Math.floor(row * segments.length / rows));
    if (segment.at(-1) !== segments[part]) free.fill(0);
    const slot = row % concurrency;
    const tokens = 40 + random.below(400);
    const gap_ms = (10 + concurrency / 8) * Math.exp(0.2 * random.normal());
    ttft![row] = (50 + tokens / 4 + concurrency * 4) * Math.exp(0.3 * random.normal());
    e2e![row] = ttft![row]! + gap_ms * gaps_each;
    if (!retry) {
      due = free[slot]!;
      key = Array.from({ length: 2 }, () => random.below(2 ** 32).toString(16).padStart(8, "0")).join("");
      request++;
    }
    sent![row] = free[slot]!;
    ended![row] = free[slot] = sent![row]! + e2e![row]!;
    response![row] = ended![row]! - due;
    attempt![row] = retry ? 2 : 1;
    tpot![row] = gap_ms;
    prompt![row] = tokens;
    lag![row] = random.next();
    const failed: boolean = (!retry && request % 50 === 0) || (retry && request % 100 === 0);
    id.push(key);
    status.push(failed ? "error" : "ok");
    phase.push(request <= concurrency ? "warmup" : "measure");
    segment.push(segments[part]!);
    sent_at.push(new Date(Date.UTC(2026, 0, 1 + part) + sent![row]!).toISOString());
    completion.push(
      `=${random.below(1e9)} is the answer to the question that was asked, and ${row} said why. `.repeat(2),
    );
    for (let i = 0; i < gaps_each; i++) {
      gap_row[row * gaps_each + i] = row;
      gap_us[row * gaps_each + i] = Math.round(gap_ms * 1000 * (0.5 + random.next()));
    }
    retry = !retry && failed;
  }
  const ok = pl.Series("ok", status.map((each) => each === "ok"), pl.Bool);
  const gaps = pl.DataFrame({ row: pl.Series("row", gap_row), itl_us: pl.Series("itl_us", gap_us) })
    .lazy().groupBy(["row"], true).agg(pl.col("itl_us")).collectSync().getColumn("itl_us");
  const known: Record<string, Series> = {
    ...Object.fromEntries(
      Object.entries({
        ...{
          attempt,
          sent_ms: sent,
          body_sent_ms: sent,
          headers_ms: sent,
          first_token_ms: ended,
          send_lag_ms: lag,
        },
        ...{ ended_ms: ended, last_token_ms: ended, ttft_ms: ttft, e2e_ms: e2e, response_ms: response },
        ...{
          tpot_ms: tpot,
          output_tokens_per_s: tpot,
          prompt_tokens: prompt,
          service_ms: e2e,
          itl_max_ms: tpot,
        },
      }).map(([name, values]) => [name, pl.Series(name, values!)]),
    ),
    ...Object.fromEntries(
      Object.entries({ request_id: id, payload_id: id, status, phase, segment, sent_at, completion })
        .map(([name, values]) => [name, pl.Series(name, values, pl.String)]),
    ),
    itl_us: gaps.alias("itl_us"),
  };
  const constant: Record<string, string | number | boolean> = {
    ...{ experiment_name: experiment, model_id: "sim-small", instance_type: "sim.small", worker: "w0" },
    ...{ endpoint_name: experiment, payload_file: file, concurrency, arrival: "closed", prompt_use: 1 },
    ...{
      completion_tokens: gaps_each + 1,
      token_source: "server",
      http_status: 200,
      trusted: true,
      max_tokens: 21,
    },
    ...{ clock: "user", stop_reason: "stop", connection_reused: true, ground_truth: '["42"]' },
    question: "What is the answer to the question that was asked so often, and who said why it is so?",
  };
  const types = polarsSchema(columns);
  // What an attempt that failed has none of.
  const ofSuccess = [
    "ttft_ms",
    "e2e_ms",
    "tpot_ms",
    "output_tokens_per_s",
    "itl_us",
    "completion",
    "completion_tokens",
  ];
  return pl.DataFrame({ ok, ...known }).select(
    ...columnNames.map((name) => {
      const value = name in known ? pl.col(name) : pl.lit(constant[name] ?? null);
      const there = ofSuccess.includes(name)
        ? pl.when(pl.col("ok")).then(value).otherwise(pl.lit(null))
        : value;
      return there.cast(types[name]!, false).alias(name);
    }),
  );
}
