/** The calls of a study as AWS's latency notebook lists them. */

import { pl } from "nodejs-polars";
import type { DataFrame, DataType, Expr } from "nodejs-polars";
import type { Requests } from "./frame.ts";
import { finishedCalls, sentAt } from "./study_calls.ts";
import type { StudyCsvOptions } from "./study_csv.ts";

/**
 * One row an attempt, round by round in the order of sending. The notebook's columns in its order and units: `time_to_first_byte` and
 * `time_to_last_byte` in seconds from just before the first byte was sent to the first content and to the end; `TEMPERATURE`, `TOP_P`
 * and `TOP_K` as they were sent, empty when they were not; `api_call_status` is `Success`, `ThrottlingException` or the kind of
 * failure; `timestamp` is when the last call of the round was sent, UTC. `inference_profile` is what was asked for. Ours after
 * them: `otps_including_ttft` (output tokens / time to the last byte, the notebook's OTPS), `output_tokens_per_s` and what shows how far
 * a row can be trusted.
 */
export function studyInvocations(requests: Requests, options: StudyCsvOptions): DataFrame {
  const rows = finishedCalls(requests).withColumns(sentAt().forwardFill().alias("at_ms"));
  const tasks = pl.DataFrame({
    scenario_id: pl.Series("scenario_id", [...options.task_types.keys()], pl.String),
    task_type: pl.Series("task_type", [...options.task_types.values()], pl.String),
  });
  return rows.join(tasks.lazy(), { on: "scenario_id", how: "left" })
    .sort(["round", "at_ms", "request_id", "attempt"])
    .select(...columnsOf(options))
    .collectSync();
}

const seconds = (column: string) => pl.col(column).div(pl.lit(1000));
const ok = pl.col("status").eq(pl.lit("ok"));

function columnsOf({ name, experiments, parameters }: StudyCsvOptions): Expr[] {
  const sent = (...names: string[]) =>
    byExperiment(new Map([...parameters].map(([of, values]) => [of, numberIn(values, names)])), pl.Float64);
  const profiles = new Map(experiments.map(({ experiment_name, profile }) => [experiment_name, profile]));
  const round_end = pl.col("sent_at").max().over("round");
  return [
    seconds("ttft_ms").alias("time_to_first_byte"),
    seconds("e2e_ms").alias("time_to_last_byte"),
    pl.concatString([pl.col("sent_at").str.slice(0, 19), pl.lit("Z")], "").alias("job_timestamp_iso"),
    pl.col("max_tokens").alias("configured_output_tokens_for_request"),
    pl.col("prompt_tokens").alias("model_input_tokens"),
    pl.col("completion_tokens").alias("model_output_tokens"),
    pl.col("model_id").alias("model"),
    pl.col("region"),
    pl.col("block").rank("dense").over("round", "scenario_id").sub(pl.lit(1)).cast(pl.Int64).alias(
      "invocation_id",
    ),
    pl.when(ok).then(pl.lit("Success"))
      .when(pl.col("error_kind").eq(pl.lit("throttled"))).then(pl.lit("ThrottlingException"))
      .otherwise(pl.col("error_kind")).alias("api_call_status"),
    pl.when(ok).then(pl.lit("Success")).otherwise(pl.col("error_message")).alias("full_error_message"),
    sent("temperature").alias("TEMPERATURE"),
    sent("top_p", "topP").alias("TOP_P"),
    sent("top_k", "topK").alias("TOP_K"),
    pl.lit(name).alias("EXPERIMENT_NAME"),
    pl.col("task_type"),
    byExperiment(profiles, pl.String).alias("inference_profile"),
    pl.concatString([round_end.str.slice(0, 10), round_end.str.slice(11, 12)], " ").alias("timestamp"),
    pl.col("round").alias("run_count"),
    pl.col("completion_tokens").div(seconds("e2e_ms")).alias("otps_including_ttft"),
    ...[
      "output_tokens_per_s",
      "served_latency_mode",
      "stop_reason",
      "server_latency_ms",
      "connection_reused",
      "connection_ahead",
      "cached_prompt_tokens",
      "experiment_name",
      "scenario_id",
      "payload_id",
      "block",
      "attempt",
      "request_id",
    ].map((column) => pl.col(column)),
  ];
}

/** A value for each experiment; null where there is none. */
function byExperiment(values: ReadonlyMap<string, string | number | null>, type: DataType): Expr {
  return [...values].reduce<Expr>(
    (others, [experiment, value]) =>
      value === null
        ? others
        : pl.when(pl.col("experiment_name").eq(pl.lit(experiment))).then(pl.lit(value)).otherwise(others),
    pl.lit(null),
  ).cast(type);
}

function numberIn(values: Readonly<Record<string, unknown>>, names: readonly string[]): number | null {
  const found = names.map((name) => values[name]).find((value) => typeof value === "number");
  return typeof found === "number" ? found : null;
}
